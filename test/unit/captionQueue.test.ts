import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { CaptionQueue, Superseded, type Priority, type QueueWorld } from '../../server/src/captionQueue.ts';

const never = new AbortController().signal;

/**
 * Work that a test ends by hand, and the order in which it began; what is in brackets, in the background. Jobs whose
 * names share a first letter in capitals may be done together.
 */
class Bench {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, () => void>();
  readonly signals = new Map<string, AbortSignal>();

  readonly world: QueueWorld<string, string> = {
    work: (names, lane, signal) => {
      const run = lane === 'background' ? `(${names.join(' ')})` : names.join(' ');
      this.begun.push(run);
      this.signals.set(run, signal);
      const results = names.map((name) =>
        name.includes('broken')
          ? { status: 'rejected' as const, reason: new Error(`${name} is broken`) }
          : { status: 'fulfilled' as const, value: `made ${name} by ${run}` },
      );
      return new Promise((resolve) => this.#ends.set(run, () => resolve(results)));
    },
    joins: (names, other) => names.length < 3 && /^[A-Z]/u.test(other) && other.startsWith(names[0]!.charAt(0)),
  };

  async end(name: string): Promise<void> {
    this.#ends.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function setUp(): [CaptionQueue<string, string>, Bench] {
  const bench = new Bench();
  return [new CaptionQueue(bench.world), bench];
}

function ask(queue: CaptionQueue<string, string>, name: string, priority: Priority, signal = never): Promise<string> {
  return queue.request(name, priority, name, signal);
}

test('the most urgent job that waits runs next; those of the background run beside', async () => {
  const [queue, bench] = setUp();
  const asked = [
    ask(queue, 'first', 'panel'),
    ask(queue, 'workspace', 'workspace'),
    ask(queue, 'workspace 2', 'workspace'),
    ask(queue, 'prefetch', 'prefetch'),
    ask(queue, 'panel', 'panel'),
    ask(queue, 'quickFix', 'quickFix'),
    ask(queue, 'hover', 'hover'),
  ];
  for (const name of ['first', 'hover', 'quickFix', 'panel']) await bench.end(name);
  assert.deepEqual(bench.begun, ['first', '(workspace)', 'hover', 'quickFix', 'panel']);
  for (const name of ['(workspace)', '(prefetch)', '(workspace 2)']) await bench.end(name);
  await Promise.all(asked);
  assert.deepEqual(bench.begun.slice(5), ['(prefetch)', '(workspace 2)']);
});

test('equal requests share one job, and the more urgent one lifts it', async () => {
  const [queue, bench] = setUp();
  const running = ask(queue, 'running', 'quickFix');
  const other = ask(queue, 'other', 'quickFix');
  const busy = ask(queue, 'busy', 'workspace');
  const slow = ask(queue, 'shared', 'workspace');
  const urgent = ask(queue, 'shared', 'hover');
  for (const name of ['running', 'shared', 'other', '(busy)']) await bench.end(name);
  assert.deepEqual(await Promise.all([running, other, slow, urgent]), [
    'made running by running',
    'made other by other',
    'made shared by shared',
    'made shared by shared',
  ]);
  assert.equal(await busy, 'made busy by (busy)');
  assert.deepEqual(bench.begun, ['running', '(busy)', 'shared', 'other']);
});

test('what runs in the background is begun anew for an urgent request, and answers both; what is left over ends', async () => {
  const [queue, bench] = setUp();
  const slow = ask(queue, 'same', 'workspace');
  const next = ask(queue, 'next', 'workspace');
  const urgent = ask(queue, 'same', 'hover');
  assert.deepEqual(bench.begun, ['(same)', 'same']);
  await bench.end('same');
  assert.deepEqual(await Promise.all([slow, urgent]), ['made same by same', 'made same by same']);
  assert.equal(bench.signals.get('(same)')?.aborted, true);
  await bench.end('(same)');
  await bench.end('(next)');
  assert.equal(await next, 'made next by (next)');
  assert.equal(queue.size, 0);
});

test('an urgent request that leaves again leaves the background its own', async () => {
  const [queue, bench] = setUp();
  const hover = new AbortController();
  const busy = ask(queue, 'busy', 'quickFix');
  const slow = ask(queue, 'same', 'workspace');
  const urgent = ask(queue, 'same', 'hover', hover.signal);
  hover.abort();
  await assert.rejects(urgent);
  assert.equal(bench.signals.get('(same)')?.aborted, false);
  await bench.end('(same)');
  assert.equal(await slow, 'made same by (same)');
  await bench.end('busy');
  await busy;
  assert.deepEqual(bench.begun, ['busy', '(same)']);
});

test('of 200 hovers one runs and one waits', async () => {
  const [queue, bench] = setUp();
  const hovers = Array.from({ length: 200 }, (_, index) => ask(queue, `hover ${index}`, 'hover'));
  const outcomes = Promise.allSettled(hovers);
  await bench.end('hover 0');
  await bench.end('hover 199');
  const settled = await outcomes;
  assert.deepEqual(bench.begun, ['hover 0', 'hover 199']);
  assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 2);
  assert.ok(settled.every((outcome) => outcome.status === 'fulfilled' || outcome.reason instanceof Superseded));
});

test('a cancelled job that waits never begins; one that runs is cancelled when its last asker leaves', async () => {
  const [queue, bench] = setUp();
  const [one, two, waiting] = [new AbortController(), new AbortController(), new AbortController()];
  const first = ask(queue, 'running', 'panel', one.signal);
  const second = ask(queue, 'running', 'panel', two.signal);
  const third = ask(queue, 'waiting', 'panel', waiting.signal);
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

test('what is settled leaves nothing behind at its signal', async () => {
  const [queue, bench] = setUp();
  const { signal } = new AbortController();
  const asked = ['a', 'broken'].map((name) => ask(queue, name, 'workspace', signal));
  const outcomes = Promise.allSettled(asked);
  assert.equal(getEventListeners(signal, 'abort').length, 2);
  await bench.end('(a)');
  await bench.end('(broken)');
  await outcomes;
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('a job that fails fails its askers and stops no other', async () => {
  const [queue, bench] = setUp();
  const failing = ask(queue, 'broken', 'panel');
  const next = ask(queue, 'b', 'panel');
  await Promise.all([assert.rejects(failing, /broken/), bench.end('broken')]);
  await bench.end('b');
  assert.equal(await next, 'made b by b');
});

test('what waits in the background is done together where it may be, each with its own result', async () => {
  const [queue, bench] = setUp();
  const names = ['first', 'A1', 'B1', 'A-broken', 'A3', 'A4', 'B2'];
  const outcomes = Promise.allSettled(names.map((name) => ask(queue, name, 'workspace')));
  const panel = ask(queue, 'A5', 'panel');
  await bench.end('A5');
  for (const run of ['(first)', '(A1 A-broken A3)', '(B1 B2)', '(A4)']) await bench.end(run);
  assert.equal(await panel, 'made A5 by A5', 'an urgent job is never one of several');
  assert.deepEqual(
    (await outcomes).map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as Error).message,
    ),
    [
      'made first by (first)',
      'made A1 by (A1 A-broken A3)',
      'made B1 by (B1 B2)',
      'A-broken is broken',
      'made A3 by (A1 A-broken A3)',
      'made A4 by (A4)',
      'made B2 by (B1 B2)',
    ],
  );
});

test('several that are done together go on until nobody waits for any of them', async () => {
  const [queue, bench] = setUp();
  const aborts = ['first', 'A1', 'A2'].map((name) => {
    const abort = new AbortController();
    ask(queue, name, 'workspace', abort.signal).catch(() => undefined);
    return abort;
  });
  await bench.end('(first)');
  aborts[1]!.abort();
  assert.equal(bench.signals.get('(A1 A2)')?.aborted, false);
  const hover = ask(queue, 'A2', 'hover');
  await bench.end('A2');
  assert.equal(await hover, 'made A2 by A2');
  assert.equal(bench.signals.get('(A1 A2)')?.aborted, true);
  assert.equal(queue.size, 0);
});
