/** Who waits for an answer; the first in this list is served first. */
export const priorities = ['hover', 'quickFix', 'panel', 'prefetch', 'workspace'] as const;
export type Priority = (typeof priorities)[number];

interface Waiting<T> {
  readonly priority: Priority;
  readonly signal: AbortSignal;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

interface Job<T> {
  readonly key: string;
  readonly work: (signal: AbortSignal) => Promise<T>;
  readonly abort: AbortController;
  readonly waiting: Set<Waiting<T>>;
  readonly order: number;
  running: boolean;
}

/** A hover whose place was taken by a newer one before it began: it is answered without a caption. */
export class Superseded extends Error {}

/**
 * One job at a time, the most urgent first; equal requests (same key) share one job; a job that nobody waits for any
 * more is dropped, or cancelled where it runs already. Of hovers only the newest waits: the pointer has moved on.
 */
export class CaptionQueue<T> {
  readonly #jobs = new Map<string, Job<T>>();
  #order = 0;
  #running: Job<T> | null = null;

  /** Jobs that run or wait. */
  get size(): number {
    return this.#jobs.size;
  }

  request(key: string, priority: Priority, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
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

  #job(key: string, work: (signal: AbortSignal) => Promise<T>): Job<T> {
    const same = this.#jobs.get(key);
    if (same !== undefined) return same;
    const job: Job<T> = {
      key,
      work,
      abort: new AbortController(),
      waiting: new Set(),
      order: this.#order++,
      running: false,
    };
    this.#jobs.set(key, job);
    return job;
  }

  #supersedeHovers(newest: Job<T>): void {
    for (const job of this.#jobs.values()) {
      if (job === newest || job.running) continue;
      for (const waiting of job.waiting) if (waiting.priority === 'hover') this.#leave(job, waiting, new Superseded());
    }
  }

  #leave(job: Job<T>, waiting: Waiting<T>, reason: Error): void {
    if (!job.waiting.delete(waiting)) return;
    waiting.reject(reason);
    if (job.waiting.size > 0) return;
    if (this.#jobs.get(job.key) === job) this.#jobs.delete(job.key);
    if (job.running) job.abort.abort(reason);
  }

  #next(): void {
    if (this.#running !== null) return;
    const job = this.#mostUrgent();
    if (job === undefined) return;
    this.#running = job;
    job.running = true;
    job
      .work(job.abort.signal)
      .then(
        (value) => this.#settle(job, ({ resolve }) => resolve(value)),
        (error: unknown) => this.#settle(job, ({ reject }) => reject(error)),
      )
      .finally(() => {
        this.#running = null;
        this.#next();
      });
  }

  #settle(job: Job<T>, answer: (waiting: Waiting<T>) => void): void {
    if (this.#jobs.get(job.key) === job) this.#jobs.delete(job.key);
    for (const waiting of job.waiting) answer(waiting);
    job.waiting.clear();
  }

  #mostUrgent(): Job<T> | undefined {
    const rank = (job: Job<T>): number =>
      Math.min(...[...job.waiting].map(({ priority }) => priorities.indexOf(priority)));
    let best: Job<T> | undefined;
    for (const job of this.#jobs.values()) {
      if (best === undefined || rank(job) < rank(best) || (rank(job) === rank(best) && job.order < best.order))
        best = job;
    }
    return best;
  }
}
