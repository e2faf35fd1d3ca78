import { Worker } from 'node:worker_threads';
import type { ParsedDocument, ParseOptions } from './imageReference.ts';

export interface ParseQuestion {
  readonly id: number;
  readonly text: string;
  readonly languageId: string;
  readonly options: ParseOptions;
}
export type ParseAnswer =
  | { readonly id: number; readonly parsed: ParsedDocument }
  | { readonly id: number; readonly error: string };

interface Waiting {
  readonly question: ParseQuestion;
  readonly signal: AbortSignal;
  readonly resolve: (parsed: ParsedDocument) => void;
  readonly reject: (error: Error) => void;
}

/** A document that takes longer than this is given up, and the worker replaced; milliseconds. */
const patience = 10_000;

/** The server's end of the parse worker: one document at a time, what was cancelled meanwhile is left out. */
export class ParseClient {
  readonly #module: string;
  readonly #queue: Waiting[] = [];
  #worker: Worker | null = null;
  #current: Waiting | null = null;
  #timer: NodeJS.Timeout | undefined;
  #nextId = 1;

  /** @param module the file of the worker, see Installation */
  constructor(module: string) {
    this.#module = module;
  }

  parse(text: string, languageId: string, options: ParseOptions, signal: AbortSignal): Promise<ParsedDocument> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ question: { id: this.#nextId++, text, languageId, options }, signal, resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#queue.length = 0;
    await this.#worker?.terminate();
    this.#worker = null;
  }

  #next(): void {
    if (this.#current !== null) return;
    const waiting = this.#queue.shift();
    if (waiting === undefined) return;
    if (waiting.signal.aborted) {
      waiting.reject(waiting.signal.reason as Error);
      this.#next();
      return;
    }
    this.#current = waiting;
    this.#timer = setTimeout(() => this.#giveUp(), patience);
    this.#worker ??= this.#start();
    this.#worker.postMessage(waiting.question);
  }

  #start(): Worker {
    const worker = new Worker(this.#module);
    worker.unref();
    worker.on('message', (answer: ParseAnswer) => {
      if (answer.id !== this.#current?.question.id) return;
      if ('parsed' in answer) this.#settle(({ resolve }) => resolve(answer.parsed));
      else this.#settle(({ reject }) => reject(new Error(answer.error)));
    });
    worker.on('error', (error) => {
      if (this.#worker === worker) this.#worker = null;
      this.#settle(({ reject }) => reject(error instanceof Error ? error : new Error(String(error))));
    });
    return worker;
  }

  #giveUp(): void {
    const worker = this.#worker;
    this.#worker = null;
    void worker?.terminate();
    this.#settle(({ reject }) => reject(new Error(`The document could not be read within ${patience / 1000} seconds.`)));
  }

  #settle(answer: (waiting: Waiting) => void): void {
    clearTimeout(this.#timer);
    const waiting = this.#current;
    this.#current = null;
    if (waiting !== null) answer(waiting);
    this.#next();
  }
}
