import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CaptionQueue, Superseded, type Priority } from '../../server/src/captionQueue.ts';

const never = new AbortController().signal;

/** Work that a test ends by hand, and the order in which it began. */
class Bench {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, () => void>();
  readonly signals = new Map<string, AbortSignal>();

  work(name: string): (signal: AbortSignal) => Promise<string> {
    return (signal) => {
      this.begun.push(name);
      this.signals.set(name, signal);
      return new Promise((resolve) => this.#ends.set(name, () => resolve(`made ${name}`)));
    };
  }

  async end(name: string): Promise<void> {
    this.#ends.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function ask(
  queue: CaptionQueue<string>,
  bench: Bench,
  name: string,
  priority: Priority,
  signal = never,
): Promise<string> {
  return queue.request(name, priority, bench.work(name), signal);
}

test('the most urgent job that waits runs next', async () => {
  const [queue, bench] = [new CaptionQueue<string>(), new Bench()];
  const asked = [
    ask(queue, bench, 'first', 'workspace'),
    ask(queue, bench, 'workspace', 'workspace'),
    ask(queue, bench, 'prefetch', 'prefetch'),
    ask(queue, bench, 'panel', 'panel'),
    ask(queue, bench, 'quickFix', 'quickFix'),
    ask(queue, bench, 'hover', 'hover'),
  ];
  for (const name of ['first', 'hover', 'quickFix', 'panel', 'prefetch', 'workspace']) await bench.end(name);
  await Promise.all(asked);
  assert.deepEqual(bench.begun, ['first', 'hover', 'quickFix', 'panel', 'prefetch', 'workspace']);
});

test('equal requests share one job, and the more urgent one lifts it', async () => {
  const [queue, bench] = [new CaptionQueue<string>(), new Bench()];
  const running = ask(queue, bench, 'running', 'workspace');
  const other = ask(queue, bench, 'other', 'quickFix');
  const slow = ask(queue, bench, 'shared', 'workspace');
  const urgent = ask(queue, bench, 'shared', 'hover');
  await bench.end('running');
  await bench.end('shared');
  await bench.end('other');
  assert.deepEqual(await Promise.all([running, other, slow, urgent]), [
    'made running',
    'made other',
    'made shared',
    'made shared',
  ]);
  assert.deepEqual(bench.begun, ['running', 'shared', 'other']);
});

test('of 200 hovers one runs and one waits', async () => {
  const [queue, bench] = [new CaptionQueue<string>(), new Bench()];
  const hovers = Array.from({ length: 200 }, (_, index) => ask(queue, bench, `hover ${index}`, 'hover'));
  const outcomes = Promise.allSettled(hovers);
  await bench.end('hover 0');
  await bench.end('hover 199');
  const settled = await outcomes;
  assert.deepEqual(bench.begun, ['hover 0', 'hover 199']);
  assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 2);
  assert.ok(settled.every((outcome) => outcome.status === 'fulfilled' || outcome.reason instanceof Superseded));
});

test('a cancelled job that waits never begins; one that runs is cancelled when its last asker leaves', async () => {
  const [queue, bench] = [new CaptionQueue<string>(), new Bench()];
  const [one, two, waiting] = [new AbortController(), new AbortController(), new AbortController()];
  const first = ask(queue, bench, 'running', 'panel', one.signal);
  const second = ask(queue, bench, 'running', 'panel', two.signal);
  const third = ask(queue, bench, 'waiting', 'panel', waiting.signal);
  waiting.abort();
  await assert.rejects(third);
  one.abort();
  await assert.rejects(first);
  assert.equal(bench.signals.get('running')?.aborted, false);
  two.abort();
  await assert.rejects(second);
  assert.equal(bench.signals.get('running')?.aborted, true);
  await bench.end('running');
  assert.deepEqual(bench.begun, ['running']);
  assert.equal(queue.size, 0);
});

test('a job that fails fails its askers and stops no other', async () => {
  const queue = new CaptionQueue<string>();
  const failing = queue.request('a', 'panel', () => Promise.reject(new Error('broken')), never);
  const next = queue.request('b', 'panel', () => Promise.resolve('made b'), never);
  await assert.rejects(failing, /broken/);
  assert.equal(await next, 'made b');
});
