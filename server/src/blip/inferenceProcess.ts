/**
 * The inference process: keeps models loaded and runs one task at a time. Forked by the sidecar, spoken to over its
 * IPC channel; it reads no document and opens no connection, and ends when its parent does.
 */
import type { CaptionGenerator as Generator } from './captionGenerator.ts';
import { DecodingStuck } from './decodeImage.ts';
import { BlipError } from './errors.ts';
import type {
  FromProcess,
  InferenceTask,
  LoadedModel,
  ModelSpec,
  StreamResult,
  TaskEvent,
  ToProcess,
} from './inferenceMessages.ts';

// Before onnxruntime-node is first required: from 1.29 on it opens sockets otherwise.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

const running = new Map<number, AbortController>();
const generators = new Map<string, Promise<Generator>>();
let queue: Promise<void> = Promise.resolve();

process.on('message', (message: ToProcess) => {
  if (message.type === 'cancel') {
    running.get(message.id)?.abort();
    return;
  }
  const abort = new AbortController();
  running.set(message.id, abort);
  queue = queue.then(() => perform(message.id, message.task, abort.signal));
});
process.on('disconnect', () => process.exit(0));

async function perform(id: number, task: InferenceTask, signal: AbortSignal): Promise<void> {
  try {
    const result = await carryOut(task, (event) => send({ type: 'event', id, event }), signal);
    send({ type: 'done', id, result, residentBytes: process.memoryUsage.rss() });
  } catch (error) {
    const failed: FromProcess = { type: 'failed', id, ...describe(error, signal) };
    // A decoder that cannot be stopped would keep a core busy: the next task gets a new process.
    if (error instanceof DecodingStuck) process.send?.(failed, () => process.exit(0));
    else send(failed);
  } finally {
    running.delete(id);
  }
}

async function carryOut(
  task: InferenceTask,
  onEvent: (event: TaskEvent) => void,
  signal: AbortSignal,
): Promise<unknown> {
  signal.throwIfAborted();
  if (task.kind === 'thumbnail') {
    const { makeThumbnail } = await import('./thumbnail.ts');
    return makeThumbnail(task.image.bytes, task.side);
  }
  const generator = await load(task.model, onEvent, signal);
  switch (task.kind) {
    case 'load':
      return loadedModel(generator);
    case 'caption': {
      const { bytes, key, alpha } = task.image;
      return generator.caption(bytes, { ...task.options, alpha, imageKey: `${key}:${alpha}` }, signal);
    }
    case 'stream':
      return stream(generator, task, onEvent, signal);
    case 'ask':
      return generator.ask(task.image.bytes, task.question, { alpha: task.image.alpha }, signal);
    case 'score':
      return generator.score(task.image.bytes, task.text, { alpha: task.image.alpha }, signal);
  }
}

async function stream(
  generator: Generator,
  { image: { bytes, key, alpha }, options }: Extract<InferenceTask, { kind: 'stream' }>,
  onEvent: (event: TaskEvent) => void,
  signal: AbortSignal,
): Promise<StreamResult> {
  for await (const step of generator.stream(bytes, { ...options, alpha, imageKey: `${key}:${alpha}` }, signal)) {
    if (step.kind === 'caption') return { caption: step.caption, shapes: generator.shapes };
    onEvent({ kind: 'step', step });
  }
  throw new BlipError('Aborted', 'Cancelled.');
}

async function load(spec: ModelSpec, onEvent: (event: TaskEvent) => void, signal: AbortSignal): Promise<Generator> {
  const key = `${spec.folder}\0${spec.precision}`;
  let generator = generators.get(key);
  if (generator === undefined) {
    onEvent({ kind: 'loading' });
    generator = create(spec, onEvent, signal);
    generators.set(key, generator);
    generator.then(
      (made) => onEvent({ kind: 'loaded', model: loadedModel(made) }),
      () => generators.delete(key),
    );
  }
  return generator;
}

async function create(spec: ModelSpec, onEvent: (event: TaskEvent) => void, signal: AbortSignal): Promise<Generator> {
  const { CaptionGenerator } = await import('./captionGenerator.ts');
  return CaptionGenerator.load(
    spec.folder,
    {
      precision: spec.precision,
      cacheFolder: spec.cacheFolder,
      onProgress: ({ fraction, message }) => onEvent({ kind: 'converting', fraction, message }),
    },
    signal,
  );
}

function loadedModel({ model }: Generator): LoadedModel {
  return { architecture: model.architecture, precision: model.precision, verdict: model.verdict };
}

function describe(
  error: unknown,
  signal: AbortSignal,
): Pick<Extract<FromProcess, { type: 'failed' }>, 'code' | 'message'> {
  if (signal.aborted) return { code: 'Aborted', message: 'Cancelled.' };
  if (error instanceof BlipError) return { code: error.code, message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'ModelUnavailable', message: `The model could not be run: ${message}` };
}

function send(message: FromProcess): void {
  // The sidecar may be gone while it is told: 'disconnect' ends this process then.
  process.send?.(message, () => undefined);
}
