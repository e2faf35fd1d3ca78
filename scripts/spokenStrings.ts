/**
 * `npm run l10n`: writes l10n/bundle.l10n.json, what translators translate: each string that the client, the panel's
 * page and the server say through `l10n.t`. A test holds the file to the sources.
 */
import { parse } from '@babel/parser';
import { isCallExpression, isIdentifier, isMemberExpression, isStringLiteral, traverseFast } from '@babel/types';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = path.join(root, 'l10n', 'bundle.l10n.json');

/** @throws Error naming a call whose words do not stand in it: nobody could find them for the translators */
export function spokenStrings(): ReadonlySet<string> {
  const words = new Set<string>();
  for (const file of globSync(['client/src/**/*.ts', 'media/panel/*.{ts,tsx}', 'server/src/**/*.ts'], {
    cwd: root,
  }).toSorted())
    for (const spoken of spokenIn(file)) words.add(spoken);
  return words;
}

function spokenIn(file: string): string[] {
  const source = readFileSync(path.join(root, file), 'utf8');
  if (!source.includes('l10n.t(')) return [];
  const program = parse(source, { sourceType: 'module', plugins: ['typescript', 'jsx'] });
  const words: string[] = [];
  traverseFast(program, (node) => {
    if (!isCallExpression(node) || !isMemberExpression(node.callee)) return;
    const { object, property } = node.callee;
    const isL10n =
      isIdentifier(object, { name: 'l10n' }) ||
      (isMemberExpression(object) && isIdentifier(object.property, { name: 'l10n' }));
    if (!isL10n || !isIdentifier(property, { name: 't' })) return;
    const [said] = node.arguments;
    if (!isStringLiteral(said)) throw new Error(`${file}:${node.loc?.start.line}: the words must stand in the call.`);
    words.push(said.value);
  });
  return words;
}

/** What l10n/bundle.l10n.json holds. */
export function bundledStrings(): ReadonlySet<string> {
  return new Set(Object.keys(JSON.parse(readFileSync(bundle, 'utf8')) as object));
}

if (import.meta.main) {
  const entries = [...spokenStrings()].map((words) => [words, words]);
  writeFileSync(bundle, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
  console.log(`${path.relative(root, bundle)}: ${entries.length} strings`);
}
