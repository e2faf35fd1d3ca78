/** A start tag of Svelte or Astro → an element, its expressions followed in `scope`. */
import { decodeHTMLAttribute } from 'entities/decode';
import type { Scope } from './bindings.ts';
import type { BraceAttribute, BraceLanguage, BraceTag } from './braceTag.ts';
import { closingBrace } from './codeEnds.ts';
import { htmlEncodings, type QuoteEncodings } from './htmlAttributes.ts';
import type { TextRange } from './imageReference.ts';
import type { MarkupAttribute, MarkupElement, MarkupNode, MarkupValue } from './markup.ts';
import { type BoundValue, boundValue } from './markupExpressions.ts';

export const svelteEncodings: QuoteEncodings = { '"': ['svelte-double-quoted'], "'": ['svelte-single-quoted'] };

export function braceEncodings(language: BraceLanguage): QuoteEncodings {
  return language === 'svelte' ? svelteEncodings : htmlEncodings;
}

export interface BraceContent {
  readonly end: number;
  readonly children: MarkupNode[];
  readonly style: MarkupElement['style'];
}

export function braceElement(
  source: string,
  tag: BraceTag,
  language: BraceLanguage,
  scope: Scope,
  content: BraceContent,
): MarkupElement {
  const attributes = tag.attributes.flatMap((attribute) => markupAttribute(source, attribute, language, scope));
  const sourceAttribute = attributes.find(({ name }) => name === 'src') ?? attributes[0];
  return {
    kind: 'element',
    name: tag.name,
    attributes,
    spreads: tag.attributes.filter(({ kind }) => kind === 'spread').map(({ range }) => range.start),
    range: tag.range,
    insertAt: tag.attributes.at(-1)?.range.end ?? tag.nameEnd,
    insertQuote: sourceAttribute?.quote ?? '"',
    ...content,
  };
}

function markupAttribute(
  source: string,
  attribute: BraceAttribute,
  language: BraceLanguage,
  scope: Scope,
): MarkupAttribute[] {
  if (attribute.kind === 'spread') return [];
  const { range, value } = attribute;
  const name = attribute.name.toLowerCase();
  const shared = { name, range, quote: null, source: null };
  switch (value.kind) {
    case 'none': {
      const valueRange = { start: range.end, end: range.end };
      const slot = { range: valueRange, before: '="', after: '"', encodings: braceEncodings(language)['"'] };
      return [{ ...shared, value: { kind: 'text', text: '' }, valueRange, slot }];
    }
    case 'expression':
    case 'template': {
      const encodings = language === 'astro' ? (['js-unicode-quotes'] as const) : [];
      return [{ ...shared, ...boundValue(source, name, { range: value.range, entities: false, encodings }, scope) }];
    }
    case 'text': {
      const written = source.slice(value.range.start, value.range.end);
      if (language === 'svelte' && written.includes('{')) {
        return [{ ...shared, quote: value.quote, ...mixedValue(source, name, value.range, scope) }];
      }
      const encodings = braceEncodings(language)[value.quote ?? '"'];
      const around = value.quote === null ? '"' : '';
      const slot = { range: value.range, before: around, after: around, encodings };
      const text = decodeHTMLAttribute(written);
      return [
        {
          name,
          range,
          value: { kind: 'text', text },
          valueRange: value.range,
          slot,
          quote: value.quote,
          source: written,
        },
      ];
    }
  }
}

/** Svelte's `src="{base}/a.png"`: text and expressions, one after the other. */
function mixedValue(source: string, name: string, range: TextRange, scope: Scope): BoundValue {
  let text = '';
  let known = true;
  for (let at = range.start; at < range.end;) {
    const open = source.indexOf('{', at);
    const textEnd = open === -1 || open >= range.end ? range.end : open;
    text += decodeHTMLAttribute(source.slice(at, textEnd));
    if (textEnd === range.end) break;
    const close = closingBrace(source, open + 1, range.end);
    if (close === -1) return { value: { kind: 'computed' }, valueRange: range, slot: null };
    const place = { range: { start: open + 1, end: close }, entities: false, encodings: [] };
    const part = boundValue(source, name, place, scope);
    if (open === range.start && close + 1 === range.end) return part;
    if (part.value.kind === 'text') text += part.value.text;
    else known = false;
    at = close + 1;
  }
  const value: MarkupValue =
    known && name !== 'alt' && name !== 'aria-label' ? { kind: 'text', text } : { kind: 'computed' };
  return { value, valueRange: range, slot: null };
}
