import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ParseClient } from '../../server/src/documents/parseClient.ts';

/** A worker that takes as many milliseconds as the text says, with its thread blocked; `never` and `die` do so. */
const worker = `
const { parentPort, threadId } = require('node:worker_threads');
parentPort.on('message', ({ id, text: { whole: text } }) => {
  if (text === 'die') throw new Error('died of it');
  if (text === 'fail') return parentPort.postMessage({ id, error: 'not to be read' });
  const end = Date.now() + (text === 'never' ? Infinity : Number(text));
  while (Date.now() < end);
  parentPort.postMessage({ id, parsed: { prose: String(threadId) } });
});
`;
const folder = mkdtempSync(path.join(os.tmpdir(), 'image-captioner-parse-'));
const file = path.join(folder, 'worker.cjs');
writeFileSync(file, worker);
after(() => rmSync(folder, { recursive: true }));

const options = { imageComponents: [] };
const going = new AbortController().signal;

async function withClient(
  times: { patience: number; waiting: number },
  work: (client: ParseClient) => Promise<void>,
): Promise<void> {
  const client = new ParseClient(file, times);
  try {
    await work(client);
  } finally {
    await client.close();
  }
}

test('what was cancelled while it waited is left out, at once when another ends', async () => {
  await withClient({ patience: 5000, waiting: 5000 }, async (client) => {
    const stale = new AbortController();
    const first = client.parse('60', 'x', options, going);
    const second = client.parse('3000', 'x', options, stale.signal);
    const third = client.parse('0', 'x', options, going);
    stale.abort(new Error('changed'));
    await assert.rejects(second, /changed/);
    const began = Date.now();
    assert.equal((await first).parsed.prose, (await third).parsed.prose);
    assert.ok(Date.now() - began < 2000);
  });
});

test('a slow document does not hold up the others', async () => {
  await withClient({ patience: 5000, waiting: 50 }, async (client) => {
    const order: string[] = [];
    const slow = client.parse('2500', 'x', options, going).then(({ parsed }) => order.push(`slow ${parsed.prose}`));
    const quick = client.parse('0', 'x', options, going).then(() => order.push('quick'));
    const next = client.parse('1', 'x', options, going).then(() => order.push('next'));
    await Promise.all([slow, quick, next]);
    assert.deepEqual([order[0], order[1]], ['quick', 'next']);
  });
});

test('a document that takes too long is given up, and the next one is read', async () => {
  await withClient({ patience: 3000, waiting: 10_000 }, async (client) => {
    await assert.rejects(client.parse('never', 'x', options, going), /could not be read within 3 seconds/);
    await client.parse('0', 'x', options, going);
  });
});

test('a worker that dies or fails is told of, and replaced', async () => {
  await withClient({ patience: 5000, waiting: 10_000 }, async (client) => {
    await assert.rejects(client.parse('fail', 'x', options, going), /not to be read/);
    await assert.rejects(client.parse('die', 'x', options, going), /died of it/);
    await client.parse('0', 'x', options, going);
  });
});
