import type { ChildProcess } from 'node:child_process';
import { BlipError } from './errors.ts';
import {
  modelKey,
  type FromProcess,
  type InferenceTask,
  type Lane,
  type TaskEvent,
  type TaskResult,
  type ToProcess,
} from './inferenceMessages.ts';
import { imageCrashed, SetAside } from './setAside.ts';

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

/** Urgent tasks go first, in everything. */
const lanes: readonly Lane[] = ['urgent', 'background'];

interface PendingTask {
  readonly id: number;
  readonly task: InferenceTask;
  readonly onEvent: (event: TaskEvent) => void;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Nobody waits any more; in the process it may still be at a run. */
  cancelled: boolean;
  crashes: number;
}

/** Models that one process keeps loaded at a time: two, so that the panel can compare them. */
const loadedModelsLimit = 2;

/**
 * The sidecar's end of the inference process: starts it on first need, gives it one urgent and one background task at a
 * time, retries once what a crash interrupted, and replaces the process as a whole (sessions of ONNX Runtime leak when
 * they are released one by one).
 */
export class InferenceClient {
  readonly #options: InferenceClientOptions;
  readonly #setAside = new SetAside();
  readonly #waiting: Readonly<Record<Lane, PendingTask[]>> = { urgent: [], background: [] };
  /** What the process has in hand, until it says that it is done with it. */
  readonly #inHand: Record<Lane, PendingTask | null> = { urgent: null, background: null };
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
   * Runs one task. Cancelling rejects at once with `Aborted`; the process stops between two runs.
   * @throws BlipError with the code that the process gave, `InferenceCrashed` after the second crash, of several pictures the first
   */
  run<T extends InferenceTask>(
    task: T,
    onEvent: (event: TaskEvent) => void,
    signal: AbortSignal,
  ): Promise<TaskResult<T>> {
    if (signal.aborted || this.#closed) return Promise.reject(aborted());
    const refusal = this.#setAside.refusal(task);
    if (refusal !== null) return Promise.reject(refusal);
    return new Promise<TaskResult<T>>((resolve, reject) => {
      const settled = (): void => signal.removeEventListener('abort', cancel);
      const pending: PendingTask = {
        id: this.#nextId++,
        task,
        onEvent,
        // The process answers a task of kind K with TaskResults[K]: the one place where this is taken on trust.
        resolve: (result) => (settled(), resolve(result as TaskResult<T>)),
        reject: (error) => (settled(), reject(error)),
        cancelled: false,
        crashes: 0,
      };
      const cancel = (): void => {
        this.#cancel(pending);
        reject(aborted());
      };
      signal.addEventListener('abort', cancel, { once: true });
      const lane = laneOf(pending);
      this.#waiting[lane].push(pending);
      // At once, even where it must wait: background work does not begin another run in between.
      if (lane === 'urgent') this.#send({ type: 'announce', id: pending.id });
      this.#next();
    });
  }

  /** Starts the process where none runs: work is about to come. */
  prepare(): void {
    if (this.#closed) return;
    this.#process ??= this.#fork();
    this.#waitForIdle();
  }

  /** Ends the process; work under way is rejected with `Aborted`. A later `run` starts a new one. */
  restart(): void {
    this.#setAside.clear();
    this.#replace();
    const interrupted = lanes.flatMap((lane) => this.#waiting[lane].splice(0));
    for (const { reject } of interrupted) reject(aborted());
  }

  close(): void {
    this.#closed = true;
    this.restart();
  }

  #cancel(pending: PendingTask): void {
    pending.cancelled = true;
    const waiting = this.#waiting[laneOf(pending)];
    const place = waiting.indexOf(pending);
    if (place >= 0) waiting.splice(place, 1);
    this.#send({ type: 'cancel', id: pending.id });
    this.#waitForIdle();
  }

  #next(): void {
    for (const lane of lanes) {
      const [next] = this.#waiting[lane];
      if (next === undefined || this.#inHand[lane] !== null || !this.#mayBegin(next, lane)) continue;
      this.#waiting[lane].shift();
      this.#inHand[lane] = next;
      this.#start(next);
    }
    this.#waitForIdle();
  }

  /** Whether the task begins now. An urgent one always does: the process is replaced for it where it must be. */
  #mayBegin({ task, crashes }: PendingTask, lane: Lane): boolean {
    const beside = lane === 'urgent' ? this.#inHand.background : this.#inHand.urgent;
    // What was in hand at a crash is tried again by itself: a second crash then shows whose fault it is.
    if (lane === 'background' && crashes > 0 && beside !== null) return false;
    const key = 'model' in task ? modelKey(task.model) : null;
    const full = key !== null && !this.#asked.has(key) && this.#asked.size >= loadedModelsLimit;
    const heavy = this.#residentBytes > this.#options.memoryLimitBytes;
    if (!full && !heavy) return true;
    if (beside === null || (full && lane === 'urgent')) {
      this.#replace();
      return true;
    }
    // A process to be replaced ends its background task, beside urgent ones, and gets no other.
    return lane === 'urgent';
  }

  #start({ id, task }: PendingTask): void {
    if (this.#process === null) {
      this.#process = this.#fork();
      for (const waiting of this.#waiting.urgent) this.#send({ type: 'announce', id: waiting.id });
    }
    if ('model' in task) this.#asked.add(modelKey(task.model));
    this.#send({ type: 'start', id, task });
  }

  #fork(): ChildProcess {
    const child = this.#options.fork();
    this.#options.log(`inference process ${child.pid ?? '?'} started`);
    child.on('message', (message) => {
      if (this.#process === child) this.#receive(message as FromProcess);
    });
    const left = (reason: string): void => {
      if (this.#process === child) this.#crashed(reason);
    };
    child.on('error', (error) => left(error.message));
    child.on('exit', (code, signal) => left(signal ?? `exit code ${code}`));
    return child;
  }

  #receive(message: FromProcess): void {
    const lane = lanes.find((of) => this.#inHand[of]?.id === message.id);
    if (lane === undefined) return;
    const { task, cancelled, onEvent, resolve, reject } = this.#inHand[lane]!;
    if (message.type === 'event') {
      if (message.event.kind === 'loaded' && 'model' in task) {
        this.#loaded.add(modelKey(task.model));
        this.#setAside.loaded(modelKey(task.model));
      }
      if (!cancelled) onEvent(message.event);
      return;
    }
    this.#inHand[lane] = null;
    if (message.stuck) this.#replace();
    if (message.type === 'done') {
      this.#residentBytes = message.residentBytes;
      resolve(message.result);
    } else reject(new BlipError(message.code, message.message));
    this.#next();
  }

  /** The process died with work in hand: each task gets one more try, in a new process. */
  #crashed(reason: string): void {
    this.#options.log(`inference process ended: ${reason}`);
    const suspects = lanes.map((lane) => this.#inHand[lane]).filter((pending) => pending !== null);
    const models = suspects.flatMap(({ task }) => ('model' in task ? [modelKey(task.model)] : []));
    const loading = new Set(models.filter((model) => !this.#loaded.has(model)));
    for (const model of loading) this.#setAside.loadCrashed(model);
    for (const pending of suspects) {
      pending.crashes += 1;
      const whileLoading = 'model' in pending.task && loading.has(modelKey(pending.task.model));
      if (pending.crashes > 1 && !whileLoading) this.#setAside.imageCrashedTwice(pending.task);
    }
    this.#replace();
    for (const pending of suspects.filter((suspect) => !suspect.cancelled && isGivenUp(suspect))) {
      const waiting = this.#waiting[laneOf(pending)];
      waiting.splice(waiting.indexOf(pending), 1);
      pending.reject(this.#setAside.refusal(pending.task) ?? imageCrashed());
    }
    this.#next();
  }

  #waitForIdle(): void {
    clearTimeout(this.#idleTimer);
    const idleMs = this.#options.idleMs();
    const idle = lanes.every((lane) => this.#inHand[lane] === null && this.#waiting[lane].length === 0);
    if (!idle || this.#process === null || !Number.isFinite(idleMs)) return;
    this.#idleTimer = setTimeout(() => {
      this.#options.log('inference process idle: ended');
      this.#replace();
    }, idleMs);
    this.#idleTimer.unref();
  }

  /** Ends the process, if there is one. What it had in hand waits for another, through no fault of its own. */
  #replace(): void {
    clearTimeout(this.#idleTimer);
    const child = this.#process;
    this.#process = null;
    this.#asked.clear();
    this.#loaded.clear();
    this.#residentBytes = 0;
    child?.kill('SIGKILL');
    for (const lane of lanes) {
      const pending = this.#inHand[lane];
      this.#inHand[lane] = null;
      if (pending !== null && !pending.cancelled) this.#waiting[lane].unshift(pending);
    }
  }

  #send(message: ToProcess): void {
    // A send can fail while the process is dying: its exit event then starts the task again.
    this.#process?.send(message, () => undefined);
  }
}

/** Of several pictures nobody knows which one it was: whoever asked tries them one by one. */
function isGivenUp({ task, crashes }: PendingTask): boolean {
  return crashes > 1 || task.kind === 'captions';
}

function laneOf({ task }: PendingTask): Lane {
  return task.lane ?? 'urgent';
}

function aborted(): BlipError {
  return new BlipError('Aborted', 'Cancelled.');
}
