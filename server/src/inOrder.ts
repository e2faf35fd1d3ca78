/**
 * Works on several items at a time, and gives what came of them in the items' order. What one throws is thrown in its
 * turn; the work of the others is then cancelled, as it is when nobody wants more.
 */
export async function* inOrder<Item, Result>(
  items: Iterable<Item>,
  atATime: number,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
): AsyncGenerator<Result, void, void> {
  const left = new AbortController();
  const either = AbortSignal.any([signal, left.signal]);
  const begun: Promise<Result>[] = [];
  try {
    for (const item of items) {
      signal.throwIfAborted();
      const result = work(item, either);
      result.catch(() => undefined); // its turn comes
      begun.push(result);
      if (begun.length === atATime) yield await begun.shift()!;
    }
    while (begun.length > 0) yield await begun.shift()!;
  } finally {
    left.abort();
  }
}
