/** What goes wrong on the way from the hub: it passes and is tried again, or it ends in a message that says what to do. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { ModelDownloader } from '../../server/src/models/download.ts';
import { HuggingFaceCache } from '../../server/src/models/huggingFaceCache.ts';
import { HubServer, type Fault } from '../support/hubServer.ts';
import { randomGenerator } from '../support/random.ts';

const id = 'acme/blip-tiny';
const random = randomGenerator(4);
const weights = Uint8Array.from({ length: 300_000 }, () => Math.floor(random() * 256));
const config = Buffer.from('{"model_type":"blip"}');
/** The first of the two files comes as it should. */
const sound: Fault = { kind: 'none' };
let hub: HubServer;
let folder: string;

before(async () => {
  hub = await HubServer.start();
  hub.publish(id, 'main', {
    files: { 'config.json': config, 'model.safetensors': weights },
    large: ['model.safetensors'],
  });
});
after(() => hub.stop());
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'hub-faults-'));
  hub.faults.length = 0;
  hub.bytesSent = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Try {
  readonly waits?: readonly number[];
  readonly endpoint?: string;
  readonly revision?: string;
  readonly signal?: AbortSignal;
}

/** @returns what was told meanwhile */
async function download({ waits = [1, 1, 1], endpoint = hub.endpoint, revision, signal }: Try = {}): Promise<string> {
  const settings = { endpoint, token: 'hf_secret', cacheFolder: folder, offline: false };
  const downloader = new ModelDownloader(settings, new HuggingFaceCache(folder), { stallMs: 1000, waits });
  const stop = signal ?? new AbortController().signal;
  const messages: string[] = [];
  const model = await downloader.describe(id, revision ?? null, stop);
  const snapshot = await downloader.download(
    model,
    { onProgress: () => undefined, onMessage: (message) => messages.push(message) },
    stop,
  );
  assert.deepEqual(await readFile(path.join(snapshot, 'model.safetensors')), Buffer.from(weights));
  return messages.join('\n');
}

describe('passes, is said and tried again:', () => {
  const half: Fault = { kind: 'cut', after: 150_000 };
  const cases: readonly (readonly [string, readonly Fault[], RegExp])[] = [
    ['408', [{ kind: 'status', status: 408 }], /answers with an error \(408\)/],
    ['500', [{ kind: 'status', status: 500 }], /answers with an error \(500\)/],
    ['502', [{ kind: 'status', status: 502 }], /answers with an error \(502\)/],
    ['429 without a time', [{ kind: 'status', status: 429 }], /asks to wait \(429\)/],
    ['403 of the storage, whose address ran out', [sound, { kind: 'status', status: 403 }], /localhost.* answers 403/],
    ['404 of the storage', [sound, { kind: 'status', status: 404 }], /localhost.* answers 404/],
    ['503 of the storage', [sound, { kind: 'status', status: 503 }], /localhost.* answers 503/],
    ['416 where it should resume', [sound, half, { kind: 'status', status: 416 }], /does not resume where it should/],
    ['another range than was asked for', [sound, half, { kind: 'wrong-range' }], /does not resume where it should/],
    ['the whole file where the rest was asked for', [sound, half, { kind: 'no-range' }], /broke/],
    ['more than the file has', [sound, { kind: 'long' }], /more came than the file has/],
    ['a short body', [sound, { kind: 'short', after: 99 }], /ended early, at 99 of 300000/],
    ['a stall', [sound, { kind: 'stall', after: 99 }], /broke.*timeout/i],
  ];
  for (const [name, faults, message] of cases) {
    test(name, async () => {
      hub.faults.push(...faults);
      assert.match(await download(), message);
    });
  }
});

test('twenty cuts, each a little further on, do not use up the patience', async () => {
  hub.faults.push(sound, ...Array.from({ length: 20 }, (): Fault => ({ kind: 'cut', after: 14_000 })));
  await download({ waits: [1] });
  assert.ok(hub.bytesSent < config.length + weights.length + 65_536, `${hub.bytesSent}`);
});

test('cuts that bring nothing further do', async () => {
  hub.faults.push(sound, ...Array.from({ length: 5 }, (): Fault => ({ kind: 'cut', after: 0 })));
  await assert.rejects(download(), /model\.safetensors: .*also after 3 more tries\. Check the connection.*is kept/);
});

test('a server that sends from the start each time, and breaks off, is given up', async () => {
  const again = Array.from({ length: 9 }, (): Fault => ({ kind: 'no-range', cutAfter: 50_000 }));
  hub.faults.push(sound, ...again);
  await assert.rejects(download(), /also after 3 more tries/);
});

for (const [name, retryAfter] of [
  ['seconds', () => 1],
  ['a date', () => new Date(Date.now() + 2000).toUTCString()],
] as const) {
  test(`Retry-After as ${name} is waited for`, async () => {
    hub.faults.push({ kind: 'status', status: 429, retryAfter: retryAfter() });
    const started = performance.now();
    await download();
    assert.ok(performance.now() - started > 900);
  });
}

test('a wait of an hour can be cancelled', async () => {
  hub.faults.push({ kind: 'status', status: 429, retryAfter: 3600 });
  await assert.rejects(download({ signal: AbortSignal.timeout(300) }), { name: 'TimeoutError' });
});

describe('ends in a message:', () => {
  test('redirects in a circle', async () => {
    const circle: Fault = { kind: 'redirect', to: `${hub.endpoint}/${id}/resolve/main/config.json` };
    hub.faults.push(...Array.from({ length: 9 }, () => circle));
    await assert.rejects(download(), /more than 5 redirects\. Check the hub's address/);
  });

  test('a redirect out of the web', async () => {
    hub.faults.push({ kind: 'redirect', to: 'file:///etc/passwd' });
    await assert.rejects(download(), /redirected to file:, which is not followed/);
  });

  test('nobody listens', () =>
    assert.rejects(
      download({ endpoint: 'http://127.0.0.1:9' }),
      /the hub's description of acme\/blip-tiny: 127\.0\.0\.1:9: .*ECONNREFUSED.*Check the connection/,
    ));

  test('nobody listens at any address of a name', () =>
    assert.rejects(download({ endpoint: 'http://localhost:9' }), /localhost:9: .*ECONNREFUSED/));

  test('an address that is none', () =>
    assert.rejects(
      download({ endpoint: 'hub.example' }),
      /"hub\.example" is no address of a hub.*https:\/\/.*HF_ENDPOINT/,
    ));

  for (const revision of ['../../main', '', '-x', 'a b']) {
    test(`"${revision}" as a revision`, () => assert.rejects(download({ revision }), /is no revision/));
  }

  test('a web page where the hub should be', async () => {
    const page = createServer((_, response) => response.end('<!doctype html><title>Sign in</title>'));
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
    await assert.rejects(download({ endpoint }), /the answer is not the hub's .*Check the hub's address/);
    page.close();
  });
});

test('the token is sent to the hub alone, by its scheme, host and port', async () => {
  const seen: (string | undefined)[] = [];
  const other = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  hub.requests.length = 0;
  hub.faults.push({ kind: 'redirect', to: `http://127.0.0.1:${(other.address() as AddressInfo).port}/config.json` });
  await download();
  assert.deepEqual(seen, [undefined]);
  assert.ok(hub.requests.some(({ authorization }) => authorization === 'Bearer hf_secret'));
  other.close();
});

describe('of a model with several checkpoints', () => {
  const index = (name: string): Buffer => Buffer.from(JSON.stringify({ weight_map: { a: name } }));
  const all = {
    'model.safetensors': weights,
    'model.safetensors.index.json': index('model-1.safetensors'),
    'model-1.safetensors': weights,
    'pytorch_model.bin': weights,
    'pytorch_model.bin.index.json': index('pytorch_model-1.bin'),
    'pytorch_model-1.bin': weights,
  };
  const order: readonly (readonly [taken: string, ...files: string[]])[] = [
    ['model.safetensors', 'model.safetensors'],
    ['the safetensors shards', 'model.safetensors.index.json', 'model-1.safetensors'],
    ['pytorch_model.bin', 'pytorch_model.bin'],
    ['the shards of it', 'pytorch_model.bin.index.json', 'pytorch_model-1.bin'],
  ];
  for (const [at, [taken, ...expected]] of order.entries()) {
    test(`${taken} comes before ${order.length - at - 1} others`, async () => {
      const gone = order.slice(0, at).flatMap(([, ...names]) => names);
      const files = Object.fromEntries(Object.entries(all).filter(([name]) => !gone.includes(name)));
      hub.publish('acme/several', 'main', { files: { 'config.json': config, ...files }, large: [] });
      const settings = { endpoint: hub.endpoint, token: null, cacheFolder: folder, offline: false };
      const { files: needed } = await new ModelDownloader(settings).describe(
        'acme/several',
        null,
        new AbortController().signal,
      );
      assert.deepEqual(
        needed.map(({ name }) => name),
        ['config.json', ...expected],
      );
    });
  }
});
