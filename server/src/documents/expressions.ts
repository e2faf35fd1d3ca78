import type { CallExpression, Node, TemplateLiteral } from '@babel/types';
import { bindingOf } from './bindings.ts';
import type { Scope } from './bindings.ts';
import { namesAnImage } from './imageExtensions.ts';
import type { TextRange } from './imageReference.ts';

/** What an expression's value is, as far as can be known without running code. Never a guess. */
export type KnownValue =
  | { readonly kind: 'text'; readonly text: string; readonly literal: LiteralText | null }
  /** A picture that is imported or required; `literal` where its specifier stands in the expression itself. */
  | { readonly kind: 'module'; readonly specifier: string; readonly literal: LiteralText | null }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** `undefined` or `null`. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'computed' };

/** A string as it is written: the range inside its quotes. */
export interface LiteralText {
  readonly range: TextRange;
  readonly quote: '"' | "'" | '`';
}

const computed: KnownValue = { kind: 'computed' };

/** More constants in a row than anyone follows; ends `const a = b, b = a`. */
const deepest = 60;

/** Functions that give the public path of a file: Docusaurus, Gatsby, VitePress. */
const publicPathFunctions = new Set(['useBaseUrl', 'withPrefix', 'withBase']);

/**
 * Follows literals, templates, concatenations, `const`s and imports of this file, `require`, `new URL(…, import.meta.url)`
 * and casts. `scope` is that of the place where the expression stands.
 */
export function evaluateExpression(expression: Node, scope: Scope): KnownValue {
  return evaluate(expression, scope, 0);
}

/** The expression without parentheses and casts. */
export function unwrapped(expression: Node): Node {
  switch (expression.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'TypeCastExpression':
    case 'ParenthesizedExpression':
      return unwrapped(expression.expression);
    default:
      return expression;
  }
}

/** A string literal or a template without holes, and where its words stand; null for anything else. */
export function literalText(expression: Node): { readonly text: string; readonly literal: LiteralText } | null {
  const node = unwrapped(expression);
  const range = { start: (node.start ?? 0) + 1, end: (node.end ?? 0) - 1 };
  if (node.type === 'StringLiteral') {
    return { text: node.value, literal: { range, quote: node.extra?.['raw']?.toString().startsWith("'") ? "'" : '"' } };
  }
  if (node.type !== 'TemplateLiteral' || node.expressions.length > 0) return null;
  const cooked = node.quasis[0]?.value.cooked;
  return typeof cooked === 'string' ? { text: cooked, literal: { range, quote: '`' } } : null;
}

function evaluate(expression: Node, scope: Scope, depth: number): KnownValue {
  if (depth > deepest) return computed;
  const node = unwrapped(expression);
  const written = literalText(node);
  if (written !== null) return { kind: 'text', ...written };
  switch (node.type) {
    case 'TemplateLiteral':
      return evaluateTemplate(node, scope, depth);
    case 'NumericLiteral':
      return { kind: 'text', text: String(node.value), literal: null };
    case 'BooleanLiteral':
      return { kind: 'boolean', value: node.value };
    case 'NullLiteral':
      return { kind: 'absent' };
    case 'UnaryExpression':
      return node.operator === 'void' ? { kind: 'absent' } : computed;
    case 'Identifier':
      return evaluateName(node.name, scope, depth);
    case 'BinaryExpression':
      return node.operator === '+'
        ? sum(evaluate(node.left, scope, depth + 1), evaluate(node.right, scope, depth + 1))
        : computed;
    case 'ConditionalExpression':
      return same(evaluate(node.consequent, scope, depth + 1), evaluate(node.alternate, scope, depth + 1));
    case 'LogicalExpression':
      return evaluateLogical(node.operator, evaluate(node.left, scope, depth + 1), node.right, scope, depth);
    case 'MemberExpression':
    case 'OptionalMemberExpression': {
      const property = !node.computed && node.property.type === 'Identifier' ? node.property.name : '';
      return memberOf(evaluate(node.object, scope, depth + 1), property);
    }
    case 'AwaitExpression':
      return evaluate(node.argument, scope, depth + 1);
    case 'ImportExpression':
      return moduleNamed(node.source);
    case 'NewExpression':
    case 'CallExpression':
      return evaluateCall(node as CallExpression, scope, depth);
    default:
      return computed;
  }
}

function evaluateName(name: string, scope: Scope, depth: number): KnownValue {
  const binding = bindingOf(name, scope);
  if (binding === null) return name === 'undefined' ? { kind: 'absent' } : computed;
  if (binding.kind === 'module') return moduleOf(binding.specifier, null);
  if (binding.kind === 'unknown') return computed;
  const value = evaluate(binding.value, binding.scope, depth + 1);
  // The literal stands where the constant is, not here.
  return value.kind === 'text' || value.kind === 'module' ? { ...value, literal: null } : value;
}

function evaluateTemplate(node: TemplateLiteral, scope: Scope, depth: number): KnownValue {
  const parts: KnownValue[] = [];
  for (const [index, quasi] of node.quasis.entries()) {
    const cooked = quasi.value.cooked;
    parts.push(typeof cooked === 'string' ? { kind: 'text', text: cooked, literal: null } : computed);
    const hole = node.expressions[index];
    if (hole !== undefined) parts.push(evaluate(hole, scope, depth + 1));
  }
  return joined(parts);
}

function evaluateLogical(operator: string, left: KnownValue, right: Node, scope: Scope, depth: number): KnownValue {
  if (left.kind === 'computed') return computed;
  const present = operator === '??' ? left.kind !== 'absent' : isTruthy(left);
  return present === (operator !== '&&') ? left : evaluate(right, scope, depth + 1);
}

function isTruthy(value: KnownValue): boolean {
  if (value.kind === 'boolean') return value.value;
  return value.kind === 'text' ? value.text !== '' : value.kind === 'module';
}

/** What bundlers and Node offer on an imported picture (`logo.src`, `.default`) and on a URL (`.href`). */
function memberOf(object: KnownValue, property: string): KnownValue {
  if (object.kind === 'module') return ['src', 'default', 'href'].includes(property) ? object : computed;
  return object.kind === 'text' && property === 'href' ? object : computed;
}

function evaluateCall(node: CallExpression, scope: Scope, depth: number): KnownValue {
  const callee = node.callee;
  const [first, second] = node.arguments;
  if (first === undefined) {
    const asText = callee.type === 'MemberExpression' && callee.property.type === 'Identifier' ? callee : null;
    const name = asText?.property.type === 'Identifier' ? asText.property.name : '';
    return asText !== null && name === 'toString' ? evaluate(asText.object, scope, depth + 1) : computed;
  }
  if (node.type === ('NewExpression' as string)) {
    const isUrl = callee.type === 'Identifier' && callee.name === 'URL';
    return isUrl && (second === undefined || isModuleUrl(second))
      ? onlyText(evaluate(first, scope, depth + 1))
      : computed;
  }
  if (callee.type === 'Import') return moduleNamed(first);
  if (callee.type === 'MemberExpression') {
    const isResolve = callee.object.type === 'Identifier' && callee.object.name === 'require';
    return isResolve && callee.property.type === 'Identifier' && callee.property.name === 'resolve'
      ? moduleNamed(first)
      : computed;
  }
  if (callee.type !== 'Identifier') return computed;
  if (callee.name === 'require') return moduleNamed(first);
  return publicPathFunctions.has(callee.name) ? onlyText(evaluate(first, scope, depth + 1)) : computed;
}

function isModuleUrl(node: Node): boolean {
  return (
    node.type === 'MemberExpression' &&
    node.object.type === 'MetaProperty' &&
    node.property.type === 'Identifier' &&
    node.property.name === 'url'
  );
}

function onlyText(value: KnownValue): KnownValue {
  return value.kind === 'text' ? value : computed;
}

function moduleNamed(specifier: Node): KnownValue {
  const written = literalText(specifier);
  return written === null ? computed : moduleOf(written.text, written.literal);
}

/** Another module's export is known only to that module: a picture's path is what its bundler makes of it. */
function moduleOf(specifier: string, literal: LiteralText | null): KnownValue {
  const path = specifier.replace(/[?#].*$/s, '');
  return namesAnImage(path) || /^data:image\//i.test(specifier) ? { kind: 'module', specifier, literal } : computed;
}

/** Two numbers would be added, not written one after the other. */
function sum(left: KnownValue, right: KnownValue): KnownValue {
  const numeric = (value: KnownValue): boolean =>
    value.kind === 'text' && value.text !== '' && !Number.isNaN(Number(value.text));
  return numeric(left) && numeric(right) ? computed : joined([left, right]);
}

function joined(parts: readonly KnownValue[]): KnownValue {
  const filled = parts.filter((part) => part.kind !== 'text' || part.text !== '');
  const only = filled[0];
  if (filled.length === 1 && only?.kind === 'module') return { ...only, literal: null };
  let text = '';
  for (const part of filled) {
    if (part.kind !== 'text') return computed;
    text += part.text;
  }
  return { kind: 'text', text, literal: null };
}

function same(one: KnownValue, other: KnownValue): KnownValue {
  const plain = (value: KnownValue): string => JSON.stringify({ ...value, literal: null });
  return plain(one) === plain(other) && (one.kind === 'text' || one.kind === 'module')
    ? { ...one, literal: null }
    : computed;
}
