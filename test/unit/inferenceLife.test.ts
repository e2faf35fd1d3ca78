/** The life of the inference process, with a stand-in that dies on demand; the real one is in test/protocol. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { afterEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { InferenceClient, type InferenceTask } from '../../server/src/blip/index.ts';
import { eventually } from '../support/eventually.ts';

const script = fileURLToPath(new URL('../support/crashingProcess.ts', import.meta.url));
let forks = 0;
let client: InferenceClient | null = null;

function start(options: { readonly idleMs?: number } = {}): InferenceClient {
  forks = 0;
  client = new InferenceClient({
    fork: () => {
      forks += 1;
      return fork(script, [], { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    },
    idleMs: () => options.idleMs ?? Infinity,
    memoryLimitBytes: 3e9,
    log: () => undefined,
  });
  return client;
}
afterEach(() => client?.close());

function caption(folder: string, key: string): InferenceTask {
  const image = { bytes: new Uint8Array(1), key, alpha: 'auto' } as const;
  return { kind: 'caption', model: { folder, precision: 'fp32', cacheFolder: null }, image, options: {} };
}

/** The stand-in answers with its process id. */
async function run(task: InferenceTask, signal = new AbortController().signal): Promise<unknown> {
  return client!.run(task, () => undefined, signal);
}

test('one process does all the work, started by the first', async () => {
  start();
  assert.equal(client!.processId, undefined);
  const first = await run(caption('m', 'a'));
  assert.equal(await run(caption('m', 'b')), first);
  assert.equal(forks, 1);
});

test('it ends when it has been idle, and the next work starts another', async () => {
  start({ idleMs: 50 });
  const first = await run(caption('m', 'a'));
  await eventually(() => assert.equal(client!.processId, undefined), 2000);
  await eventually(() => assert.throws(() => process.kill(first as number, 0)), 2000);
  assert.notEqual(await run(caption('m', 'a')), first);
});

test('past its memory limit it is replaced before the next work', async () => {
  start();
  const first = await run(caption('large', 'a'));
  const second = await run(caption('m', 'a'));
  assert.notEqual(second, first);
  assert.equal(await run(caption('m', 'a')), second);
});

test('a third model has a process of its own: two are kept', async () => {
  start();
  const first = await run(caption('one', 'a'));
  assert.equal(await run(caption('two', 'a')), first);
  assert.equal(await run(caption('one', 'b')), first);
  assert.notEqual(await run(caption('three', 'a')), first);
});

test('a picture that crashes it twice is set aside, by name of what to do; others go on', async () => {
  start();
  await assert.rejects(run(caption('m', 'crashes')), {
    code: 'InferenceCrashed',
    message: /crashed twice on this picture; it is set aside/,
  });
  assert.equal(forks, 2);
  await assert.rejects(run(caption('m', 'crashes')), { code: 'InferenceCrashed' });
  assert.equal(forks, 2, 'no process dies for it again');
  assert.equal(typeof (await run(caption('m', 'a'))), 'number');
});

test('a checkpoint that crashes it three times is set aside; other models go on, a restart tries again', async () => {
  start();
  for (let round = 0; round < 2; round += 1) await run(caption('crashes', 'a')).catch(() => null);
  const before = forks;
  await assert.rejects(run(caption('crashes', 'b')), {
    code: 'InferenceCrashed',
    message:
      /The model in crashes crashed the inference process 3 times and is set aside\. Verify or download it again/,
  });
  assert.equal(forks, before, 'it is not loaded again');
  assert.ok(before <= 4);
  assert.equal(typeof (await run(caption('m', 'a'))), 'number');
  client!.restart();
  await assert.rejects(run(caption('crashes', 'b')));
  assert.ok(forks > before + 1);
});

test('a picture that is waiting when another crashes the process is not blamed', async () => {
  start();
  const [bad, good] = await Promise.allSettled([run(caption('m', 'crashes')), run(caption('m', 'good'))]);
  assert.equal(bad.status, 'rejected');
  assert.equal(good.status, 'fulfilled');
  assert.equal(typeof (await run(caption('m', 'good'))), 'number');
});

test('cancelling is acknowledged at once, whatever the process does', async () => {
  start();
  await run(caption('m', 'a'));
  const abort = new AbortController();
  const work = run(caption('slow', 'a'), abort.signal);
  const asked = performance.now();
  abort.abort();
  await assert.rejects(work, { code: 'Aborted' });
  assert.ok(performance.now() - asked < 100);
});
