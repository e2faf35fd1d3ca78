/**
 * The vision part in a thread of its own. ONNX Runtime holds a thread while it makes a session or runs one: so the text
 * part's session is made while a first picture is decoded and seen, and messages are answered meanwhile.
 */
import { AsyncResource } from 'node:async_hooks';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { VisionEnded } from './errors.ts';
import { sharpLock, type SharpData } from './image/loadSharp.ts';
import { inBackground, myTurn } from './turns.ts';
import {
  receivedError,
  type FromVisionThread,
  type ToVisionThread,
  type VisionCall,
  type VisionCalls,
} from './visionMessages.ts';

/** Beside this file, as source or bundled. */
const workerFile = new URL(import.meta.url.endsWith('.ts') ? 'visionWorker.ts' : 'visionWorker.js', import.meta.url);

/** How long an end is waited for. */
const closingMs = 1000;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Waits for its turn, as the work that asked; never throws. */
  readonly turn: () => Promise<void>;
}

export class VisionThread {
  /**
   * It takes some 50 ms to start, in which the model's files are read. What it leaves of a picture in JavaScript is small:
   * room for more than that would be filled before it is collected.
   */
  readonly #worker = new Worker(workerFile, {
    workerData: { sharpLock } satisfies SharpData,
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  readonly #waiting = new Map<number, Waiting>();
  readonly #exit = Promise.withResolvers<void>();
  #nextId = 0;
  #ended: VisionEnded | null = null;

  constructor() {
    this.#worker.on('message', (message: FromVisionThread) => void this.#receive(message));
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => {
      this.#end(null);
      this.#exit.resolve();
    });
    this.#worker.unref();
  }

  /**
   * The answer comes when nothing is at work any more, so that what was lent is free. An abort is heard between two runs.
   *
   * @throws BlipError as the vision part does; VisionEnded; the signal's reason
   */
  async call<Call extends VisionCall>(
    call: Call,
    signal: AbortSignal | undefined,
    ...given: Parameters<VisionCalls[Call]>
  ): Promise<ReturnType<VisionCalls[Call]>> {
    signal?.throwIfAborted();
    if (this.#ended !== null) throw this.#ended;
    const id = this.#nextId++;
    const abort = (): void => this.#send({ id, type: 'abort' });
    signal?.addEventListener('abort', abort);
    try {
      return await new Promise((resolve, reject) => {
        const turn = AsyncResource.bind(() => myTurn().catch(() => {}));
        this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject, turn });
        this.#worker.ref(); // the process waits for an answer, never for the thread
        this.#send({ id, type: 'call', call, given, background: inBackground() });
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /**
   * Ends the thread when what runs in it is done: native code that is stopped as it is loaded takes the process with it.
   * Settled when it has ended, and nothing reads the graphs any more; or after a second, for a decoder can be stuck.
   */
  async close(): Promise<void> {
    if (this.#ended === null) this.#send({ type: 'close' });
    this.#end(null);
    this.#worker.ref();
    await Promise.race([this.#exit.promise, setTimeout(closingMs, undefined, { ref: false })]);
    this.#worker.unref();
  }

  #send(message: ToVisionThread): void {
    this.#worker.postMessage(message);
  }

  async #receive(message: FromVisionThread): Promise<void> {
    const { id } = message;
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    if (message.type === 'turn') {
      await waiting.turn();
      return this.#send({ id, type: 'turn' });
    }
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (message.type === 'done') waiting.resolve(message.value);
    else waiting.reject(receivedError(message.error));
  }

  #end(cause: unknown): void {
    this.#ended ??= new VisionEnded(cause);
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}
