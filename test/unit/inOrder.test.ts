/** Bulk work: several at a time, results in order, a bounded number of pictures in memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as soon } from 'node:timers/promises';
import type { ImageFile } from '../../server/src/imageFile.ts';
import { inOrder } from '../../server/src/inOrder.ts';
import { batchLimits, picturesAhead, PictureRoom } from '../../server/src/pictureRoom.ts';

const never = new AbortController().signal;

/** Work that ends by hand. */
class Work {
  readonly begun: string[] = [];
  readonly signals: AbortSignal[] = [];
  readonly #ends = new Map<string, PromiseWithResolvers<string>>();

  readonly do = (item: string, signal: AbortSignal): Promise<string> => {
    this.begun.push(item);
    this.signals.push(signal);
    const end = Promise.withResolvers<string>();
    this.#ends.set(item, end);
    return end.promise;
  };

  end(item: string): void {
    this.#ends.get(item)!.resolve(`${item} done`);
  }

  fail(item: string): void {
    this.#ends.get(item)!.reject(new Error(`${item} failed`));
  }
}

test('as many at a time as allowed, in the order of the items', async () => {
  const work = new Work();
  const results: string[] = [];
  const all = (async () => {
    for await (const result of inOrder(['a', 'b', 'c'], 2, work.do, never)) results.push(result);
  })();
  await soon();
  assert.deepEqual(work.begun, ['a', 'b']);
  work.end('b');
  await soon();
  assert.deepEqual([results, work.begun], [[], ['a', 'b']]);
  work.end('a');
  await soon();
  assert.deepEqual(
    [results, work.begun],
    [
      ['a done', 'b done'],
      ['a', 'b', 'c'],
    ],
  );
  work.end('c');
  await all;
  assert.deepEqual(results, ['a done', 'b done', 'c done']);
});

test('what fails does so in its turn, and the others are cancelled', async () => {
  const work = new Work();
  const results: string[] = [];
  const all = (async () => {
    for await (const result of inOrder(['a', 'b', 'c'], 3, work.do, never)) results.push(result);
  })();
  await soon();
  work.fail('b');
  await soon();
  assert.equal(work.signals[2]!.aborted, false);
  work.end('a');
  await assert.rejects(all, /b failed/);
  assert.deepEqual([results, work.signals[2]!.aborted], [['a done'], true]);
});

test('once cancelled nothing more is begun', async () => {
  const [work, abort] = [new Work(), new AbortController()];
  const all = inOrder(['a', 'b'], 1, work.do, abort.signal);
  const first = all.next();
  await soon();
  abort.abort();
  work.end('a');
  await first;
  await assert.rejects(all.next(), { name: 'AbortError' });
  assert.deepEqual(work.begun, ['a']);
});

function picture(name: string, bytes: number): ImageFile {
  return { name, bytes: new Uint8Array(bytes), hash: name };
}

for (const [what, bytes, expected] of [
  ['small pictures: two batches', 10, picturesAhead],
  ['large pictures: the bytes of two batches', batchLimits.bytes / 2 + 1, 4],
] as const) {
  test(`${what} are read, the next when one was used`, async () => {
    const room = new PictureRoom();
    const read: string[] = [];
    const ends: (() => void)[] = [];
    const held = Array.from({ length: 20 }, (_, index) =>
      room.hold(
        async () => {
          read.push(String(index));
          return picture(String(index), bytes);
        },
        () => new Promise<void>((resolve) => ends.push(resolve)),
      ),
    );
    for (let round = 0; round < 50; round += 1) await soon();
    assert.equal(read.length, expected);
    for (let next = 0; next < 20; next += 1) {
      while (ends.length <= next) await soon();
      assert.ok(read.length <= next + expected);
      ends[next]!();
    }
    await Promise.all(held);
    assert.deepEqual(
      read,
      Array.from({ length: 20 }, (_, index) => String(index)),
    );
  });
}

test('a picture that cannot be read takes no room and stops no other', async () => {
  const room = new PictureRoom();
  const use = async ({ name }: ImageFile): Promise<string> => name;
  const failing = Array.from({ length: 20 }, () => room.hold(() => Promise.reject(new Error('unreadable')), use));
  const last = room.hold(async () => picture('last', 1), use);
  assert.ok((await Promise.allSettled(failing)).every(({ status }) => status === 'rejected'));
  assert.equal(await last, 'last');
});
