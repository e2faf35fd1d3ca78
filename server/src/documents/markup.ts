/**
 * The tree that every markup family (HTML, Vue, Svelte, Astro, Angular) is brought to before pictures are looked for:
 * elements with their attributes as the author wrote them, text, and output that only the program knows. Blocks without
 * an element of their own (`{#if}`, `<template v-if>` apart) stand for their children.
 *
 * Offsets are those of the parsed text (`MarkupSource`); `MarkupDialect.mapOffset` turns them into the document's.
 */
import type { AltEncoding, AltSlot, TextRange } from './imageReference.ts';

/** What an attribute says, as far as can be known without running code. */
export type MarkupValue =
  | { readonly kind: 'text'; readonly text: string }
  /** An imported picture. */
  | { readonly kind: 'module'; readonly specifier: string }
  /** Known only to the program. */
  | { readonly kind: 'computed' }
  /** Bound to null or undefined: as if the attribute were not there. */
  | { readonly kind: 'absent' };

export interface MarkupAttribute {
  /** Lower case, without the marks of a binding: `alt` for `:alt`, `[attr.alt]` and `{alt}` too. */
  readonly name: string;
  readonly range: TextRange;
  readonly value: MarkupValue;
  /** The value as it stands, without its quotes or braces; for a literal in a binding, without the literal's quotes. */
  readonly valueRange: TextRange;
  /** How other words take the place of the value; null where they cannot. */
  readonly slot: AltSlot | null;
  /** The author's quote, for attributes added beside it. */
  readonly quote: '"' | "'" | null;
  /** A static value as written, where references inside it (srcset, style) need positions; else null. */
  readonly source: string | null;
}

export interface MarkupText {
  readonly kind: 'text';
  readonly text: string;
}

/** Text that only the program knows: `{{ title }}`, `{children}`, a slot. */
export interface MarkupOutput {
  readonly kind: 'output';
}

export interface MarkupElement {
  readonly kind: 'element';
  /** As written in case-sensitive languages, else lower case. */
  readonly name: string;
  readonly attributes: readonly MarkupAttribute[];
  /** Where attributes come from that cannot be seen: `v-bind="…"`, `{...rest}`, `<?= $attributes ?>`. */
  readonly spreads: readonly number[];
  /** The start tag. */
  readonly range: TextRange;
  /** Where the whole element ends. */
  readonly end: number;
  /** Where a new attribute goes, and the quote that the author's others have. */
  readonly insertAt: number;
  readonly insertQuote: '"' | "'";
  readonly children: readonly MarkupNode[];
  /** Raw text of a `<style>`, where it starts, and whether `//` is a comment in it (Sass, Less). */
  readonly style: { readonly text: string; readonly start: number; readonly lineComments: boolean } | null;
}

export type MarkupNode = MarkupElement | MarkupText | MarkupOutput;

/** The text that a tree is of. */
export interface MarkupSource {
  readonly text: string;
  /** What the tree tells of a place → its offset in the text. Within a tag both grow alike. */
  readonly offsetOf: (mark: number) => number;
}

/** The text of a tree that tells of places by their offsets. */
export function markupSource(text: string): MarkupSource {
  return { text, offsetOf: (offset) => offset };
}

export function sourceText({ text, offsetOf }: MarkupSource, start: number, end: number): string {
  return text.slice(offsetOf(start), offsetOf(end));
}

export interface MarkupDialect {
  /** How words are written in a new attribute with that quote. */
  readonly encodings: Readonly<Record<'"' | "'", readonly AltEncoding[]>>;
  /** Element names (lower case) that show a picture as `img` does, besides the known ones. */
  readonly imageComponents: ReadonlySet<string>;
  /** Whether a name with a capital is a component, whose content and role only the program knows. */
  readonly components: boolean;
  /** `~package/a.png` in a static attribute is an import. */
  readonly aliases: boolean;
  /** Of two attributes with one name, the later one wins (spreads in components); in HTML it is the first. */
  readonly laterWins: boolean;
  readonly mapOffset: (offset: number) => number;
}

export function attribute(element: MarkupElement, name: string): MarkupAttribute | null {
  return element.attributes.find((candidate) => candidate.name === name) ?? null;
}

/** The attribute's words; null where it is not there, or only the program knows. */
export function attributeText(element: MarkupElement, name: string): string | null {
  const value = attribute(element, name)?.value;
  return value?.kind === 'text' ? value.text : null;
}

/** Whether the attribute is there with any value, a computed one too. */
export function hasAttribute(element: MarkupElement, name: string): boolean {
  const found = attribute(element, name);
  return found !== null && found.value.kind !== 'absent';
}
