/** The life of the inference process, with a stand-in that dies on demand; the real one is in test/protocol. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { afterEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { InferenceClient, type InferenceTask, type Lane } from '../../server/src/blip/index.ts';
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

function caption(folder: string, key: string, lane: Lane = 'urgent'): InferenceTask {
  const image = { bytes: new Uint8Array(1), key, alpha: 'auto' } as const;
  return { kind: 'caption', model: { folder, precision: 'fp32', cacheFolder: null }, image, options: {}, lane };
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

test('an urgent task is done beside one of the background; of each lane one at a time', async () => {
  start();
  const done: string[] = [];
  const note = (name: string, task: InferenceTask) => run(task).then((pid) => (done.push(name), pid));
  const pids = await Promise.all([
    note('background', caption('m', 'later', 'background')),
    note('background 2', caption('m', 'a', 'background')),
    note('urgent', caption('m', 'b')),
    note('urgent 2', caption('m', 'c')),
  ]);
  assert.deepEqual(done, ['urgent', 'urgent 2', 'background', 'background 2']);
  assert.equal(new Set(pids).size, 1);
});

for (const [guilty, innocent] of [
  ['urgent', 'background'],
  ['background', 'urgent'],
] as const) {
  test(`of two tasks in hand at a crash the ${innocent} one is done, and the ${guilty} one blamed`, async () => {
    start();
    await run(caption('m', 'a'));
    const beside = run(caption('m', 'later', innocent));
    await assert.rejects(run(caption('m', 'crashes', guilty)), { code: 'InferenceCrashed' });
    assert.equal(typeof (await beside), 'number');
    assert.equal(typeof (await run(caption('m', 'later'))), 'number', 'it is not set aside');
  });
}

test('several pictures that crash it are not tried again together: who asked tries them one by one', async () => {
  start();
  const model = { folder: 'm', precision: 'fp32', cacheFolder: null } as const;
  const pictures = [new Uint8Array(1), new Uint8Array(2)];
  const together = run({ kind: 'captions', model, pictures, alpha: 'auto', options: {}, lane: 'background' });
  await assert.rejects(together, { code: 'InferenceCrashed' });
  assert.equal(forks, 1);
  assert.equal(typeof (await run(caption('m', 'a'))), 'number');
});

test('an urgent task of a third model does not wait for the background: that begins anew, unblamed', async () => {
  start();
  const first = await run(caption('one', 'a'));
  const background = run(caption('two', 'later', 'background'));
  const third = await run(caption('three', 'a'));
  assert.notEqual(third, first);
  assert.equal(await background, third);
  assert.equal(forks, 2);
});

test('a background task of a third model waits for the urgent one', async () => {
  start();
  const first = await run(caption('one', 'a'));
  const [urgent, background] = await Promise.all([
    run(caption('two', 'later')),
    run(caption('three', 'a', 'background')),
  ]);
  assert.equal(urgent, first);
  assert.notEqual(background, first);
});

test('past its memory limit a process ends what it has in hand, and is replaced before more of the background', async () => {
  start();
  const background = run(caption('large', 'later', 'background'));
  const next = run(caption('large', 'a', 'background'));
  const first = await run(caption('large', 'a'));
  assert.equal(await run(caption('large', 'b')), first);
  assert.equal(await background, first);
  assert.notEqual(await next, first);
});

test('a process whose decoder is stuck is replaced; what it did beside begins anew', async () => {
  start();
  const background = run(caption('m', 'later', 'background'));
  const first = await run(caption('m', 'stuck'));
  assert.notEqual(await background, first);
  assert.equal(forks, 2);
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
