/** What an older Node lacks is there after all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

test('on a Node without them, as with them', async () => {
  const groupBy = Object.getOwnPropertyDescriptor(Map, 'groupBy')!;
  const withResolvers = Object.getOwnPropertyDescriptor(Promise, 'withResolvers')!;
  const words = ['one', 'two', 'three', 'four'];
  const grouped = Map.groupBy(words, ({ length }, index) => length + (index === 3 ? 1 : 0));
  Reflect.deleteProperty(Map, 'groupBy');
  Reflect.deleteProperty(Promise, 'withResolvers');
  try {
    await import('../../server/src/olderNode.ts');
    assert.doesNotMatch(String(Reflect.get(Map, 'groupBy')), /native code/);
    assert.deepEqual(
      Map.groupBy(words, ({ length }, index) => length + (index === 3 ? 1 : 0)),
      grouped,
    );
    const kept = Promise.withResolvers<string>();
    kept.resolve('kept');
    assert.equal(await kept.promise, 'kept');
    const broken = Promise.withResolvers<string>();
    broken.reject(new Error('broken'));
    await assert.rejects(broken.promise, { message: 'broken' });
  } finally {
    Object.defineProperty(Map, 'groupBy', groupBy);
    Object.defineProperty(Promise, 'withResolvers', withResolvers);
  }
});
