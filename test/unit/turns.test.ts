/** Background work stands still between its runs while urgent work is there, whatever becomes of either. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as soon } from 'node:timers/promises';
import { myTurn, Turns, underOwnSignal, whileOthersWork } from '../../server/src/blip/turns.ts';

const never = new AbortController().signal;

/** Two lanes whose runs are told in order. */
class Thread {
  readonly turns = new Turns();
  readonly ran: string[] = [];

  async run(name: string): Promise<void> {
    await myTurn();
    this.ran.push(name);
  }

  /** Background work of some runs. */
  background(runs: number, signal = never): Promise<void> {
    return this.turns.background(async () => {
      for (let run = 1; run <= runs; run += 1) await this.run(`background ${run}`);
    }, signal);
  }

  /** Until `count` runs are done. */
  async until(count: number): Promise<void> {
    while (this.ran.length < count) await soon();
  }
}

/** Long enough for background work that may run to have done so. */
async function aWhile(): Promise<void> {
  for (let round = 0; round < 20; round += 1) await soon();
}

test('background work stands still while urgent work is there, then goes on where it was', async () => {
  const thread = new Thread();
  const background = thread.background(4);
  await thread.until(2);
  await thread.turns.urgent(1, async () => {
    await thread.run('urgent 1');
    await aWhile();
    await thread.run('urgent 2');
  });
  await background;
  assert.deepEqual(thread.ran, [
    'background 1',
    'background 2',
    'urgent 1',
    'urgent 2',
    'background 3',
    'background 4',
  ]);
});

test('work outside of any turns runs as it likes', async () => {
  const thread = new Thread();
  thread.turns.announce(1);
  await thread.run('free');
  assert.deepEqual(thread.ran, ['free']);
});

test('the word of an urgent task is enough; where it does not come the background goes on', async () => {
  const thread = new Thread();
  thread.turns.announce(1);
  const background = thread.background(1);
  await aWhile();
  assert.deepEqual(thread.ran, []);
  thread.turns.leave(1);
  await background;
});

test('urgent work that fails lets the background go on', async () => {
  const thread = new Thread();
  const urgent = thread.turns.urgent(1, async () => {
    await aWhile();
    throw new Error('broken');
  });
  const background = thread.background(1);
  await assert.rejects(urgent, /broken/);
  await background;
});

test('of two urgent tasks one after the other the background runs between none', async () => {
  const thread = new Thread();
  const background = thread.background(2);
  await thread.until(1);
  thread.turns.announce(2);
  await thread.turns.urgent(1, () => thread.run('first'));
  await aWhile();
  await thread.turns.urgent(2, () => thread.run('second'));
  await background;
  assert.deepEqual(thread.ran, ['background 1', 'first', 'second', 'background 2']);
});

test('background work is cancelled while it stands still', async () => {
  const [thread, abort] = [new Thread(), new AbortController()];
  thread.turns.announce(1);
  const background = thread.background(1, abort.signal);
  await aWhile();
  abort.abort();
  await assert.rejects(background, { name: 'AbortError' });
  assert.deepEqual(thread.ran, []);
});

test('what urgent work waits for the background may make, even with another urgent task announced', async () => {
  const thread = new Thread();
  const shared = thread.background(3);
  await thread.until(1);
  thread.turns.announce(2);
  await thread.turns.urgent(1, async () => {
    await thread.run('urgent');
    await whileOthersWork(shared);
  });
  assert.deepEqual(thread.ran, ['background 1', 'urgent', 'background 2', 'background 3']);
});

test('waiting for what is there already lets no background run in between', async () => {
  const thread = new Thread();
  const background = thread.background(2);
  await thread.until(1);
  await thread.turns.urgent(1, async () => {
    await whileOthersWork(Promise.resolve());
    await thread.run('urgent');
  });
  await background;
  assert.deepEqual(thread.ran, ['background 1', 'urgent', 'background 2']);
});

test('work under its own signal outlives whoever began it in the background', async () => {
  const [thread, first, own] = [new Thread(), new AbortController(), new AbortController()];
  let made = Promise.resolve();
  await thread.turns.background(async () => {
    made = underOwnSignal(own.signal, async () => {
      await thread.run('one');
      await thread.run('two');
    });
  }, first.signal);
  first.abort();
  await made;
  assert.deepEqual(thread.ran, ['one', 'two']);
});
