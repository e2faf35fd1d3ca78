/** Who ends when whom does: no inference process outlives its server, and no conversion is done twice or left half-made. */
import assert from 'node:assert/strict';
import { execFileSync, fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { captionImageRequest, type CaptionImageResult } from '../../server/src/protocol.ts';
import { eventually } from '../support/eventually.ts';
import { evalPictures, TestServer } from '../support/languageServer.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(path.join(os.tmpdir(), 'process-life-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function children(of: number): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid,ppid'], { encoding: 'utf8' }).trim().split('\n').slice(1);
  return rows
    .map((row) => row.trim().split(/\s+/u).map(Number))
    .flatMap(([id, parent]) => (parent === of ? [id!] : []));
}

function runs(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}

test('a server that is killed takes its inference process with it', async () => {
  const server = await TestServer.start();
  const uri = await server.file('wand.png', { picture: '001-emoji.png' });
  const made = await server.connection.sendRequest<CaptionImageResult>(captionImageRequest, { uri });
  assert.ok(made.ok);
  const inference = children(server.processId!);
  assert.ok(inference.length > 0);
  server.connection.dispose();
  process.kill(server.processId!, 'SIGKILL');
  await eventually(() => assert.deepEqual(inference.filter(runs), []), 5000);
  rmSync(path.dirname(server.folder), { recursive: true, force: true });
});

test('a server on Node IPC whose channel closes ends, and its inference process with it', async () => {
  const env = { ...process.env, IMAGE_CAPTIONER_CACHE: path.join(folder, 'ipc') };
  const server = fork(path.join(root, 'server/src/main.ts'), ['--node-ipc'], { env, execArgv: [] });
  const ask = (id: number, method: string, params: object): Promise<{ result: unknown }> => {
    server.send({ jsonrpc: '2.0', id, method, params });
    return new Promise((resolve) => {
      server.on('message', (message: { id?: number; result: unknown }) => message.id === id && resolve(message));
    });
  };
  // Without a process to watch: the channel alone tells.
  await ask(1, 'initialize', { processId: null, rootUri: null, capabilities: {} });
  server.send({ jsonrpc: '2.0', method: 'initialized', params: {} });
  const uri = pathToFileURL(path.join(evalPictures, '001-emoji.png')).href;
  const made = (await ask(2, captionImageRequest, { uri })).result as CaptionImageResult;
  assert.ok(made.ok);
  const inference = children(server.pid!);
  assert.ok(inference.length > 0);
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.disconnect();
  await ended;
  await eventually(() => assert.deepEqual(inference.filter(runs), []), 5000);
});

function caption(cache: string): ChildProcess {
  const args = [
    path.join(root, 'server/src/cli.ts'),
    'caption',
    '--no-cache',
    path.join(evalPictures, '001-emoji.png'),
  ];
  const env = { ...process.env, IMAGE_CAPTIONER_CACHE: cache, IMAGE_CAPTIONER_DEBUG: '1' };
  return spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function finished(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

test('three at once convert the model once', async () => {
  const cache = path.join(folder, 'together');
  const all = await Promise.all([caption(cache), caption(cache), caption(cache)].map(finished));
  assert.deepEqual(
    all.map(({ code, stdout }) => [code, stdout]),
    all.map(() => [0, 'a magic wand emoji\n']),
  );
  assert.equal(
    all.filter(({ stderr }) => /^converting/mu.test(stderr)).length,
    1,
    all.map(({ stderr }) => stderr).join('---\n'),
  );
  assert.equal(readdirSync(path.join(cache, 'graphs')).filter((name) => !/^hashes$/u.test(name)).length, 1);
});

test('killed while it converts it leaves nothing that the next one trusts or keeps', async () => {
  const cache = path.join(folder, 'killed');
  const graphs = path.join(cache, 'graphs');
  const child = caption(cache);
  const done = finished(child);
  await eventually(() => assert.ok(readdirSync(graphs).some((name) => name.endsWith('.partial'))), 20_000);
  for (const id of [...children(child.pid!), child.pid!]) process.kill(id, 'SIGKILL');
  await done;
  const next = await finished(caption(cache));
  assert.equal(next.stdout, 'a magic wand emoji\n', next.stderr);
  const left = readdirSync(graphs).filter((name) => /\.(partial|lock)/u.test(name));
  assert.deepEqual(left, []);
});
