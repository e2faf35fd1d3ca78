/** Attributes whose value is an expression of JavaScript: Vue's bindings, Svelte's and Astro's braces. */
import { bindingOf, type Scope } from './bindings.ts';
import { decodeAttribute } from './entityOffsets.ts';
import { evaluateExpression, type KnownValue } from './expressions.ts';
import type { AltEncoding, TextRange } from './imageReference.ts';
import type { MarkupAttribute, MarkupValue } from './markup.ts';
import { parseExpressionAt } from './programSyntax.ts';

export type BoundValue = Pick<MarkupAttribute, 'value' | 'valueRange' | 'slot'>;

/** Where an expression stands, and what its place asks of the text in it. */
export interface ExpressionPlace {
  readonly range: TextRange;
  /** In a quoted attribute: entities are resolved before the expression is read, and written as entities. */
  readonly entities: boolean;
  /** What is done to a string after JavaScript's own escaping. */
  readonly encodings: readonly AltEncoding[];
}

const dottedName = /^\s*([A-Za-z_$][\w$]*)(?:\.[A-Za-z_$][\w$]*)*\s*$/;

/** `item.src` of something that the document does not declare: nothing to follow. */
function isForeignName(expression: string, scope: Scope): boolean {
  const first = dottedName.exec(expression)?.[1];
  return first !== undefined && !literalNames.has(first) && bindingOf(first, scope) === null;
}

const literalNames = new Set(['undefined', 'null', 'true', 'false']);

const quoteEncoding = { "'": 'js-string-single', '"': 'js-string-double', '`': 'js-template' } as const;

/** Words of these are there only where they stand in the tag itself: a constant elsewhere is the program's to change. */
const spoken = new Set(['alt', 'aria-label', 'title']);

export function boundValue(source: string, name: string, place: ExpressionPlace, scope: Scope): BoundValue {
  const { range, entities, encodings } = place;
  const written = source.slice(range.start, range.end);
  const { text, offsetAt } = entities
    ? decodeAttribute(written)
    : { text: written, offsetAt: (offset: number) => offset };
  const expression = isForeignName(text, scope) ? null : parseExpressionAt(text, { start: 0, end: text.length });
  const known: KnownValue = expression === null ? { kind: 'computed' } : evaluateExpression(expression, scope);
  const literal = known.kind === 'text' || known.kind === 'module' ? known.literal : null;
  if (literal === null) return { value: valueOf(known, name), valueRange: trimmed(written, range), slot: null };
  const valueRange = {
    start: range.start + offsetAt(literal.range.start),
    end: range.start + offsetAt(literal.range.end),
  };
  const slot = { range: valueRange, before: '', after: '', encodings: [quoteEncoding[literal.quote], ...encodings] };
  return { value: valueOf(known, name), valueRange, slot: known.kind === 'text' ? slot : null };
}

function valueOf(known: KnownValue, name: string): MarkupValue {
  switch (known.kind) {
    case 'text':
      return known.literal === null && spoken.has(name) ? { kind: 'computed' } : { kind: 'text', text: known.text };
    case 'module':
      return { kind: 'module', specifier: known.specifier };
    case 'boolean':
      return { kind: 'text', text: String(known.value) };
    case 'absent':
    case 'computed':
      return { kind: known.kind };
  }
}

function trimmed(source: string, range: TextRange): TextRange {
  const start = range.start + (source.length - source.trimStart().length);
  return { start, end: Math.max(start, range.end - (source.length - source.trimEnd().length)) };
}
