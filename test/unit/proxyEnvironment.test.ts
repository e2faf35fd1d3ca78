import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxyEnvironment, type ProxySettings } from '../../client/src/proxyEnvironment.ts';

const proxy = 'http://proxy.acme.example:3128';
const none: ProxySettings = { proxy: '', noProxy: [] };
const cases: readonly (readonly [
  name: string,
  settings: Partial<ProxySettings>,
  env: NodeJS.ProcessEnv,
  added: Record<string, string>,
])[] = [
  ['nothing is set', {}, { PATH: '/bin' }, {}],
  ['a proxy', { proxy }, {}, { HTTPS_PROXY: proxy, HTTP_PROXY: proxy }],
  ['the environment has its own', { proxy }, { HTTPS_PROXY: 'http://own', http_proxy: 'http://own' }, {}],
  ['the environment has one for http alone', { proxy }, { HTTP_PROXY: 'http://own' }, { HTTPS_PROXY: proxy }],
  ['hosts without a proxy', { noProxy: ['a.example', 'b.example'] }, {}, both('a.example,b.example')],
  ['hosts beside those of the environment', { noProxy: ['a'] }, { NO_PROXY: 'localhost' }, both('localhost,a')],
  ['hosts beside those in small letters', { noProxy: ['a'] }, { no_proxy: 'x', NO_PROXY: 'y' }, both('x,a')],
];

function both(hosts: string): Record<string, string> {
  return { NO_PROXY: hosts, no_proxy: hosts };
}

for (const [name, settings, env, added] of cases) {
  test(`VS Code's proxy: ${name}`, () => assert.deepEqual(proxyEnvironment({ ...none, ...settings }, env), added));
}
