import type { Lane } from './blip/index.ts';

/** Who waits for an answer; the first in this list is served first. */
export const priorities = ['hover', 'quickFix', 'panel', 'prefetch', 'workspace'] as const;
export type Priority = (typeof priorities)[number];

/** Urgent jobs are done beside those of the background, which stand still meanwhile. */
const lanes: readonly Lane[] = ['urgent', 'background'];
const background: readonly Priority[] = ['prefetch', 'workspace'];

/** How jobs are done: `What` says what one is about. */
export interface QueueWorld<What, T> {
  /** Does one job, or several together; each settles by itself. In the background urgent ones may hold it up. */
  readonly work: (
    whats: readonly What[],
    lane: Lane,
    signal: AbortSignal,
  ) => Promise<readonly PromiseSettledResult<T>[]>;
  /** Whether another job may be done together with these; asked of those that wait in the background. */
  readonly joins: (whats: readonly What[], other: What) => boolean;
}

interface Waiting<T> {
  readonly priority: Priority;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

interface Job<What, T> {
  readonly key: string;
  readonly what: What;
  readonly waiting: Set<Waiting<T>>;
  readonly order: number;
  /** Two where an urgent request came while it was done in the background: the first to end answers. */
  readonly runs: Partial<Record<Lane, Run<What, T>>>;
}

/** Jobs that are done together. */
interface Run<What, T> {
  readonly jobs: readonly Job<What, T>[];
  readonly abort: AbortController;
}

/** A hover whose place was taken by a newer one before it began: it is answered without a caption. */
export class Superseded extends Error {}

/**
 * One urgent job at a time, and beside it one of the background or several that may be together, the most urgent first;
 * equal requests (same key) share one job; a job that nobody waits for any more is dropped, or cancelled where it runs
 * already. Of hovers only the newest waits: the pointer has moved on.
 */
export class CaptionQueue<What, T> {
  readonly #world: QueueWorld<What, T>;
  readonly #jobs = new Map<string, Job<What, T>>();
  readonly #busy: Record<Lane, boolean> = { urgent: false, background: false };
  #order = 0;

  constructor(world: QueueWorld<What, T>) {
    this.#world = world;
  }

  /** Jobs that run or wait. */
  get size(): number {
    return this.#jobs.size;
  }

  request(key: string, priority: Priority, what: What, signal: AbortSignal): Promise<T> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    return new Promise<T>((resolve, reject) => {
      const job = this.#job(key, what);
      const leave = (): void => this.#leave(job, waiting, signal.reason as Error);
      // A signal may outlive thousands of jobs, and must not keep their pictures.
      const settled = (): void => signal.removeEventListener('abort', leave);
      const waiting: Waiting<T> = {
        priority,
        resolve: (value) => (settled(), resolve(value)),
        reject: (error) => (settled(), reject(error)),
      };
      job.waiting.add(waiting);
      signal.addEventListener('abort', leave);
      if (priority === 'hover') this.#supersedeHovers(job);
      this.#next();
    });
  }

  #job(key: string, what: What): Job<What, T> {
    const same = this.#jobs.get(key);
    if (same !== undefined) return same;
    const job: Job<What, T> = { key, what, waiting: new Set(), order: this.#order++, runs: {} };
    this.#jobs.set(key, job);
    return job;
  }

  #supersedeHovers(newest: Job<What, T>): void {
    for (const job of this.#jobs.values()) {
      if (job === newest || job.runs.urgent !== undefined) continue;
      for (const waiting of job.waiting) if (waiting.priority === 'hover') this.#leave(job, waiting, new Superseded());
    }
  }

  #leave(job: Job<What, T>, waiting: Waiting<T>, reason: Error): void {
    if (!job.waiting.delete(waiting)) return;
    waiting.reject(reason);
    if (job.waiting.size === 0) this.#end(job, reason);
  }

  /** Nobody waits for it any more; what it is done together with goes on. */
  #end(job: Job<What, T>, reason?: Error): void {
    if (this.#jobs.get(job.key) === job) this.#jobs.delete(job.key);
    for (const { jobs, abort } of Object.values(job.runs)) {
      if (jobs.every(({ waiting }) => waiting.size === 0)) abort.abort(reason);
    }
  }

  #next(): void {
    for (const lane of lanes) {
      const job = this.#busy[lane] ? undefined : this.#mostUrgent(lane);
      if (job !== undefined) void this.#run(lane === 'background' ? this.#together(job) : [job], lane);
    }
  }

  async #run(jobs: readonly Job<What, T>[], lane: Lane): Promise<void> {
    this.#busy[lane] = true;
    const abort = new AbortController();
    for (const job of jobs) job.runs[lane] = { jobs, abort };
    const whats = jobs.map(({ what }) => what);
    const results = await this.#world.work(whats, lane, abort.signal).catch((reason: unknown) => {
      return jobs.map(() => ({ status: 'rejected' as const, reason }));
    });
    for (const [index, job] of jobs.entries()) {
      delete job.runs[lane];
      const result = results[index]!;
      for (const { resolve, reject } of job.waiting) {
        if (result.status === 'fulfilled') resolve(result.value);
        else reject(result.reason);
      }
      job.waiting.clear();
      this.#end(job);
    }
    this.#busy[lane] = false;
    this.#next();
  }

  #mostUrgent(lane: Lane): Job<What, T> | undefined {
    let best: Job<What, T> | undefined;
    for (const job of this.#waitingIn(lane)) {
      if (best === undefined || rank(job) < rank(best) || (rank(job) === rank(best) && job.order < best.order))
        best = job;
    }
    return best;
  }

  /** A job of the background with those that may be done together with it, in the order they came. */
  #together(first: Job<What, T>): readonly Job<What, T>[] {
    const jobs = [first];
    for (const job of this.#waitingIn('background')) {
      const whats = jobs.map(({ what }) => what);
      if (job !== first && this.#world.joins(whats, job.what)) jobs.push(job);
    }
    return jobs;
  }

  #waitingIn(lane: Lane): readonly Job<What, T>[] {
    return [...this.#jobs.values()].filter(
      (job) => laneOf(job) === lane && job.runs[lane] === undefined && job.runs.urgent === undefined,
    );
  }
}

function rank<What, T>({ waiting }: Job<What, T>): number {
  return Math.min(...[...waiting].map(({ priority }) => priorities.indexOf(priority)));
}

function laneOf<What, T>({ waiting }: Job<What, T>): Lane {
  return [...waiting].every(({ priority }) => background.includes(priority)) ? 'background' : 'urgent';
}
