import { Worker } from 'node:worker_threads';
import type { ParseAnswer, ParsedText, ParseQuestion } from './parseMessages.ts';

interface Running {
  readonly id: number;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (parsed: ParsedText) => void;
  readonly reject: (error: Error) => void;
}

/** One parse worker: started by its first document, replaced where it takes too long or dies. */
export class ParseLane {
  readonly #module: string;
  readonly #patience: number;
  #worker: Worker | null = null;
  #running: Running | null = null;

  /** @param patience milliseconds */
  constructor(module: string, patience: number) {
    this.#module = module;
    this.#patience = patience;
  }

  get busy(): boolean {
    return this.#running !== null;
  }

  get started(): boolean {
    return this.#worker !== null;
  }

  /** One at a time: only where it is not busy. */
  run(question: ParseQuestion): Promise<ParsedText> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(), this.#patience);
      this.#running = { id: question.id, timer, resolve, reject };
      this.#worker ??= this.#start();
      this.#worker.postMessage(question);
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#running?.timer);
    await this.#worker?.terminate();
    this.#worker = null;
  }

  #start(): Worker {
    const worker = new Worker(this.#module);
    worker.unref();
    worker.on('message', (answer: ParseAnswer) => {
      if (answer.id !== this.#running?.id) return;
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
    const seconds = this.#patience / 1000;
    this.#settle(({ reject }) => reject(new Error(`The document could not be read within ${seconds} seconds.`)));
  }

  #settle(answer: (running: Running) => void): void {
    const running = this.#running;
    if (running === null) return;
    clearTimeout(running.timer);
    this.#running = null;
    answer(running);
  }
}
