import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CaptionQueue, Superseded, type Priority, type Work } from '../../server/src/captionQueue.ts';

const never = new AbortController().signal;

/** Work that a test ends by hand, and the order in which it began; what is in brackets, in the background. */
class Bench {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, () => void>();
  readonly signals = new Map<string, AbortSignal>();

  work(name: string): Work<string> {
    return (lane, signal) => {
      const run = lane === 'background' ? `(${name})` : name;
      this.begun.push(run);
      this.signals.set(run, signal);
      return new Promise((resolve) => this.#ends.set(run, () => resolve(`made ${run}`)));
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

test('the most urgent job that waits runs next; those of the background run beside', async () => {
  const [queue, bench] = [new CaptionQueue<string>(), new Bench()];
  const asked = [
    ask(queue, bench, 'first', 'panel'),
    ask(queue, bench, 'workspace', 'workspace'),
    ask(queue, bench, 'workspace 2', 'workspace'),
    ask(queue, bench, 'prefetch', 'prefetch'),
    ask(queue, bench, 'panel', 'panel'),
    ask(queue, bench, 'quickFix', 'quickFix'),
    ask(queue, bench, 'hover', 'hover'),
  ];
  for (const name of ['first', 'hover', 'quickFix', 'panel']) await bench.end(name);
  assert.deepEqual(bench.begun, ['first', '(workspace)', 'hover', 'quickFix', 'panel']);
  for (const name of ['(workspace)', '(prefetch)', '(workspace 2)']) await bench.end(name);
  await Promise.all(asked);
  assert.deepEqual(bench.begun.slice(5), ['(prefetch)', '(workspace 2)']);
});

test('equal requests share one job, and the more urgent one lifts it', async () => {
  const [queue, bench] = [new CaptionQueue<string>(), new Bench()];
  const running = ask(queue, bench, 'running', 'quickFix');
  const other = ask(queue, bench, 'other', 'quickFix');
  const busy = ask(queue, bench, 'busy', 'workspace');
  const slow = ask(queue, bench, 'shared', 'workspace');
  const urgent = ask(queue, bench, 'shared', 'hover');
  for (const name of ['running', 'shared', 'other', '(busy)']) await bench.end(name);
  assert.deepEqual(await Promise.all([running, other, slow, urgent]), [
    'made running',
    'made other',
    'made shared',
    'made shared',
  ]);
  assert.equal(await busy, 'made (busy)');
  assert.deepEqual(bench.begun, ['running', '(busy)', 'shared', 'other']);
});

test('what runs in the background is begun anew for an urgent request, and answers both; what is left over ends', async () => {
  const [queue, bench] = [new CaptionQueue<string>(), new Bench()];
  const slow = ask(queue, bench, 'same', 'workspace');
  const next = ask(queue, bench, 'next', 'workspace');
  const urgent = ask(queue, bench, 'same', 'hover');
  assert.deepEqual(bench.begun, ['(same)', 'same']);
  await bench.end('same');
  assert.deepEqual(await Promise.all([slow, urgent]), ['made same', 'made same']);
  assert.equal(bench.signals.get('(same)')?.aborted, true);
  await bench.end('(same)');
  await bench.end('(next)');
  assert.equal(await next, 'made (next)');
  assert.equal(queue.size, 0);
});

test('an urgent request that leaves again leaves the background its own', async () => {
  const [queue, bench, hover] = [new CaptionQueue<string>(), new Bench(), new AbortController()];
  const busy = ask(queue, bench, 'busy', 'quickFix');
  const slow = ask(queue, bench, 'same', 'workspace');
  const urgent = ask(queue, bench, 'same', 'hover', hover.signal);
  hover.abort();
  await assert.rejects(urgent);
  assert.equal(bench.signals.get('(same)')?.aborted, false);
  await bench.end('(same)');
  assert.equal(await slow, 'made (same)');
  await bench.end('busy');
  await busy;
  assert.deepEqual(bench.begun, ['busy', '(same)']);
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
