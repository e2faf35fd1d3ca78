import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { hubSettings, type HubOverrides, type HubSettings } from '../../server/src/models/hubSettings.ts';

const home = os.homedir();
const hub = 'https://huggingface.co';
const mirror = 'https://mirror.example';
const cases: readonly (readonly [
  name: string,
  env: NodeJS.ProcessEnv,
  settings: Partial<HubOverrides>,
  expected: Partial<HubSettings>,
])[] = [
  [
    'nothing is set',
    {},
    {},
    { endpoint: hub, token: null, offline: false, cacheFolder: path.join(home, '.cache', 'huggingface', 'hub') },
  ],
  ['blanks are nothing', { HF_ENDPOINT: ' ', HF_TOKEN: '', HF_HUB_CACHE: '' }, {}, { endpoint: hub, token: null }],
  ['HF_ENDPOINT', { HF_ENDPOINT: `${mirror}//`, HF_TOKEN: 't' }, {}, { endpoint: mirror, token: 't' }],
  ['HF_TOKEN, with a line end', { HF_TOKEN: 't\n' }, {}, { token: 't' }],
  ['HF_HOME', { HF_HOME: '/a' }, {}, { cacheFolder: path.join('/a', 'hub') }],
  ['HF_HUB_CACHE comes first', { HF_HOME: '/a', HF_HUB_CACHE: '/b' }, {}, { cacheFolder: '/b' }],
  ['XDG_CACHE_HOME', { XDG_CACHE_HOME: '/x' }, {}, { cacheFolder: path.join('/x', 'huggingface', 'hub') }],
  ['~ in HF_HOME', { HF_HOME: '~/a' }, {}, { cacheFolder: path.join(home, 'a', 'hub') }],
  ['~ in HF_HUB_CACHE', { HF_HUB_CACHE: '~/b' }, {}, { cacheFolder: path.join(home, 'b') }],
  ['~name is a folder', { HF_HUB_CACHE: '~b' }, {}, { cacheFolder: '~b' }],
  ...['1', 'ON', 'yes', 'True'].map(
    (value) => [`HF_HUB_OFFLINE=${value}`, { HF_HUB_OFFLINE: value }, {}, { offline: true }] as const,
  ),
  ...['0', 'off', 'no', ''].map(
    (value) => [`HF_HUB_OFFLINE=${value}`, { HF_HUB_OFFLINE: value }, {}, { offline: false }] as const,
  ),
  ['the setting offline', {}, { offline: true }, { offline: true }],
  ["a setting's endpoint has no token", { HF_TOKEN: 't' }, { endpoint: mirror }, { endpoint: mirror, token: null }],
  ['unless the environment names it too', { HF_TOKEN: 't', HF_ENDPOINT: mirror }, { endpoint: mirror }, { token: 't' }],
  ['the hub itself may have it', { HF_TOKEN: 't', HF_ENDPOINT: mirror }, { endpoint: hub }, { token: 't' }],
];

for (const [name, env, settings, expected] of cases) {
  test(`the hub's settings: ${name}`, () => {
    const found = hubSettings(env, { endpoint: null, offline: false, ...settings });
    assert.deepEqual(
      Object.fromEntries(Object.keys(expected).map((key) => [key, found[key as keyof HubSettings]])),
      expected,
    );
  });
}
