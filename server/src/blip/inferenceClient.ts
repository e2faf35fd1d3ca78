import type { ChildProcess } from 'node:child_process';
import { BlipError } from './errors.ts';
import type { FromProcess, InferenceTask, ModelSpec, TaskEvent, TaskResult, ToProcess } from './inferenceMessages.ts';

/** The world of the client: how a process is made, and the limits it lives under. */
export interface InferenceClientOptions {
  /** Forks the inference process with an IPC channel and `serialization: 'advanced'`. */
  readonly fork: () => ChildProcess;
  /** The process ends after this long without work, milliseconds; asked for whenever it falls idle; Infinity: it stays. */
  readonly idleMs: () => number;
  /** Past this resident size the process is replaced before its next task, bytes. */
  readonly memoryLimitBytes: number;
  readonly log: (message: string) => void;
}

interface PendingTask {
  readonly task: InferenceTask;
  readonly onEvent: (event: TaskEvent) => void;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  crashes: number;
}

/** Models that one process keeps loaded at a time: two, so that the panel can compare them. */
const loadedModelsLimit = 2;
/** A checkpoint whose loading killed the process this often is set aside until a restart. */
const loadCrashLimit = 3;

/**
 * The sidecar's end of the inference process: starts it on first need, retries once what a crash interrupted, and
 * replaces the process as a whole (sessions of ONNX Runtime leak when they are released one by one).
 */
export class InferenceClient {
  readonly #options: InferenceClientOptions;
  readonly #pending = new Map<number, PendingTask>();
  readonly #loadCrashes = new Map<string, number>();
  readonly #setAsideImages = new Set<string>();
  /** Models this process was asked for, and those of them that it has loaded. */
  readonly #asked = new Set<string>();
  readonly #loaded = new Set<string>();
  #process: ChildProcess | null = null;
  #nextId = 1;
  #idleTimer: NodeJS.Timeout | undefined;
  #residentBytes = 0;
  #closed = false;

  constructor(options: InferenceClientOptions) {
    this.#options = options;
  }

  /** The process at work now; undefined while none runs. For tests and the log. */
  get processId(): number | undefined {
    return this.#process?.pid;
  }

  /**
   * Runs one task. Cancelling rejects at once with `Aborted`; the process stops between two decoding steps.
   * @throws BlipError with the code that the process gave, `InferenceCrashed` after the second crash
   */
  run<T extends InferenceTask>(
    task: T,
    onEvent: (event: TaskEvent) => void,
    signal: AbortSignal,
  ): Promise<TaskResult<T>> {
    if (signal.aborted) return Promise.reject(aborted());
    const refusal = this.#refusal(task);
    if (refusal !== null) return Promise.reject(refusal);
    const id = this.#nextId++;
    return new Promise<TaskResult<T>>((resolve, reject) => {
      const cancel = (): void => {
        if (this.#pending.delete(id)) this.#send({ type: 'cancel', id });
        this.#waitForIdle();
        reject(aborted());
      };
      signal.addEventListener('abort', cancel, { once: true });
      const settled = (): void => signal.removeEventListener('abort', cancel);
      this.#pending.set(id, {
        task,
        onEvent,
        crashes: 0,
        // The process answers a task of kind K with TaskResults[K]: the one place where this is taken on trust.
        resolve: (result) => (settled(), resolve(result as TaskResult<T>)),
        reject: (error) => (settled(), reject(error)),
      });
      this.#start(id, task);
    });
  }

  /** Ends the process; work under way is rejected with `Aborted`. A later `run` starts a new one. */
  restart(): void {
    this.#loadCrashes.clear();
    this.#setAsideImages.clear();
    const interrupted = [...this.#pending.values()];
    this.#pending.clear();
    this.#end();
    for (const { reject } of interrupted) reject(aborted());
  }

  close(): void {
    this.#closed = true;
    this.restart();
  }

  #refusal(task: InferenceTask): BlipError | null {
    if (this.#closed) return aborted();
    if ('model' in task && (this.#loadCrashes.get(modelKey(task.model)) ?? 0) >= loadCrashLimit) {
      return new BlipError(
        'InferenceCrashed',
        `The model in ${task.model.folder} crashed the inference process ${loadCrashLimit} times and is set aside. ` +
          'Verify or download it again, then restart Image Captioner.',
      );
    }
    if ('image' in task && this.#setAsideImages.has(task.image.key)) return imageCrashed();
    return null;
  }

  #start(id: number, task: InferenceTask): void {
    clearTimeout(this.#idleTimer);
    const key = 'model' in task ? modelKey(task.model) : null;
    const full = key !== null && !this.#asked.has(key) && this.#asked.size >= loadedModelsLimit;
    const alone = this.#pending.size <= 1;
    if (alone && (full || this.#residentBytes > this.#options.memoryLimitBytes)) this.#end();
    this.#process ??= this.#fork();
    if (key !== null) this.#asked.add(key);
    this.#send({ type: 'start', id, task });
  }

  #fork(): ChildProcess {
    const child = this.#options.fork();
    this.#residentBytes = 0;
    this.#options.log(`inference process ${child.pid ?? '?'} started`);
    child.on('message', (message) => this.#receive(message as FromProcess));
    let gone = false;
    const left = (reason: string): void => {
      if (gone) return;
      gone = true;
      if (this.#process === child) this.#crashed(reason);
    };
    child.on('error', (error) => left(error.message));
    child.on('exit', (code, signal) => left(signal ?? `exit code ${code}`));
    return child;
  }

  #receive(message: FromProcess): void {
    const pending = this.#pending.get(message.id);
    if (message.type === 'event') {
      if (message.event.kind === 'loaded' && pending !== undefined && 'model' in pending.task) {
        this.#loaded.add(modelKey(pending.task.model));
        this.#loadCrashes.delete(modelKey(pending.task.model));
      }
      pending?.onEvent(message.event);
      return;
    }
    this.#pending.delete(message.id);
    if (message.type === 'done') {
      this.#residentBytes = message.residentBytes;
      pending?.resolve(message.result);
    } else pending?.reject(new BlipError(message.code, message.message));
    this.#waitForIdle();
  }

  /** The process died with work in hand: each task gets one more try, in a new process. */
  #crashed(reason: string): void {
    this.#process = null;
    this.#options.log(`inference process ended: ${reason}`);
    const first = this.#pending.entries().next();
    if (first.done !== true) {
      const [, running] = first.value;
      running.crashes += 1;
      this.#blame(running);
    }
    this.#asked.clear();
    this.#loaded.clear();
    for (const [id, pending] of this.#pending) {
      const refusal = pending.crashes > 1 ? (this.#refusal(pending.task) ?? imageCrashed()) : null;
      if (refusal === null) this.#start(id, pending.task);
      else {
        this.#pending.delete(id);
        pending.reject(refusal);
      }
    }
  }

  /** A crash while loading counts against the checkpoint; a second one on the same picture against the picture. */
  #blame(running: PendingTask): void {
    const { task } = running;
    const key = 'model' in task ? modelKey(task.model) : null;
    if (key !== null && !this.#loaded.has(key)) this.#loadCrashes.set(key, (this.#loadCrashes.get(key) ?? 0) + 1);
    else if (running.crashes > 1 && 'image' in task) this.#setAsideImages.add(task.image.key);
  }

  #waitForIdle(): void {
    clearTimeout(this.#idleTimer);
    const idleMs = this.#options.idleMs();
    if (this.#pending.size > 0 || this.#process === null || !Number.isFinite(idleMs)) return;
    this.#idleTimer = setTimeout(() => {
      this.#options.log('inference process idle: ended');
      this.#end();
    }, idleMs);
    this.#idleTimer.unref();
  }

  #end(): void {
    clearTimeout(this.#idleTimer);
    const child = this.#process;
    this.#process = null;
    this.#asked.clear();
    this.#loaded.clear();
    child?.kill('SIGKILL');
  }

  #send(message: ToProcess): void {
    // A send can fail while the process is dying: its exit event then starts the task again.
    this.#process?.send(message, () => undefined);
  }
}

function modelKey(model: ModelSpec): string {
  return `${model.folder}\0${model.precision}`;
}

function aborted(): BlipError {
  return new BlipError('Aborted', 'Cancelled.');
}

function imageCrashed(): BlipError {
  return new BlipError(
    'InferenceCrashed',
    'The inference process crashed twice on this picture; it is set aside. Save the picture in another format, or restart Image Captioner to try again.',
  );
}
