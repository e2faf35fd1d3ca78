import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from '@babel/parser';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Import {
  readonly from: string;
  /** A path from the project's root, or a package's name. */
  readonly to: string;
  readonly typeOnly: boolean;
}

const files = globSync('{client,server}/src/**/*.ts', { cwd: root, exclude: ['**/generated/**'] }).map((file) =>
  file.split(path.sep).join('/'),
);
const imports = files.flatMap(importsOf);

function importsOf(file: string): Import[] {
  const source = readFileSync(path.join(root, file), 'utf8');
  const { program } = parse(source, { sourceType: 'module', plugins: ['typescript'], createImportExpressions: true });
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean): void => {
    const to = specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : specifier;
    found.push({ from: file, to, typeOnly });
  };
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration') {
      const inline =
        node.specifiers.length > 0 &&
        node.specifiers.every((one) => one.type === 'ImportSpecifier' && one.importKind === 'type');
      add(node.source.value, node.importKind === 'type' || inline);
    } else if ((node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration') && node.source) {
      add(node.source.value, node.exportKind === 'type');
    }
  }
  for (const match of source.matchAll(/\bimport\('(\.[^']+)'\)/g)) add(match[1]!, false);
  return found;
}

function broken(rule: (found: Import) => boolean): string[] {
  return imports.filter(rule).map(({ from, to }) => `${from} → ${to}`);
}

const inside = (folder: string) => (file: string) => file.startsWith(folder);
const inBlip = inside('server/src/blip/');
const isLocal = (file: string): boolean => file.endsWith('.ts');

test('blip/ imports nothing of this project outside blip/', () => {
  assert.deepEqual(
    broken(({ from, to }) => inBlip(from) && isLocal(to) && !inBlip(to)),
    [],
  );
});

test('others import only the index of blip/, and its errors', () => {
  const open = ['server/src/blip/index.ts', 'server/src/blip/errors.ts'];
  assert.deepEqual(
    broken(({ from, to }) => !inBlip(from) && inBlip(to) && !open.includes(to)),
    [],
  );
});

test('the client imports of the server only protocol.ts', () => {
  const ofServer = inside('server/');
  assert.deepEqual(
    broken(({ from, to }) => from.startsWith('client/') && ofServer(to) && to !== 'server/src/protocol.ts'),
    [],
  );
  assert.deepEqual(
    broken(({ from, to }) => ofServer(from) && to.startsWith('client/')),
    [],
  );
});

test('protocol.ts imports relatively only types', () => {
  assert.deepEqual(
    broken(({ from, to, typeOnly }) => from === 'server/src/protocol.ts' && isLocal(to) && !typeOnly),
    [],
  );
});

test('parsing and rules know nothing of captions, models or the language server', () => {
  const early = (file: string): boolean =>
    file.startsWith('server/src/documents/') || file.startsWith('server/src/features/rules/');
  const late = /^server\/src\/(blip|models|cli|caption|imageCaptions|server|commands)|^vscode-languageserver$/;
  assert.deepEqual(
    broken(({ from, to }) => early(from) && late.test(to)),
    [],
  );
});

test('native code is loaded in the inference process alone, and only when it is needed', () => {
  assert.deepEqual(
    broken(({ to, typeOnly }) => (to === 'onnxruntime-node' || to === 'sharp') && !typeOnly),
    [],
  );
});

test('check loads nothing that captions', () => {
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { from, to, typeOnly } of imports) if (from === file && !typeOnly && isLocal(to)) visit(to);
  };
  visit('server/src/cli/check.ts');
  assert.ok(reached.size > 20);
  assert.deepEqual(
    [...reached].filter((file) => inBlip(file) || file.includes('/models/')),
    [],
  );
});

test('there are no cycles, of types neither', () => {
  const next = Map.groupBy(
    imports.filter(({ to }) => isLocal(to)),
    ({ from }) => from,
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) cycles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
    if (done.has(file) || trail.includes(file)) return;
    for (const { to } of next.get(file) ?? []) visit(to, [...trail, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  assert.deepEqual(cycles, []);
});
