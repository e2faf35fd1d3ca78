/** What a person reads in the editor can be translated: it goes through l10n, and the bundle for translators has it. */
import { parse } from '@babel/parser';
import * as types from '@babel/types';
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundledStrings, spokenStrings } from '../../scripts/spokenStrings.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the bundle for translators holds each string that is said, and no other (npm run l10n)', () => {
  const [said, bundled] = [spokenStrings(), bundledStrings()];
  assert.deepEqual([...said.difference(bundled)], [], 'missing in l10n/bundle.l10n.json');
  assert.deepEqual([...bundled.difference(said)], [], 'left over in l10n/bundle.l10n.json');
});

/** Each node of a source file of the project. */
function walk(file: string, visit: (node: types.Node) => void): void {
  const source = readFileSync(`${root}/${file}`, 'utf8');
  types.traverseFast(parse(source, { sourceType: 'module', plugins: ['typescript', 'jsx'] }), visit);
}

/** Names are the same in every language. */
const names = new Set(['int8', 'fp32', 'owner/name']);
const isWords = (text: string): boolean => /\p{L}{2}/u.test(text) && !names.has(text.trim());

/** Where JSX shows words to people. */
const spokenAttributes = new Set(['title', 'aria-label', 'placeholder', 'alt', 'aria-description']);

test('the panel’s page says nothing past l10n', () => {
  const unspoken: string[] = [];
  for (const file of globSync('media/panel/*.tsx', { cwd: root })) {
    walk(file, (node) => {
      if (types.isJSXText(node) && isWords(node.value)) unspoken.push(`${file}: ${node.value.trim()}`);
      if (!types.isJSXAttribute(node) || !types.isStringLiteral(node.value)) return;
      if (types.isJSXIdentifier(node.name) && spokenAttributes.has(node.name.name) && isWords(node.value.value))
        unspoken.push(`${file}: ${node.value.value}`);
    });
  }
  assert.deepEqual(unspoken, []);
});

/** Options of VS Code's API that people read. */
const spokenOptions = new Set(['title', 'placeHolder', 'placeholder', 'prompt', 'detail', 'tooltip']);
const spokenCalls = /^(?:show(?:Information|Warning|Error)Message|setStatusBarMessage)$/;

test('the client says nothing past l10n', () => {
  const unspoken: string[] = [];
  const hear = (file: string, node: types.Node | undefined): void => {
    const text = types.isStringLiteral(node)
      ? node.value
      : types.isTemplateLiteral(node)
        ? node.quasis.map(({ value }) => value.raw).join('')
        : '';
    if (isWords(text)) unspoken.push(`${file}: ${text}`);
  };
  for (const file of globSync('client/src/*.ts', { cwd: root })) {
    walk(file, (node) => {
      if (types.isObjectProperty(node) && types.isIdentifier(node.key) && spokenOptions.has(node.key.name))
        hear(file, node.value);
      if (!types.isCallExpression(node) || !types.isMemberExpression(node.callee)) return;
      if (types.isIdentifier(node.callee.property) && spokenCalls.test(node.callee.property.name))
        hear(file, node.arguments[0]);
    });
  }
  assert.deepEqual(unspoken, []);
});
