import type { JSXAttribute, JSXOpeningElement, Node } from '@babel/types';
import type { Scope } from './bindings.ts';
import { evaluateExpression, literalText, unwrapped } from './expressions.ts';
import type { LiteralText } from './expressions.ts';
import type { AltEncoding, AltSlot, TextRange } from './imageReference.ts';
import type { MarkupAttribute, MarkupValue } from './markup.ts';

export const jsxEncodings: Readonly<Record<'"' | "'", readonly AltEncoding[]>> = {
  '"': ['jsx-double-quoted'],
  "'": ['jsx-single-quoted'],
};

const stringEncodings: Readonly<Record<LiteralText['quote'], readonly AltEncoding[]>> = {
  '"': ['js-string-double'],
  "'": ['js-string-single'],
  '`': ['js-template'],
};

/** Names for readers: words that come from anywhere but a literal are the program's, and not ours to change. */
const wordAttributes: ReadonlySet<string> = new Set(['alt', 'aria-label']);

/** Of two attributes with one name React takes the later one, so only that one is listed. */
export function jsxAttributes(text: string, opening: JSXOpeningElement, scope: Scope): MarkupAttribute[] {
  const byName = new Map<string, MarkupAttribute>();
  for (const each of opening.attributes) {
    if (each.type !== 'JSXAttribute') continue;
    const attribute = jsxAttribute(text, each, scope);
    byName.delete(attribute.name);
    byName.set(attribute.name, attribute);
  }
  return [...byName.values()];
}

export function rangeOf(node: Node): TextRange {
  return { start: node.start ?? 0, end: node.end ?? 0 };
}

function jsxAttribute(text: string, attribute: JSXAttribute, scope: Scope): MarkupAttribute {
  const name = attributeName(attribute);
  const value = attribute.value;
  const shared = { name, range: rangeOf(attribute) };
  if (value === null || value === undefined) return { ...shared, ...bare(name, shared.range) };
  if (value.type === 'StringLiteral') return { ...shared, ...quoted(text, value.value, rangeOf(value)) };
  if (value.type !== 'JSXExpressionContainer') return { ...shared, ...program({ kind: 'computed' }, rangeOf(value)) };
  const expression = value.expression;
  if (expression.type === 'JSXEmptyExpression') return { ...shared, ...program({ kind: 'absent' }, rangeOf(value)) };
  if (name === 'style') return { ...shared, ...styleObject(text, expression) };
  const written = literalText(expression);
  if (written !== null) return { ...shared, ...literal(text, written.text, written.literal) };
  const known = knownValue(name, expression, scope);
  return { ...shared, ...program(known.value, known.range) };
}

/** As HTML writes it: `srcset` for `srcSet`, `xlink:href` for `xlinkHref`. */
function attributeName({ name }: JSXAttribute): string {
  if (name.type === 'JSXNamespacedName') return `${name.namespace.name}:${name.name.name}`.toLowerCase();
  return name.name === 'xlinkHref' ? 'xlink:href' : name.name.toLowerCase();
}

type Reading = Omit<MarkupAttribute, 'name' | 'range'>;

/** `hidden` is true; an `alt` that is true is no words. */
function bare(name: string, range: TextRange): Reading {
  const isFlag = name === 'hidden' || name === 'aria-hidden';
  const value: MarkupValue = isFlag ? { kind: 'text', text: 'true' } : { kind: 'absent' };
  return program(value, { start: range.end, end: range.end });
}

/** What only code says, or nothing: no words take its place. */
function program(value: MarkupValue, valueRange: TextRange): Reading {
  return { value, valueRange, slot: null, quote: null, source: null };
}

function quoted(text: string, words: string, range: TextRange): Reading {
  const quote = text[range.start] === "'" ? "'" : '"';
  const valueRange = { start: range.start + 1, end: range.end - 1 };
  const slot: AltSlot = { range: valueRange, before: '', after: '', encodings: jsxEncodings[quote] };
  const source = text.slice(valueRange.start, valueRange.end);
  return { value: { kind: 'text', text: words }, valueRange, slot, quote, source };
}

function literal(text: string, words: string, { range, quote }: LiteralText): Reading {
  const slot: AltSlot = { range, before: '', after: '', encodings: stringEncodings[quote] };
  const source = text.slice(range.start, range.end);
  // Offsets into a string with escapes are not offsets into its words.
  return {
    value: { kind: 'text', text: words },
    valueRange: range,
    slot,
    quote: null,
    source: source === words ? source : null,
  };
}

/** The strings of a style object, at their places among blanks: enough to find the `url(…)` in them. */
function styleObject(text: string, expression: Node): Reading {
  const range = rangeOf(expression);
  let source = '';
  for (const property of expression.type === 'ObjectExpression' ? expression.properties : []) {
    if (property.type !== 'ObjectProperty') continue;
    const value = unwrapped(property.value);
    if (value.type !== 'StringLiteral' && value.type !== 'TemplateLiteral') continue;
    const { start, end } = rangeOf(value);
    source = source.padEnd(start + 1 - range.start) + text.slice(start + 1, end - 1);
  }
  return { value: { kind: 'text', text: '' }, valueRange: range, slot: null, quote: null, source };
}

function knownValue(name: string, expression: Node, scope: Scope): { value: MarkupValue; range: TextRange } {
  const range = rangeOf(expression);
  const known = evaluateExpression(expression, scope);
  switch (known.kind) {
    case 'text':
      if (wordAttributes.has(name)) return { value: { kind: 'computed' }, range };
      return { value: { kind: 'text', text: known.text }, range: known.literal?.range ?? range };
    case 'module':
      return { value: { kind: 'module', specifier: known.specifier }, range: known.literal?.range ?? range };
    case 'boolean': {
      const isFlag = known.value || name.startsWith('aria-');
      if (wordAttributes.has(name) || !isFlag) return { value: { kind: 'absent' }, range };
      return { value: { kind: 'text', text: String(known.value) }, range };
    }
    case 'absent':
    case 'computed':
      return { value: known, range };
  }
}
