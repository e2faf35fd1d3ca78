/** Encoded pictures: encoded once for a key, kept up to a limit, their buffers never lent twice. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CrossMemory } from '../../server/src/blip/crossMemory.ts';
import { EmbedsCache } from '../../server/src/blip/embedsCache.ts';

const dims = [1, 2, 2];
const layout = [
  { name: 'cross_key_0', dataType: 'float32' as const, dims },
  { name: 'cross_value_0', dataType: 'float32' as const, dims },
];
const pictureBytes = 2 * 4 * 4;

/** A cache with room for `pictures`, and an encoder that fills memories with a number and counts its calls. */
function setUp(pictures: number) {
  const cache = new EmbedsCache(layout, pictures * pictureBytes);
  const encoded: number[] = [];
  const see = (key: string | null, value: number) =>
    cache.acquire(key, async (memory: CrossMemory) => {
      for (const tensor of memory.tensors) tensor.fill(value);
      encoded.push(value);
      return null;
    });
  return { cache, encoded, see };
}

const valueOf = ({ memory }: { memory: CrossMemory }): number => memory.tensors[0]![0]!;

describe('encoded pictures', () => {
  it('are made once for a key', async () => {
    const { encoded, see } = setUp(2);
    const first = await see('a', 1);
    first.release();
    const again = await see('a', 2);
    assert.deepEqual([first.fresh, again.fresh, valueOf(again)], [true, false, 1]);
    assert.deepEqual(encoded, [1]);
  });

  it('asked for twice at once are made once', async () => {
    const { encoded, see } = setUp(2);
    const both = await Promise.all([see('a', 1), see('a', 2)]);
    assert.deepEqual(both.map(valueOf), [1, 1]);
    assert.deepEqual(encoded, [1]);
  });

  it('without a key are not kept', async () => {
    const { encoded, see } = setUp(2);
    (await see(null, 1)).release();
    (await see(null, 2)).release();
    assert.deepEqual(encoded, [1, 2]);
  });

  it('beyond the limit: the one that was used longest ago is forgotten', async () => {
    const { encoded, see } = setUp(2);
    for (const [key, value] of [
      ['a', 1],
      ['b', 2],
      ['a', 0],
      ['c', 3],
      ['a', 0],
      ['b', 4],
    ] as const) {
      (await see(key, value)).release();
    }
    assert.deepEqual(encoded, [1, 2, 3, 4]);
  });

  it('larger than the whole cache still work', async () => {
    const { see } = setUp(0.5);
    assert.equal(valueOf(await see('a', 1)), 1);
    assert.equal(valueOf(await see('a', 2)), 2);
  });

  it('that are in use keep their buffer, even when they are forgotten', async () => {
    const { see } = setUp(1);
    const held = await see('a', 1);
    (await see('b', 2)).release();
    (await see('c', 3)).release();
    (await see(null, 4)).release();
    assert.equal(valueOf(held), 1);
  });

  it('give their buffer to the next picture when they are released, once', async () => {
    const { see } = setUp(1);
    const first = await see(null, 1);
    first.release();
    first.release();
    const [second, third] = await Promise.all([see(null, 2), see(null, 3)]);
    assert.equal(second.memory, first.memory);
    assert.notEqual(third.memory, second.memory);
    assert.deepEqual([valueOf(second), valueOf(third)], [2, 3]);
  });

  it('that could not be made are not kept, and the next one asking tries again', async () => {
    const { cache, see } = setUp(2);
    const failing = cache.acquire('a', () => Promise.reject(new Error('cancelled')));
    const waiting = see('a', 2);
    await assert.rejects(failing, /cancelled/);
    assert.equal(valueOf(await waiting), 2);
  });
});
