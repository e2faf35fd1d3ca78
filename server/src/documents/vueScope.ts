/** What the names in a Vue template stand for: what `<script setup>` declares, or what the component returns. */
import type { Node, ObjectExpression, Statement } from '@babel/types';
import { type Binding, emptyScope, type Scope, scopeOf } from './bindings.ts';
import { evaluateExpression, unwrapped } from './expressions.ts';
import { parseProgram, type ProgramDialect } from './programSyntax.ts';

export interface VueScript {
  readonly source: string;
  readonly lang: string | null;
  readonly setup: boolean;
}

export function vueScope(scripts: readonly VueScript[]): Scope {
  const plain = scripts.find(({ setup }) => !setup);
  const setup = scripts.find((script) => script.setup);
  const module = plain === undefined ? emptyScope : scopeOf(statementsOf(plain), emptyScope);
  if (setup !== undefined) return scopeOf(statementsOf(setup), module);
  return plain === undefined ? emptyScope : componentScope(statementsOf(plain), module);
}

function statementsOf({ source, lang }: VueScript): readonly Statement[] {
  const dialect: ProgramDialect = lang === 'ts' ? 'ts' : lang === 'tsx' ? 'tsx' : 'jsx';
  return parseProgram(source, dialect)?.program.body ?? [];
}

/**
 * The names of a component object: what `data()` and `setup()` return. Only imported pictures are taken from there (a
 * string may be changed while the page runs).
 */
function componentScope(statements: readonly Statement[], module: Scope): Scope {
  const exported = statements.find((statement) => statement.type === 'ExportDefaultDeclaration');
  const component = exported === undefined ? null : objectIn(exported.declaration);
  const names = new Map<string, Binding>();
  for (const member of component?.properties ?? []) {
    const key = member.type === 'SpreadElement' || member.computed ? null : keyName(member.key);
    if (key !== 'data' && key !== 'setup') continue;
    const made = member.type === 'ObjectMethod' ? member : member.type === 'ObjectProperty' ? member.value : null;
    const returned = made === null ? null : returnedObject(made);
    if (returned === null) continue;
    const inside = scopeOf(returned.statements, module);
    for (const property of returned.object.properties) {
      if (property.type !== 'ObjectProperty' || property.computed) continue;
      const name = keyName(property.key);
      if (name === null) continue;
      const isPicture = evaluateExpression(property.value, inside).kind === 'module';
      names.set(name, isPicture ? { kind: 'constant', value: property.value, scope: inside } : { kind: 'unknown' });
    }
  }
  return { names, outer: null };
}

function keyName(key: Node): string | null {
  if (key.type === 'Identifier') return key.name;
  return key.type === 'StringLiteral' ? key.value : null;
}

/** The object itself, or the one given to `defineComponent(…)`. */
function objectIn(node: Node): ObjectExpression | null {
  const value = unwrapped(node);
  if (value.type === 'ObjectExpression') return value;
  const argument = value.type === 'CallExpression' ? value.arguments[0] : undefined;
  return argument === undefined ? null : objectIn(argument);
}

function returnedObject(made: Node): { object: ObjectExpression; statements: readonly Statement[] } | null {
  const body = 'body' in made ? made.body : null;
  if (body === null || body === undefined || Array.isArray(body) || typeof body !== 'object') return null;
  const node = unwrapped(body);
  if (node.type === 'ObjectExpression') return { object: node, statements: [] };
  if (node.type !== 'BlockStatement') return null;
  const last = node.body.findLast((statement) => statement.type === 'ReturnStatement');
  const object = last?.argument ? unwrapped(last.argument) : null;
  return object?.type === 'ObjectExpression' ? { object, statements: node.body } : null;
}
