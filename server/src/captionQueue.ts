import type { Lane } from './blip/index.ts';

/** Who waits for an answer; the first in this list is served first. */
export const priorities = ['hover', 'quickFix', 'panel', 'prefetch', 'workspace'] as const;
export type Priority = (typeof priorities)[number];

/** Urgent jobs are done beside those of the background, which stand still meanwhile. */
const lanes: readonly Lane[] = ['urgent', 'background'];
const background: readonly Priority[] = ['prefetch', 'workspace'];

/** What a job does. In the background it may be held up by urgent ones between its steps. */
export type Work<T> = (lane: Lane, signal: AbortSignal) => Promise<T>;

interface Waiting<T> {
  readonly priority: Priority;
  readonly signal: AbortSignal;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

interface Job<T> {
  readonly key: string;
  readonly work: Work<T>;
  readonly waiting: Set<Waiting<T>>;
  readonly order: number;
  /** Two where an urgent request came while it was done in the background: the first to end answers. */
  readonly runs: Partial<Record<Lane, AbortController>>;
}

/** A hover whose place was taken by a newer one before it began: it is answered without a caption. */
export class Superseded extends Error {}

/**
 * One urgent job at a time and one of the background, the most urgent first; equal requests (same key) share one job; a
 * job that nobody waits for any more is dropped, or cancelled where it runs already. Of hovers only the newest waits:
 * the pointer has moved on.
 */
export class CaptionQueue<T> {
  readonly #jobs = new Map<string, Job<T>>();
  readonly #busy: Record<Lane, boolean> = { urgent: false, background: false };
  #order = 0;

  /** Jobs that run or wait. */
  get size(): number {
    return this.#jobs.size;
  }

  request(key: string, priority: Priority, work: Work<T>, signal: AbortSignal): Promise<T> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    return new Promise<T>((resolve, reject) => {
      const job = this.#job(key, work);
      const waiting: Waiting<T> = { priority, signal, resolve, reject };
      job.waiting.add(waiting);
      signal.addEventListener('abort', () => this.#leave(job, waiting, signal.reason as Error), { once: true });
      if (priority === 'hover') this.#supersedeHovers(job);
      this.#next();
    });
  }

  #job(key: string, work: Work<T>): Job<T> {
    const same = this.#jobs.get(key);
    if (same !== undefined) return same;
    const job: Job<T> = { key, work, waiting: new Set(), order: this.#order++, runs: {} };
    this.#jobs.set(key, job);
    return job;
  }

  #supersedeHovers(newest: Job<T>): void {
    for (const job of this.#jobs.values()) {
      if (job === newest || job.runs.urgent !== undefined) continue;
      for (const waiting of job.waiting) if (waiting.priority === 'hover') this.#leave(job, waiting, new Superseded());
    }
  }

  #leave(job: Job<T>, waiting: Waiting<T>, reason: Error): void {
    if (!job.waiting.delete(waiting)) return;
    waiting.reject(reason);
    if (job.waiting.size === 0) this.#end(job, reason);
  }

  /** Nobody waits for it any more. */
  #end(job: Job<T>, reason?: Error): void {
    if (this.#jobs.get(job.key) === job) this.#jobs.delete(job.key);
    for (const run of Object.values(job.runs)) run.abort(reason);
  }

  #next(): void {
    for (const lane of lanes) {
      const job = this.#busy[lane] ? undefined : this.#mostUrgent(lane);
      if (job !== undefined) void this.#run(job, lane);
    }
  }

  async #run(job: Job<T>, lane: Lane): Promise<void> {
    this.#busy[lane] = true;
    const run = (job.runs[lane] = new AbortController());
    const answer = await job.work(lane, run.signal).then(
      (value) => (waiting: Waiting<T>) => waiting.resolve(value),
      (error: unknown) => (waiting: Waiting<T>) => waiting.reject(error),
    );
    delete job.runs[lane];
    for (const waiting of job.waiting) answer(waiting);
    job.waiting.clear();
    this.#end(job);
    this.#busy[lane] = false;
    this.#next();
  }

  #mostUrgent(lane: Lane): Job<T> | undefined {
    let best: Job<T> | undefined;
    for (const job of this.#jobs.values()) {
      if (laneOf(job) !== lane || job.runs[lane] !== undefined || job.runs.urgent !== undefined) continue;
      if (best === undefined || rank(job) < rank(best) || (rank(job) === rank(best) && job.order < best.order))
        best = job;
    }
    return best;
  }
}

function rank<T>({ waiting }: Job<T>): number {
  return Math.min(...[...waiting].map(({ priority }) => priorities.indexOf(priority)));
}

function laneOf<T>({ waiting }: Job<T>): Lane {
  return [...waiting].every(({ priority }) => background.includes(priority)) ? 'background' : 'urgent';
}
