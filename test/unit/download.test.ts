import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { lstat, mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { ModelDownloader } from '../../server/src/models/download.ts';
import { HuggingFaceCache } from '../../server/src/models/huggingFaceCache.ts';
import type { HubSettings } from '../../server/src/models/hubSettings.ts';
import { gitHash, HubServer, type Fault } from '../support/hubServer.ts';
import { randomGenerator } from '../support/random.ts';

const id = 'acme/blip-tiny';
const random = randomGenerator(3);
const weights = Uint8Array.from({ length: 200_000 }, () => Math.floor(random() * 256));
const config = Buffer.from('{"model_type":"blip"}');
const signal = new AbortController().signal;
let hub: HubServer;
let folder: string;

before(async () => {
  hub = await HubServer.start();
});
after(() => hub.stop());
beforeEach(async (context) => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'hub-'));
  hub.faults.length = 0;
  hub.requests.length = 0;
  hub.bytesSent = 0;
  hub.discussions = [];
  hub.publish(id, 'main', {
    files: { 'config.json': config, 'model.safetensors': weights, 'README.md': Buffer.from('no') },
    large: ['model.safetensors'],
  });
  if ('after' in context) context.after(() => rm(folder, { recursive: true, force: true }));
});

function settings(more: Partial<HubSettings> = {}): HubSettings {
  return { endpoint: hub.endpoint, token: null, cacheFolder: folder, offline: false, ...more };
}

function downloader(more: Partial<HubSettings> = {}, cache = new HuggingFaceCache(folder)): ModelDownloader {
  return new ModelDownloader(settings(more), cache, { stallMs: 1000, waits: [1, 1, 1] });
}

async function download(from = downloader(), messages: string[] = [], revision: string | null = null): Promise<string> {
  const model = await from.describe(id, revision, signal);
  return from.download(model, { onProgress: () => undefined, onMessage: (message) => messages.push(message) }, signal);
}

test("the files land as Python's client lays them, and only the needed ones", async () => {
  const snapshot = await download();
  assert.deepEqual((await readdir(snapshot)).toSorted(), ['config.json', 'model.safetensors']);
  assert.deepEqual(await readFile(path.join(snapshot, 'model.safetensors')), Buffer.from(weights));
  assert.equal(await readlink(path.join(snapshot, 'config.json')), path.join('..', '..', 'blobs', gitHash(config)));
  const refs = await readFile(path.join(folder, 'models--acme--blip-tiny', 'refs', 'main'), 'utf8');
  assert.equal(refs, path.basename(snapshot));
  assert.equal(await new HuggingFaceCache(folder).snapshot(id, null), snapshot);
});

test('what is there is not downloaded again', async () => {
  await download();
  const sent = hub.bytesSent;
  await download();
  assert.equal(hub.bytesSent, sent);
});

test('without links the file itself moves into the snapshot: never two copies', async () => {
  const noLinks = new HuggingFaceCache(folder, () => Promise.reject(new Error('EPERM')));
  const snapshot = await download(downloader({}, noLinks));
  assert.equal((await lstat(path.join(snapshot, 'model.safetensors'))).isFile(), true);
  assert.deepEqual(await readdir(path.join(folder, 'models--acme--blip-tiny', 'blobs')), []);
  const hash = createHash('sha256').update(weights).digest('hex');
  assert.equal(await noLinks.hashOf(id, path.basename(snapshot), 'model.safetensors'), hash);
  assert.equal(await noLinks.hashOf(id, path.basename(snapshot), 'config.json'), gitHash(config));
  const sent = hub.bytesSent;
  await download(downloader({}, noLinks));
  assert.equal(hub.bytesSent, sent);
});

test('cut anywhere it resumes across restarts, and re-sends at most one chunk', async () => {
  for (let cut = 1; cut <= 20; cut += 1) {
    await rm(folder, { recursive: true, force: true });
    hub.bytesSent = 0;
    hub.faults.push({ kind: 'status', status: 500 }, { kind: 'cut', after: Math.floor((weights.length * cut) / 21) });
    // The first fault meets config.json; each process gives up at once and the next one goes on.
    const impatient = (): ModelDownloader =>
      new ModelDownloader(settings(), new HuggingFaceCache(folder), { stallMs: 1000, waits: [1] });
    await download(impatient(), []);
    assert.ok(hub.bytesSent <= config.length + weights.length + 65_536, `cut ${cut}: ${hub.bytesSent}`);
    assert.ok(hub.bytesSent >= config.length + weights.length);
  }
});

const passing: readonly (readonly [string, Fault, RegExp])[] = [
  ['429 with Retry-After', { kind: 'status', status: 429, retryAfter: 0 }, /asks to wait \(429\)/],
  ['503', { kind: 'status', status: 503 }, /answers with an error \(503\)/],
  ['a short body', { kind: 'short', after: 5 }, /ended early, at 5 of/],
  ['a stall', { kind: 'stall', after: 5 }, /broke/],
  ['a cut', { kind: 'cut', after: 5 }, /broke/],
];
for (const [name, fault, message] of passing) {
  test(`${name} passes: it is said and tried again`, async () => {
    hub.faults.push(fault);
    const messages: string[] = [];
    const snapshot = await download(downloader(), messages);
    assert.match(messages.join('\n'), message);
    assert.deepEqual(await readFile(path.join(snapshot, 'config.json')), config);
  });
}

test('a server without ranges sends the whole file again, and it is right', async () => {
  hub.faults.push({ kind: 'cut', after: 8 }, { kind: 'no-range' });
  const snapshot = await download();
  assert.deepEqual(await readFile(path.join(snapshot, 'config.json')), config);
});

test('faults that stay end in a message, and what has arrived is kept', async () => {
  for (let tries = 0; tries < 4; tries += 1) hub.faults.push({ kind: 'status', status: 503 });
  await assert.rejects(download(), /also after 3 more tries.*try again later/);
});

test('a tampered file is removed and named', async () => {
  hub.publish(id, 'main', {
    files: { 'config.json': config, 'model.safetensors': weights },
    large: ['model.safetensors'],
  });
  hub.faults.push({ kind: 'cut', after: config.length }, { kind: 'tampered' });
  await assert.rejects(download(), /model\.safetensors of acme\/blip-tiny is damaged or was tampered with.*removed/);
  const blobs = await readdir(path.join(folder, 'models--acme--blip-tiny', 'blobs'));
  assert.deepEqual(blobs, [gitHash(config)]);
});

test('401, 403 and 404 say what to do, and the token stays with the hub', async () => {
  hub.publish(id, 'main', {
    files: { 'config.json': config, 'model.safetensors': weights },
    large: ['model.safetensors'],
    gated: true,
  });
  await assert.rejects(download(), /\(401\).*HF_TOKEN/);
  await assert.rejects(download(downloader({ token: 'bad-token' })), /\(403\).*terms/);
  await assert.rejects(downloader().describe('acme/none', null, signal), /\(404\).*spelling/);
  hub.requests.length = 0;
  await download(downloader({ token: 'good-token' }));
  const own = new URL(hub.endpoint).host;
  const elsewhere = hub.requests.filter(({ host }) => host !== own);
  assert.ok(elsewhere.length > 0);
  assert.deepEqual(
    elsewhere.map(({ authorization }) => authorization),
    elsewhere.map(() => undefined),
  );
});

test("main without safetensors: the hub's own conversion is taken; --revision main takes the .bin", async () => {
  hub.publish(id, 'main', {
    files: { 'config.json': config, 'pytorch_model.bin': weights },
    large: ['pytorch_model.bin'],
  });
  hub.publish(id, 'refs/pr/7', {
    files: { 'config.json': config, 'model.safetensors': weights },
    large: ['model.safetensors'],
  });
  const by = (name: string): Record<string, unknown> => ({
    num: 7,
    title: 'Adding `safetensors` variant of this model',
    isPullRequest: true,
    author: { name },
  });
  hub.discussions = [by('SFconvertbot')];
  assert.equal((await downloader().describe(id, null, signal)).revision, 'refs/pr/7');
  const snapshot = await download();
  assert.equal(await new HuggingFaceCache(folder).snapshot(id, 'refs/pr/7'), snapshot);
  hub.discussions = [by('anyone')];
  assert.equal((await downloader().describe(id, null, signal)).revision, 'main');
  hub.discussions = [by('SFconvertbot')];
  const asked = await downloader().describe(id, 'main', signal);
  assert.deepEqual(
    asked.files.map(({ name }) => name),
    ['config.json', 'pytorch_model.bin'],
  );
});

test('shards come with their index; an index that leads elsewhere is refused', async () => {
  const index = (name: string): Buffer => Buffer.from(JSON.stringify({ weight_map: { a: name } }));
  const shard = 'model-00001-of-00001.safetensors';
  hub.publish(id, 'main', {
    files: { 'config.json': config, 'model.safetensors.index.json': index(shard), [shard]: weights },
    large: [shard],
  });
  const snapshot = await download();
  assert.ok((await readdir(snapshot)).includes(shard));
  hub.publish(id, 'main', {
    files: { 'config.json': config, 'model.safetensors.index.json': index('../../x') },
    large: [],
  });
  await assert.rejects(download(), /names \.\.\/\.\.\/x/);
});

test('a proxy that compresses is named: the size and the hash could not be right', async () => {
  hub.faults.push({ kind: 'compressed' });
  await assert.rejects(download(), /comes compressed \(gzip\).*NO_PROXY/);
});

test('a full disk is said before the download begins', async () => {
  const model = await downloader().describe(id, null, signal);
  const huge = { ...model, files: model.files.map((file) => ({ ...file, size: 1e18 })) };
  const work = downloader().download(huge, { onProgress: () => undefined, onMessage: () => undefined }, signal);
  await assert.rejects(
    work,
    /The disk is too full for acme\/blip-tiny: 2000000000\.00 GB are needed in .* are free\. Make room/,
  );
});

test('offline nothing is asked', async () => {
  await assert.rejects(downloader({ offline: true }).describe(id, null, signal), /downloads are off/);
  assert.equal(hub.requests.length, 0);
});

test('five at once download it once', async () => {
  await Promise.all(Array.from({ length: 5 }, () => download()));
  assert.equal(hub.bytesSent, config.length + weights.length);
});

test('cancelled it stops, and keeps what has arrived', async () => {
  hub.faults.push({ kind: 'short', after: config.length }, { kind: 'stall', after: 50_000 });
  const abort = new AbortController();
  const from = downloader();
  const model = await from.describe(id, null, abort.signal);
  const work = from.download(
    model,
    { onProgress: ({ bytes }) => bytes >= 50_000 && abort.abort(), onMessage: () => undefined },
    abort.signal,
  );
  await assert.rejects(work);
  const blobs = path.join(folder, 'models--acme--blip-tiny', 'blobs');
  const [partial] = (await readdir(blobs)).filter((name) => name.endsWith('.image-captioner.incomplete'));
  assert.ok((await stat(path.join(blobs, partial!))).size >= 50_000 - config.length - 65_536);
});
