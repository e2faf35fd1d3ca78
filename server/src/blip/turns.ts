/**
 * Two pieces of work share the thread, which each run of a graph holds for itself: urgent work runs at once, background
 * work stands still between two of its runs for as long as urgent work is there.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import { setImmediate } from 'node:timers/promises';

/** Whose run it is: told by the context, so that no signature between a task and its runs needs to carry it. */
interface Work {
  readonly turns: Pick<Turns, 'wait' | 'lend'>;
  /** Of background work, which can be cancelled while it stands still; null: urgent. */
  readonly background: AbortSignal | null;
}

const current = new AsyncLocalStorage<Work>();

/** Before each run of a graph. @throws the signal's reason where background work is cancelled */
export async function myTurn(): Promise<void> {
  const work = current.getStore();
  if (work !== undefined && work.background !== null) await work.turns.wait(work.background);
}

/** Whether the work at hand stands still for urgent work. */
export function inBackground(): boolean {
  return current.getStore()?.background instanceof AbortSignal;
}

/** Background work of another thread, which knows whose turn it is. */
export function inTurns<T>(wait: () => Promise<void>, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const turns = {
    wait: async () => {
      await wait();
      signal.throwIfAborted();
    },
    lend: <V>(made: Promise<V>) => made,
  };
  return current.run({ turns, background: signal }, work);
}

/** Waits for what other work is making: where urgent work needs it, background work goes on meanwhile. */
export function whileOthersWork<T>(made: Promise<T>): Promise<T> {
  const work = current.getStore();
  return work === undefined || work.background !== null ? made : work.turns.lend(made);
}

/** Work that goes on when whoever began it leaves: as urgent as that one was, under a signal of its own. */
export function underOwnSignal<T>(signal: AbortSignal, begin: () => Promise<T>): Promise<T> {
  const work = current.getStore();
  return work === undefined || work.background === null ? begin() : current.run({ ...work, background: signal }, begin);
}

export class Turns {
  /** Tasks that are announced or at work. */
  readonly #urgent = new Set<number>();
  /** Urgent tasks that wait for what background work may be making. */
  #lending = 0;
  readonly #news = new EventEmitter();

  /** An urgent task is on its way: its picture takes longer to arrive than this word of it. */
  announce(id: number): void {
    this.#urgent.add(id);
  }

  /** It is done, or does not come after all. */
  leave(id: number): void {
    this.#urgent.delete(id);
    this.#news.emit('changed');
  }

  async urgent<T>(id: number, work: () => Promise<T>): Promise<T> {
    this.announce(id);
    try {
      return await current.run({ turns: this, background: null }, work);
    } finally {
      this.leave(id);
    }
  }

  background<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return current.run({ turns: this, background: signal }, work);
  }

  async wait(signal: AbortSignal): Promise<void> {
    for (;;) {
      // What arrived while the last run held the thread is heard before the next one.
      await setImmediate();
      signal.throwIfAborted();
      if (this.#urgent.size === 0 || this.#lending > 0) return;
      await once(this.#news, 'changed', { signal });
    }
  }

  async lend<T>(made: Promise<T>): Promise<T> {
    this.#lending += 1;
    this.#news.emit('changed');
    try {
      return await made;
    } finally {
      this.#lending -= 1;
    }
  }
}
