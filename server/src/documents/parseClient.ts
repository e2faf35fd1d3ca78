import type { ParseOptions } from './imageReference.ts';
import { ParseLane, type ParsedVersion, type ParseTask, type ParseText } from './parseLane.ts';

interface Waiting {
  readonly task: ParseTask;
  readonly signal: AbortSignal;
  readonly resolve: (parsed: ParsedVersion) => void;
  readonly reject: (error: unknown) => void;
}

/** How the worker is run. */
export interface ParseClientTimes {
  /** A document that takes longer is given up, and the worker replaced; milliseconds. */
  readonly patience: number;
  /** A document that waits so long for another one's end gets a worker of its own; milliseconds. */
  readonly waiting: number;
}

const usual: ParseClientTimes = { patience: 10_000, waiting: 150 };

/**
 * The server's end of the parse worker: one document at a time, what was cancelled meanwhile is left out. A second worker
 * starts where a slow document would hold up the others. Each goes on with the documents that it has parsed before, for
 * it remembers them.
 */
export class ParseClient {
  readonly #times: ParseClientTimes;
  readonly #queue: Waiting[] = [];
  readonly #first: ParseLane;
  readonly #second: ParseLane;
  #timer: NodeJS.Timeout | undefined;

  /** @param module the file of the worker, see Installation */
  constructor(module: string, times = usual) {
    this.#times = times;
    this.#first = new ParseLane(module, times.patience);
    this.#second = new ParseLane(module, times.patience);
  }

  parse(text: ParseText, languageId: string, options: ParseOptions, signal: AbortSignal): Promise<ParsedVersion> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ task: { text, languageId, options }, signal, resolve, reject });
      this.#next();
    });
  }

  /** A document was closed, or all of them are to be read anew. */
  forget(uri: string): void {
    this.#first.forget(uri);
    this.#second.forget(uri);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#queue.length = 0;
    await Promise.all([this.#first.close(), this.#second.close()]);
  }

  #next(): void {
    const stale = this.#queue.filter(({ signal }) => signal.aborted);
    for (const waiting of stale) this.#queue.splice(this.#queue.indexOf(waiting), 1);
    for (const { reject, signal } of stale) reject(signal.reason);
    if (this.#second.started) this.#run(this.#second, ({ task }) => this.#second.knows(task.text));
    this.#run(this.#first, () => true);
    if (this.#second.started) this.#run(this.#second, () => true);
    clearTimeout(this.#timer);
    if (this.#second.busy || !this.#queue.some((waiting) => this.#canStart(waiting))) return;
    this.#timer = setTimeout(() => this.#run(this.#second, () => true), this.#times.waiting);
    this.#timer.unref();
  }

  /** A document's next version waits for the one before it: another worker would have to read it from the start. */
  #canStart({ task }: Waiting): boolean {
    return !this.#first.isParsing(task.text) && !this.#second.isParsing(task.text);
  }

  #run(lane: ParseLane, fits: (waiting: Waiting) => boolean): void {
    const index = lane.busy ? -1 : this.#queue.findIndex((waiting) => this.#canStart(waiting) && fits(waiting));
    const [waiting] = index === -1 ? [] : this.#queue.splice(index, 1);
    if (waiting === undefined) return;
    lane
      .run(waiting.task)
      .then(waiting.resolve, waiting.reject)
      .finally(() => this.#next());
  }
}
