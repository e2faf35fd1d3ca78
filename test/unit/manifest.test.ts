/** package.json, package.nls.json and the program agree: settings, defaults, commands, strings. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { rules } from '../../server/src/features/rules/rules.ts';
import { defaultSettings } from '../../server/src/settings.ts';

interface Property {
  readonly default: unknown;
}
interface Manifest {
  readonly contributes: {
    readonly configuration: readonly { readonly properties: Readonly<Record<string, Property>> }[];
    readonly commands: readonly { readonly command: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
  };
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
}

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const source = read('package.json');
const manifest = JSON.parse(source) as Manifest;
const strings = JSON.parse(read('package.nls.json')) as Record<string, string>;
const declared = Object.assign({}, ...manifest.contributes.configuration.map(({ properties }) => properties)) as Record<
  string,
  Property
>;

/** `{ alt: { capitalise: true } }` → `[['imageCaptioner.alt.capitalise', true]]`. */
function flat(settings: object, prefix: string): [string, unknown][] {
  return Object.entries(settings).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? flat(value, `${prefix}${name}.`)
      : [[prefix + name, value]],
  );
}

test('the editor offers the settings that the program reads, with the same defaults', () => {
  const working = new Set<string>(rules.map(({ id }) => `imageCaptioner.rules.${id}`));
  const known = flat(defaultSettings, 'imageCaptioner.').filter(
    ([name]) => !name.startsWith('imageCaptioner.rules.') || working.has(name),
  );
  const offered = Object.entries(declared).map(([name, property]) => [name, property.default]);
  assert.deepEqual(Object.fromEntries(offered), Object.fromEntries(known));
});

test('what an untrusted folder may not set are settings that exist', () => {
  for (const name of manifest.capabilities.untrustedWorkspaces.restrictedConfigurations) {
    assert.ok(name in declared, name);
  }
});

test('each string of the manifest has its words, and no words are left over', () => {
  const used = new Set([...source.matchAll(/"%([^%"]+)%"/g)].map(([, name]) => name ?? ''));
  assert.deepEqual([...used].toSorted(), Object.keys(strings).toSorted());
});

test('menus name commands that are declared', () => {
  const commands = new Set(manifest.contributes.commands.map(({ command }) => command));
  for (const { command } of Object.values(manifest.contributes.menus).flat()) assert.ok(commands.has(command), command);
});
