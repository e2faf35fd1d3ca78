import type { Node, Statement } from '@babel/types';

/** What a name stands for where it is used, as far as the file itself says. */
export type Binding =
  /** A `const`: its value, in the scope where it was written. */
  | { readonly kind: 'constant'; readonly value: Node; readonly scope: Scope }
  /** `import name from 'specifier'`. */
  | { readonly kind: 'module'; readonly specifier: string }
  /** A parameter, a variable that may change, anything else. */
  | { readonly kind: 'unknown' };

export interface Scope {
  readonly names: ReadonlyMap<string, Binding>;
  readonly outer: Scope | null;
}

export const emptyScope: Scope = { names: new Map(), outer: null };

export function bindingOf(name: string, scope: Scope): Binding | null {
  for (let current: Scope | null = scope; current !== null; current = current.outer) {
    const binding = current.names.get(name);
    if (binding !== undefined) return binding;
  }
  return null;
}

/** The scope of a program's or a block's statements. */
export function scopeOf(statements: readonly Statement[], outer: Scope | null): Scope {
  const names = new Map<string, Binding>();
  const scope: Scope = { names, outer };
  for (const statement of statements) declare(statement, names, scope);
  return scope;
}

/** The scope within a node: a function's parameters, a block's declarations; `scope` itself where it opens none. */
export function scopeWithin(node: Node, scope: Scope): Scope {
  switch (node.type) {
    case 'BlockStatement':
    case 'StaticBlock':
    case 'TSModuleBlock':
      return scopeOf(node.body, scope);
    case 'SwitchStatement':
      return scopeOf(
        node.cases.flatMap(({ consequent }) => consequent),
        scope,
      );
    case 'ForStatement':
      return node.init?.type === 'VariableDeclaration'
        ? withUnknown(
            node.init.declarations.map(({ id }) => id),
            scope,
          )
        : scope;
    case 'ForOfStatement':
    case 'ForInStatement':
      return node.left.type === 'VariableDeclaration'
        ? withUnknown(
            node.left.declarations.map(({ id }) => id),
            scope,
          )
        : scope;
    case 'CatchClause':
      return withUnknown(node.param ? [node.param] : [], scope);
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ObjectMethod':
    case 'ClassMethod':
    case 'ClassPrivateMethod':
      return node.params.length === 0 ? scope : withUnknown(node.params, scope);
    default:
      return scope;
  }
}

function withUnknown(patterns: readonly Node[], outer: Scope): Scope {
  const names = patterns.flatMap(namesIn).map((name): [string, Binding] => [name, { kind: 'unknown' }]);
  return { names: new Map(names), outer };
}

function declare(statement: Statement, names: Map<string, Binding>, scope: Scope): void {
  switch (statement.type) {
    case 'ImportDeclaration':
      if (statement.importKind === 'type' || statement.importKind === 'typeof') return;
      for (const specifier of statement.specifiers) {
        const named = specifier.type === 'ImportSpecifier' ? specifier.imported : null;
        const isDefault = named === null ? specifier.type === 'ImportDefaultSpecifier' : nameOf(named) === 'default';
        names.set(
          specifier.local.name,
          isDefault ? { kind: 'module', specifier: statement.source.value } : { kind: 'unknown' },
        );
      }
      return;
    case 'TSImportEqualsDeclaration': {
      const from = statement.moduleReference;
      const specifier = from.type === 'TSExternalModuleReference' ? from.expression.value : null;
      names.set(statement.id.name, specifier === null ? { kind: 'unknown' } : { kind: 'module', specifier });
      return;
    }
    case 'ExportNamedDeclaration':
      if (statement.declaration) declare(statement.declaration, names, scope);
      return;
    case 'VariableDeclaration':
      for (const { id, init } of statement.declarations) {
        if (statement.kind === 'const' && id.type === 'Identifier' && init) {
          names.set(id.name, { kind: 'constant', value: init, scope });
        } else for (const name of namesIn(id)) names.set(name, { kind: 'unknown' });
      }
      return;
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
    case 'TSEnumDeclaration':
    case 'TSDeclareFunction':
    case 'EnumDeclaration':
      if (statement.id) names.set(statement.id.name, { kind: 'unknown' });
      return;
    default:
  }
}

function nameOf(node: Node): string | null {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'StringLiteral' ? node.value : null;
}

/** Every name that a pattern binds. */
function namesIn(pattern: Node): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        namesIn(property.type === 'RestElement' ? property.argument : property.value),
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : namesIn(element)));
    case 'AssignmentPattern':
      return namesIn(pattern.left);
    case 'RestElement':
      return namesIn(pattern.argument);
    case 'TSParameterProperty':
      return namesIn(pattern.parameter);
    default:
      return [];
  }
}
