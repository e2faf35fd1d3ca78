import type { ParseOptions } from './imageReference.ts';
import { ParseLane } from './parseLane.ts';
import type { ParsedText, ParseQuestion } from './parseMessages.ts';

interface Waiting {
  readonly question: ParseQuestion;
  readonly signal: AbortSignal;
  readonly resolve: (parsed: ParsedText) => void;
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
 * starts where a slow document would hold up the others; the first is preferred, for it remembers what it has parsed.
 */
export class ParseClient {
  readonly #times: ParseClientTimes;
  readonly #queue: Waiting[] = [];
  readonly #first: ParseLane;
  readonly #second: ParseLane;
  #timer: NodeJS.Timeout | undefined;
  #nextId = 1;

  /** @param module the file of the worker, see Installation */
  constructor(module: string, times = usual) {
    this.#times = times;
    this.#first = new ParseLane(module, times.patience);
    this.#second = new ParseLane(module, times.patience);
  }

  parse(text: string, languageId: string, options: ParseOptions, signal: AbortSignal): Promise<ParsedText> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ question: { id: this.#nextId++, text, languageId, options }, signal, resolve, reject });
      this.#next();
    });
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
    if (!this.#first.busy) this.#run(this.#first);
    if (!this.#second.busy && this.#second.started) this.#run(this.#second);
    clearTimeout(this.#timer);
    if (this.#queue.length === 0 || this.#second.busy) return;
    this.#timer = setTimeout(() => this.#run(this.#second), this.#times.waiting);
    this.#timer.unref();
  }

  #run(lane: ParseLane): void {
    const waiting = this.#queue.shift();
    if (waiting === undefined) return;
    lane
      .run(waiting.question)
      .then(waiting.resolve, waiting.reject)
      .finally(() => this.#next());
  }
}
