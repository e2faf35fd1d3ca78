/** Models from the hub through the real server and the real terminal, from the question to the caption. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { appendFile, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { CancellationTokenSource } from 'vscode-languageserver-protocol/node';
import {
  captionImageRequest,
  downloadProgressNotification,
  modelRequests,
  type CaptionImageResult,
  type DescribeModelResult,
  type DownloadModelResult,
  type DownloadProgress,
} from '../../server/src/protocol.ts';
import { eventually } from '../support/eventually.ts';
import { HubServer } from '../support/hubServer.ts';
import { TestServer } from '../support/languageServer.ts';
import { kitPath } from '../support/parityKit.ts';
import { Terminal } from '../support/terminal.ts';

const id = 'acme/blip-kit';
const names = [
  'config.json',
  'preprocessor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'vocab.txt',
  'model.safetensors',
];
const files = Object.fromEntries(names.map((name) => [name, readFileSync(kitPath('caption', name))]));
let hub: HubServer;
let terminal: Terminal;
let env: Record<string, string>;

before(async () => {
  hub = await HubServer.start();
  hub.publish(id, 'main', { files, large: ['model.safetensors'], license: 'bsd-3-clause' });
  terminal = await Terminal.create();
  await terminal.file('wand.png', { picture: '001-emoji.png' });
});
after(async () => {
  await hub.stop();
  await terminal.remove();
});
beforeEach(async () => {
  hub.faults.length = 0;
  env = { HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: terminal.path('hub'), HF_TOKEN: 'hf_secret', HF_HUB_OFFLINE: '' };
  await rm(terminal.path('hub'), { recursive: true, force: true });
});

async function withServer(
  settings: Record<string, unknown>,
  work: (server: TestServer) => Promise<void>,
): Promise<void> {
  const server = await TestServer.start({ env, settings });
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}

test('the editor hears what it is, downloads it with progress, and captions with it', async () => {
  await withServer({ model: id, precision: 'fp32' }, async (server) => {
    const uri = await server.file('wand.png', { picture: '001-emoji.png' });
    const caption = (): Promise<CaptionImageResult> => server.connection.sendRequest(captionImageRequest, { uri });
    const missing = await caption();
    assert.ok(!missing.ok);
    assert.equal(missing.code, 'ModelUnavailable');
    assert.match(
      missing.message,
      /acme\/blip-kit is not on this machine.*image-captioner models download acme\/blip-kit.*Image Captioner: Download Model/,
    );

    const sent = hub.bytesSent;
    const described = await server.connection.sendRequest<DescribeModelResult>(modelRequests.describe, { id });
    assert.ok(described.ok);
    const { bytes } = described.model;
    assert.deepEqual(described.model, {
      id,
      revision: 'main',
      license: 'bsd-3-clause',
      bytes,
      missing: bytes,
      endpoint: hub.endpoint,
    });
    assert.equal(hub.bytesSent, sent, 'nothing is fetched before a person has agreed');

    const seen: DownloadProgress[] = [];
    server.connection.onNotification(
      downloadProgressNotification,
      (progress: DownloadProgress) => void seen.push(progress),
    );
    const done = await server.connection.sendRequest<DownloadModelResult>(modelRequests.download, {
      id,
      revision: 'main',
    });
    assert.ok(done.ok);
    assert.equal(seen.at(-1)!.bytes, bytes);
    assert.equal(seen.at(-1)!.total, bytes);
    const made = await caption();
    assert.ok(made.ok, JSON.stringify(made));
    assert.equal(made.model, id);
  });
});

test('a cancelled download stops at once and goes on where it was, in another window', async () => {
  const sideFiles = Object.keys(files).length - 1;
  for (let file = 0; file < sideFiles; file += 1) hub.faults.push({ kind: 'short', after: 1e9 });
  hub.faults.push({ kind: 'stall', after: 100_000 });
  await withServer({}, async (server) => {
    const cancel = new CancellationTokenSource();
    const work = server.connection.sendRequest<DownloadModelResult>(
      modelRequests.download,
      { id, revision: 'main' },
      cancel.token,
    );
    await partialOf(100_000);
    const asked = performance.now();
    cancel.cancel();
    await work.catch(() => null);
    assert.ok(performance.now() - asked < 1000);
  });
  const sent = hub.bytesSent;
  await withServer({}, async (server) => {
    const done = await server.connection.sendRequest<DownloadModelResult>(modelRequests.download, {
      id,
      revision: 'main',
    });
    assert.ok(done.ok);
  });
  assert.equal(hub.bytesSent - sent, files['model.safetensors']!.length - 100_000);
});

async function partialOf(bytes: number): Promise<void> {
  const blobs = path.join(terminal.path('hub'), 'models--acme--blip-kit', 'blobs');
  await eventually(async () => {
    const [partial] = (await readdir(blobs)).filter((name) => name.endsWith('.incomplete'));
    assert.ok((await stat(path.join(blobs, partial ?? ''))).size >= bytes);
  }, 10_000);
}

test('offline nothing is asked of the hub; a wrong name is a sentence', async () => {
  const before = hub.requests.length;
  await withServer({ offline: true }, async (server) => {
    const answer = await server.connection.sendRequest<DescribeModelResult>(modelRequests.describe, { id });
    assert.ok(!answer.ok);
    assert.match(answer.message, /downloads are off \(HF_HUB_OFFLINE or the setting imageCaptioner\.offline\)/);
    const wrong = await server.connection.sendRequest<DescribeModelResult>(modelRequests.describe, { id: '../etc' });
    assert.ok(!wrong.ok);
    assert.match(wrong.message, /owner\/name/);
  });
  assert.equal(hub.requests.length, before);
});

test('the setting hub.endpoint is where a model is asked for; the token does not go there', async () => {
  const mirror = await HubServer.start();
  mirror.publish(id, 'main', { files, large: ['model.safetensors'] });
  await withServer({ hub: { endpoint: mirror.endpoint } }, async (server) => {
    const answer = await server.connection.sendRequest<DescribeModelResult>(modelRequests.describe, { id });
    assert.ok(answer.ok);
    assert.equal(answer.model.endpoint, mirror.endpoint);
  });
  assert.ok(mirror.requests.length > 0);
  assert.deepEqual(
    mirror.requests.filter(({ authorization }) => authorization !== undefined),
    [],
  );
  await mirror.stop();
});

test('the terminal downloads, lists, converts, captions, verifies and removes', async () => {
  const run = (...args: string[]): ReturnType<Terminal['run']> => terminal.run(args, { env });
  const downloaded = await run('models', 'download', id);
  assert.equal(downloaded.code, 0, downloaded.stderr);
  assert.match(downloaded.stderr, /acme\/blip-kit: .* to download from http:\/\/127.*; licence bsd-3-clause/);
  assert.doesNotMatch(downloaded.stdout + downloaded.stderr, /hf_secret/);
  const folder = downloaded.stdout.trim();
  assert.equal((await run('models', 'path', id)).stdout.trim(), folder);
  assert.match((await run('models', 'convert', id, '--precision', 'fp32')).stdout, /acme\/blip-kit: fp32/);
  assert.equal((await run('caption', '--model', id, '--precision', 'fp32', 'wand.png')).code, 0);
  const listed = JSON.parse((await run('models', 'list', '--format', 'json')).stdout) as Record<string, unknown>[];
  assert.deepEqual(
    listed.map(({ id: name }) => name),
    ['built-in', id],
  );
  assert.ok(Number(listed[1]!['convertedBytes']) > 0);
  assert.equal((await run('models', 'verify', id)).code, 0);
  await appendFile(path.join(folder, 'model.safetensors'), 'x');
  const damaged = await run('models', 'verify', id);
  assert.equal(damaged.code, 3);
  assert.match(damaged.stderr, /damaged: model\.safetensors\. Remove the model and download it again/);
  const removed = await run('models', 'remove', id);
  assert.match(removed.stderr, /acme\/blip-kit: .* given back/);
  assert.deepEqual(await readdir(terminal.path('hub')), []);
  assert.equal((await run('models', 'path', id)).code, 3);
});

test('where Python moved the files for want of links the hub is asked for their hashes', async () => {
  const run = (offline: string, ...args: string[]): ReturnType<Terminal['run']> =>
    terminal.run(args, { env: { ...env, HF_HUB_OFFLINE: offline } });
  const folder = (await run('', 'models', 'download', id)).stdout.trim();
  for (const name of names) await rename(await realpath(path.join(folder, name)), path.join(folder, name));
  const asked = await run('', 'models', 'verify', id);
  assert.equal(asked.code, 0, asked.stderr);
  assert.deepEqual(asked.stdout.match(/\tright$/gmu)?.length, names.length);
  assert.match(asked.stderr, /^config\.json: the cache does not tell its hash, http:\/\/127.* was asked for it$/mu);
  const offline = await run('1', 'models', 'verify', id);
  assert.equal(offline.code, 0, offline.stderr);
  assert.match(
    offline.stdout,
    /^config\.json\tno hash is known for it: the cache has no links, which would tell it, and The hub was not asked .*HF_HUB_OFFLINE/mu,
  );
  await appendFile(path.join(folder, 'vocab.txt'), 'x');
  const damaged = await run('', 'models', 'verify', id);
  assert.equal(damaged.code, 3);
  assert.match(damaged.stderr, /damaged: vocab\.txt\./);
});

test('five processes that want one model download it once', async () => {
  const sent = hub.bytesSent;
  const all = await Promise.all(Array.from({ length: 5 }, () => terminal.run(['models', 'download', id], { env })));
  assert.deepEqual(
    all.map(({ code }) => code),
    [0, 0, 0, 0, 0],
    all.map(({ stderr }) => stderr).join('---\n'),
  );
  assert.equal(new Set(all.map(({ stdout }) => stdout)).size, 1);
  const size = Object.values(files).reduce((sum, bytes) => sum + bytes.length, 0);
  assert.equal(hub.bytesSent - sent, size);
  const left = await readdir(path.join(terminal.path('hub'), 'models--acme--blip-kit'), { recursive: true });
  assert.deepEqual(
    left.filter((name) => /incomplete|lock|tmp/u.test(name)),
    [],
  );
});

test('a settings file of a cloned repository cannot have the token', async () => {
  const mirror = await HubServer.start();
  mirror.publish(id, 'main', { files, large: ['model.safetensors'] });
  await writeFile(terminal.path('.image-captioner.json'), JSON.stringify({ hub: { endpoint: mirror.endpoint } }));
  assert.equal((await terminal.run(['models', 'download', id], { env })).code, 0);
  await rm(terminal.path('.image-captioner.json'));
  assert.ok(mirror.requests.length > 0);
  assert.deepEqual(
    mirror.requests.filter(({ authorization }) => authorization !== undefined),
    [],
  );
  await mirror.stop();
});

test('a proxy of the environment is gone through', async () => {
  const seen: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request: IncomingMessage, socket: Socket) => {
    seen.push(request.url ?? '');
    const { hostname, port } = new URL(`http://${request.url}`);
    const target = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    for (const end of [target, socket]) end.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const { code, stderr } = await terminal.run(['models', 'download', id], {
    env: { ...env, HTTP_PROXY: address, NO_PROXY: '' },
  });
  assert.equal(code, 0, stderr);
  assert.ok(seen.includes(new URL(hub.endpoint).host));
  proxy.close();
});

test('hosts of NO_PROXY are reached without the proxy', async () => {
  const nobody = 'http://127.0.0.1:9';
  const through = { ...env, HTTP_PROXY: nobody, HTTPS_PROXY: nobody };
  const direct = await terminal.run(['models', 'download', id], {
    env: { ...through, NO_PROXY: '127.0.0.1,localhost' },
  });
  assert.equal(direct.code, 0, direct.stderr);
});

test('a cache that cannot be written to is named, with what to do', async () => {
  await writeFile(terminal.path('hub'), 'a file in the way');
  const { code, stderr } = await terminal.run(['models', 'download', id], { env });
  assert.equal(code, 3);
  assert.match(stderr, /cannot be written to.*HF_HUB_CACHE/);
  assert.doesNotMatch(stderr, /\n\s+at /);
});
