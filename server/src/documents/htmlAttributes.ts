/** HTML's attributes, and the bindings that frameworks write as attributes (Angular, Alpine, Vue in a page, Thymeleaf). */
import { emptyScope } from './bindings.ts';
import type { AltEncoding, AltSlot, TextRange } from './imageReference.ts';
import type { MarkupAttribute } from './markup.ts';
import { boundValue } from './markupExpressions.ts';

/** How words are written in an attribute with that quote. */
export type QuoteEncodings = Readonly<Record<'"' | "'", readonly AltEncoding[]>>;

export const htmlEncodings: QuoteEncodings = { '"': ['html-double-quoted'], "'": ['html-single-quoted'] };
export const angularEncodings: QuoteEncodings = { '"': ['angular-double-quoted'], "'": ['angular-single-quoted'] };

/** An attribute as the HTML parser gives it. */
export interface HtmlAttribute {
  /** Lower case. */
  readonly name: string;
  /** Entities resolved. */
  readonly value: string;
  readonly range: TextRange;
  /** A fragment of a template stands in the value. */
  readonly templated: boolean;
}

interface BoundName {
  readonly name: string;
  /** The value is an expression. */
  readonly bound: boolean;
}

const bound =
  /^(?:\[(?:attr\.)?([\w:-]+)\]|(?:v-bind:|x-bind:|:|th:|bind-)(?:attr\.)?([\w-]+(?::[\w-]+)?)(?:\.[\w.]+)?)$/;
/** AngularJS, and Angular's NgOptimizedImage: still text, that takes the place of the plain attribute. */
const replacing = /^(?:(?:data-)?ng-(?:attr-)?(src|srcset|alt|href)|ng(src))$/;
export const spreadName = /^(?:v-bind|x-bind|th:attr|th:attrappend)$/;

function boundName(name: string): BoundName {
  const binding = bound.exec(name);
  const plain = binding?.[1] ?? binding?.[2] ?? name;
  const replaced = replacing.exec(plain);
  return { name: replaced?.[1] ?? replaced?.[2] ?? plain, bound: binding !== null };
}

const valueStart = /^[^\s=]+\s*=\s*(["']?)/;

/** The start tag's attributes; of a plain one and a binding with the same name the binding counts, as in a browser. */
export function htmlAttributes(
  text: string,
  attributes: readonly HtmlAttribute[],
  encodings: QuoteEncodings,
): MarkupAttribute[] {
  const known = attributes.map((attribute) => ({ attribute, ...boundName(attribute.name) }));
  const first = known.filter(({ attribute, name }) => attribute.name !== name);
  const plain = known.filter(({ attribute, name }) => attribute.name === name);
  return [...first, ...plain].map(({ attribute, name, bound: isBound }) =>
    markupAttribute(text, attribute, name, isBound, encodings),
  );
}

function markupAttribute(
  text: string,
  html: HtmlAttribute,
  name: string,
  isBound: boolean,
  encodings: QuoteEncodings,
): MarkupAttribute {
  const raw = text.slice(html.range.start, html.range.end);
  const opening = valueStart.exec(raw);
  const mark = opening?.[1];
  const quote: '"' | "'" | null = mark === '"' ? '"' : mark === "'" ? "'" : null;
  const valueRange =
    opening === null
      ? { start: html.range.end, end: html.range.end }
      : { start: html.range.start + opening[0].length, end: html.range.end - (quote === null ? 0 : 1) };
  const source = text.slice(valueRange.start, valueRange.end);
  const shared = { name, range: html.range, valueRange, quote, source: isBound ? null : source };
  if (html.templated) return { ...shared, value: { kind: 'computed' }, slot: null };
  if (isBound) {
    // Pages import nothing: a binding's literals alone are known.
    const place = {
      range: valueRange,
      entities: true,
      encodings: ['js-unicode-quotes', ...htmlEncodings[quote ?? '"']],
    } as const;
    const bound = boundValue(text, name, place, emptyScope);
    return { ...shared, ...bound, slot: quote === null ? null : bound.slot };
  }
  const slot = staticSlot(valueRange, quote, opening !== null, encodings);
  return { ...shared, value: { kind: 'text', text: html.value }, slot };
}

/** `alt="…"`, `alt=…` and the bare `alt`: quoted afterwards, with the author's quote where there is one. */
export function staticSlot(
  valueRange: TextRange,
  quote: '"' | "'" | null,
  hasValue: boolean,
  encodings: QuoteEncodings,
): AltSlot {
  if (quote !== null) return { range: valueRange, before: '', after: '', encodings: encodings[quote] };
  return { range: valueRange, before: hasValue ? '"' : '="', after: '"', encodings: encodings['"'] };
}
