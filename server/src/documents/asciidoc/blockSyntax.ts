/** The lines that shape an AsciiDoc document, and how they are told apart. */
import type { TextRange } from '../imageReference.ts';
import { type AttributeListEntry, parseAttributeList } from './attributeList.ts';

export type BlockKind = 'comment' | 'verbatim' | 'table' | 'compound' | 'quote' | 'open';

/** `----`, `====`, `|===` …; null for any other line. The same line closes the block. */
export function delimiterKind(line: string): BlockKind | null {
  if (line === '--') return 'open';
  if (/^```(?!`)/.test(line)) return 'verbatim';
  if (/^[|,:!]={3,}$/.test(line)) return 'table';
  if (!/^([-.+/=*_])\1{3,}$/.test(line)) return null;
  if (line.startsWith('/')) return 'comment';
  if (line.startsWith('_')) return 'quote';
  return /^[-.+]/.test(line) ? 'verbatim' : 'compound';
}

/** The line that closes the block which `line` opens. */
export function terminator(line: string): string {
  return line.startsWith('```') ? '```' : line;
}

/** `* `, `. `, `- `, `1. `, `term:: `, `<1> `. */
export const listMarker =
  /^(?:[ \t]*(?:-|\*+|\.+|\u2022|\d+\.|[a-zA-Z]\.|[IVXivx]+\))[ \t]|(?!\/\/[^/])[ \t]*[^ \t].*?(?::::{0,2}|;;)(?:$|[ \t])|<(?:\d+|\.)>[ \t])/;

export const attributeEntry = /^:(!?[\p{L}\p{N}_][^:]*):(?:[ \t]+(.*))?$/u;
export const blockAttributeLine = /^\[(?:|[\p{L}\p{N}_.#%{,"'].*|\[(?:|[\p{L}_:][\p{L}\p{N}_\-:.]*(?:, *.+)?)\])\]$/u;
export const blockTitle = /^\.(\.?[^ \t.].*)$/;

const conditionalRx = /^(ifdef|ifndef|ifeval|endif)::(\S*?)\[(.*)\]$/;
const imageMacroRx = /^image::(\S|\S.*?\S)\[(.+)?\]$/;
const anyMacroRx = /^[a-z][\w-]*::\S*\[.*\]$/;
const breakRx = /^(?:'{3,}|<{3,}|([-*_])( *)\1\2\1)$/;

/** Only a line that ends as one is looked at closely: each of its brackets might else be the one that opens the list. */
function macroLine(pattern: RegExp, line: string): RegExpExecArray | null {
  return line.endsWith(']') ? pattern.exec(line) : null;
}

/** `ifdef::names[content]`: directive, names, content. */
export function conditional(line: string): RegExpExecArray | null {
  return macroLine(conditionalRx, line);
}

/** `image::target[list]`: target, list. */
export function imageMacro(line: string): RegExpExecArray | null {
  return macroLine(imageMacroRx, line);
}

/** `video::`, `toc::`, `include::` and those that extensions add; rules and page breaks. */
export function isSingleLine(line: string): boolean {
  return macroLine(anyMacroRx, line) !== null || breakRx.test(line);
}

export const heading = /^(?:={1,6}|#{1,6})[ \t]+\S/;

/** `Title` over `-----`, as long as the title but for one character. */
export function isUnderlinedTitle(line: string, next: string): boolean {
  if (!/^([=\-~^+])\1+$/.test(next) || !/[\p{L}\p{N}_]/u.test(line) || line.startsWith('.')) return false;
  return Math.abs([...line].length - next.length) <= 1;
}

/** What stands above a block: `.Title` and `[style,name=value]` lines. */
export interface BlockMetadata {
  readonly title: TextRange | null;
  readonly lists: readonly { readonly line: TextRange; readonly entries: readonly AttributeListEntry[] }[];
}

export const noMetadata: BlockMetadata = { title: null, lists: [] };

export function withAttributeLine(metadata: BlockMetadata, line: string, start: number): BlockMetadata {
  if (line.startsWith('[[')) return metadata;
  const range = { start, end: start + line.length };
  const entries = parseAttributeList(line.slice(1, -1), start + 1);
  return { ...metadata, lists: [...metadata.lists, { line: range, entries }] };
}

/** The last of the lines wins. */
export function metadataEntry(metadata: BlockMetadata, name: string): AttributeListEntry | null {
  for (const { entries } of metadata.lists.toReversed()) {
    const entry = entries.findLast((each) => each.name === name);
    if (entry !== undefined) return entry;
  }
  return null;
}

/** The block's style: what its first position says before `#id`, `.role` and `%option`. */
export function blockStyle(metadata: BlockMetadata): string | null {
  for (const { entries } of metadata.lists.toReversed()) {
    const first = entries[0];
    const style = first?.name === null ? /^[^#.%]*/.exec(first.value ?? '')?.[0] : undefined;
    if (style !== undefined && style !== '') return style;
  }
  return null;
}

// oxfmt-ignore
const verbatimStyles: ReadonlySet<string> = new Set([
  'listing', 'literal', 'source', 'pass', 'comment', 'plantuml', 'mermaid', 'ditaa',
  'graphviz', 'dot', 'vega', 'vegalite', 'wavedrom', 'blockdiag', 'seqdiag', 'nomnoml', 'svgbob', 'tikz', 'a2s', 'bpmn',
  'c4plantuml', 'd2', 'erd', 'excalidraw', 'pikchr', 'structurizr', 'umlet', 'bytefield', 'gnuplot', 'msc', 'syntrax',
]);

export function isVerbatimStyle(style: string | null): boolean {
  return style !== null && verbatimStyles.has(style);
}

/** A heading of no section, which may stand in a block too. */
export function isDiscrete(metadata: BlockMetadata): boolean {
  return /^(?:discrete|float)$/.test(blockStyle(metadata) ?? '');
}

/**
 * `[subs=+macros]`: pictures show even in a listing; `[subs=attributes]`: not even in a paragraph. `usually`: what holds
 * for a block of this kind. As in Asciidoctor the names count in their order, and one with a sign starts from the usual.
 */
export function substitutesMacros(metadata: BlockMetadata, usually: boolean): boolean {
  let macros: boolean | null = null;
  for (const each of metadataEntry(metadata, 'subs')?.value?.split(',') ?? []) {
    const [, sign = '', name = '', append = ''] = /^([-+]?)(.*?)(\+?)$/.exec(each.trim())!;
    macros ??= sign + append !== '' && usually;
    if (/^(?:macros|normal|m|n)$/.test(name)) macros = sign !== '-';
  }
  return macros ?? usually;
}
