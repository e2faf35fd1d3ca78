import type { Node } from '@babel/types';
import { type Binding, bindingOf, emptyScope, type Scope, scopeOf, scopeWithin } from './bindings.ts';
import { parseExpressionAt } from './programSyntax.ts';

/** Every name that a function's parameters or a block's declarations bind within the node. */
export function namesDeclaredIn(root: Node): string[] {
  const names: string[] = [];
  const open: unknown[] = [root];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (Array.isArray(next)) open.push(...(next as unknown[]).filter(isObject));
    else if (isObject(next)) {
      if (isNode(next)) {
        names.push(...scopeWithin(next, emptyScope).names.keys());
        if (next.type === 'VariableDeclaration') names.push(...scopeOf([next], emptyScope).names.keys());
      }
      open.push(...Object.values(next).filter(isObject));
    }
  }
  return names;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isNode(value: object): value is Node {
  return 'type' in value && typeof value.type === 'string';
}

/** Whether the scope itself says what one of those names stands for: else nothing is hidden by them. */
function knowsAny(names: Iterable<string>, scope: Scope): boolean {
  for (const name of names) if (bindingOf(name, scope) !== null) return true;
  return false;
}

const word = /[\p{ID_Start}$_][\p{ID_Continue}$]*/gu;

/** Whether the scope knows any word of the code. */
export function knowsAnyWord(code: string, scope: Scope): boolean {
  return knowsAny(code.match(word) ?? [], scope);
}

/** The scope in which those names are the program's to know. */
export function withUnknownNames(names: readonly string[], outer: Scope): Scope {
  if (!knowsAny(names, outer)) return outer;
  return { names: new Map(names.map((name): [string, Binding] => [name, { kind: 'unknown' }])), outer };
}

/** The same for patterns as they are written: `(logo, index)` of a loop, `{ logo }` of a slot. */
export function withPatterns(patterns: readonly string[], scope: Scope): Scope {
  let inner = scope;
  for (const pattern of patterns) {
    if (!knowsAnyWord(pattern, scope)) continue;
    const source = `(${pattern}) => 0`;
    const arrow = parseExpressionAt(source, { start: 0, end: source.length });
    if (arrow !== null) inner = scopeWithin(arrow, inner);
  }
  return inner;
}
