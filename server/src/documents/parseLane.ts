import { Worker } from 'node:worker_threads';
import type { ChunkedText } from './chunkedText.ts';
import type { ParsedDocument, ParseOptions, TextEdit } from './imageReference.ts';
import { withParsedChange, type ListChange } from './parsedChange.ts';
import type { ParseAnswer, ParseQuestion } from './parseMessages.ts';

/** A text to be parsed: of an open document, whose later versions will follow, or any other. */
export type ParseText = string | { readonly uri: string; readonly chunks: ChunkedText };

export interface ParseTask {
  readonly text: ParseText;
  readonly languageId: string;
  readonly options: ParseOptions;
}

export interface ParsedVersion {
  readonly parsed: ParsedDocument;
  /** What was parsed of an earlier version, and which of the references are still its own; null: nothing is known. */
  readonly since: { readonly parsed: ParsedDocument; readonly references: ListChange<unknown> } | null;
}

/** What the worker keeps of an open document. */
interface Kept {
  readonly id: number;
  readonly chunks: ChunkedText;
  readonly parsed: ParsedDocument;
}

interface Running {
  readonly id: number;
  readonly task: ParseTask;
  readonly since: { readonly parsed: ParsedDocument; readonly edit: TextEdit } | null;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (parsed: ParsedVersion) => void;
  readonly reject: (error: Error) => void;
}

/** A few editors are open side by side. */
const mostKept = 4;

/** One parse worker: started by its first document, replaced where it takes too long or dies. */
export class ParseLane {
  readonly #module: string;
  readonly #patience: number;
  readonly #kept = new Map<string, Kept>();
  readonly #forgotten: number[] = [];
  #worker: Worker | null = null;
  #running: Running | null = null;
  #nextId = 1;

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

  /** Whether an earlier version of an open document is being parsed. */
  isParsing(text: ParseText): boolean {
    const running = this.#running?.task.text;
    return typeof text !== 'string' && typeof running === 'object' && running.uri === text.uri;
  }

  /** Whether an earlier version of an open document was parsed here. */
  knows(text: ParseText): boolean {
    return typeof text !== 'string' && this.#kept.has(text.uri);
  }

  /** One at a time: only where it is not busy. */
  run(task: ParseTask): Promise<ParsedVersion> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(), this.#patience);
      this.#worker ??= this.#start();
      const { question, since } = this.#question(task);
      this.#running = { id: question.id, task, since, timer, resolve, reject };
      this.#worker.postMessage(question);
    });
  }

  /** A document was closed. */
  forget(uri: string): void {
    const known = this.#kept.get(uri);
    if (known === undefined) return;
    this.#kept.delete(uri);
    this.#forgotten.push(known.id);
  }

  async close(): Promise<void> {
    clearTimeout(this.#running?.timer);
    await this.#worker?.terminate();
    this.#worker = null;
  }

  /** What is known of the document is the worker's to replace: until it has answered, nothing is. */
  #question({ text, languageId, options }: ParseTask): Pick<Running, 'since'> & { readonly question: ParseQuestion } {
    const base = { id: this.#nextId++, languageId, options };
    if (typeof text === 'string') {
      const forget = this.#forgotten.splice(0);
      return { since: null, question: { ...base, text: { whole: text }, keep: false, forget } };
    }
    const known = this.#kept.get(text.uri);
    this.forget(text.uri);
    const forget = this.#forgotten.splice(0);
    if (known === undefined) {
      return { since: null, question: { ...base, text: { whole: text.chunks.toString() }, keep: true, forget } };
    }
    const edit = text.chunks.editFrom(known.chunks);
    const question = { ...base, text: { since: known.id, edit }, keep: true, forget };
    return { since: { parsed: known.parsed, edit }, question };
  }

  #start(): Worker {
    this.#kept.clear();
    this.#forgotten.length = 0;
    const worker = new Worker(this.#module);
    worker.unref();
    worker.on('message', (answer: ParseAnswer) => {
      if (answer.id !== this.#running?.id) return;
      if ('error' in answer) this.#settle(({ reject }) => reject(new Error(answer.error)));
      else this.#answered(this.#running, answer);
    });
    worker.on('error', (error) => {
      if (this.#worker === worker) this.#worker = null;
      this.#settle(({ reject }) => reject(error instanceof Error ? error : new Error(String(error))));
    });
    return worker;
  }

  #answered({ id, task, since }: Running, answer: Exclude<ParseAnswer, { readonly error: string }>): void {
    const version =
      'parsed' in answer
        ? { parsed: answer.parsed, since: null }
        : {
            parsed: withParsedChange(since!.parsed, answer.change, since!.edit),
            since: { parsed: since!.parsed, references: answer.change.references },
          };
    if (typeof task.text !== 'string') this.#keep(task.text, id, version.parsed);
    this.#settle(({ resolve }) => resolve(version));
  }

  #keep({ uri, chunks }: Exclude<ParseText, string>, id: number, parsed: ParsedDocument): void {
    this.#kept.set(uri, { id, chunks, parsed });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept) this.forget(oldest!);
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
