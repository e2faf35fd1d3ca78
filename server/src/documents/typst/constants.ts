import { countWhile } from '../countWhile.ts';
import type { Bindings, Preset, TypstNode, Wrapper } from './syntax.ts';

/** Constants may use each other; deeper than this they are in a circle. */
const deepest = 10;
const longest = 4000;

/** A string as far as it can be known without running the document: literal, sum of such, a name bound to one once. */
export function knownString(node: TypstNode, bindings: Bindings, depth = 0): string | null {
  if (depth > deepest) return null;
  if (node.kind === 'string') return node.value;
  if (node.kind === 'name') {
    const value = bindings.assigned.has(node.name) ? null : boundValue(node.name, node.range.start, bindings);
    return value === null ? null : knownString(value, bindings, depth + 1);
  }
  if (node.kind !== 'sum') return null;
  let sum = '';
  for (const part of node.parts) {
    const value = knownString(part, bindings, depth + 1);
    if (value === null || sum.length + value.length > longest) return null;
    sum += value;
  }
  return sum;
}

/** What a call of that name there gives to `image` besides its own arguments; null: it calls something else. */
export function imagePreset(name: string, place: number, bindings: Bindings): Preset | null {
  const value = boundValue(name, place, bindings);
  if (value?.kind !== 'call' || !/^(?:std\.)?image\.with$/.test(value.callee ?? '')) return null;
  return { name, arguments: value.arguments };
}

/** What a function of that name there shows; null: it is no wrapper of a picture. */
export function wrapperNamed(name: string, place: number, bindings: Bindings): Wrapper | null {
  const value = boundValue(name, place, bindings);
  return value?.kind === 'function' ? value.wrapper : null;
}

/** So many bindings of one name are looked through. */
const enough = 1000;

/** What a name means at a place: the last binding before it whose scope it is in. Null for parameters and the unknown. */
function boundValue(name: string, place: number, bindings: Bindings): TypstNode | null {
  const bound = bindings.byName.get(name) ?? [];
  const before = countWhile(bound.length, (index) => bound[index]!.from <= place);
  for (let index = before - 1; index >= Math.max(0, before - enough); index -= 1) {
    const { scope, value } = bound[index]!;
    if (scope.start <= place && place < scope.end) return value;
  }
  return null;
}
