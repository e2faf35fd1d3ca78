/**
 * The inference process: keeps models loaded and runs tasks, a background one between urgent ones. Forked by the
 * sidecar, spoken to over its IPC channel; it reads no document and opens no connection, and ends when its parent does.
 */
import type { CaptionGenerator as Generator } from './captionGenerator.ts';
import { BlipError, ProcessSpoilt } from './errors.ts';
import type {
  EncodedImage,
  FromProcess,
  InferenceTask,
  PictureResult,
  StreamResult,
  TaskEvent,
  ToProcess,
} from './inferenceMessages.ts';
import { LoadedModels, loadedModel } from './loadedModels.ts';
import type { FirstPicture } from './pictureReader.ts';
import { Turns } from './turns.ts';

// Before onnxruntime-node is first required: from 1.29 on it opens sockets otherwise.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

const turns = new Turns();
const models = new LoadedModels();
const running = new Map<number, AbortController>();

process.on('message', (message: ToProcess) => {
  switch (message.type) {
    case 'announce':
      return turns.announce(message.id);
    case 'start':
      return void perform(message.id, message.task);
    case 'cancel': {
      const abort = running.get(message.id);
      // Announced, but not begun: it does not come any more.
      return abort === undefined ? turns.leave(message.id) : abort.abort();
    }
  }
});
process.on('disconnect', () => process.exit(0));

async function perform(id: number, task: InferenceTask): Promise<void> {
  const abort = new AbortController();
  running.set(id, abort);
  const { signal } = abort;
  let stuck = false;
  const onEvent = (event: TaskEvent): void => send({ type: 'event', id, event });
  const work = (): Promise<unknown> => carryOut(task, onEvent, () => (stuck = true), signal);
  try {
    const result = await (task.lane === 'background' ? turns.background(work, signal) : turns.urgent(id, work));
    send({ type: 'done', id, result, residentBytes: process.memoryUsage.rss(), stuck });
  } catch (error) {
    send({ type: 'failed', id, ...describe(error, signal), stuck: error instanceof ProcessSpoilt });
  } finally {
    running.delete(id);
  }
}

async function carryOut(
  task: InferenceTask,
  onEvent: (event: TaskEvent) => void,
  onStuck: () => void,
  signal: AbortSignal,
): Promise<unknown> {
  signal.throwIfAborted();
  if (task.kind === 'thumbnail') {
    const { makeThumbnail } = await import('./thumbnail.ts');
    return makeThumbnail(task.image.bytes, task.side);
  }
  const generator = await models.get(task.model, firstPicture(task), onEvent, signal);
  switch (task.kind) {
    case 'load':
      return loadedModel(generator);
    case 'caption':
      return generator.caption(task.image.bytes, { ...task.options, ...named(task.image) }, signal);
    case 'captions':
      return captions(generator, task, onStuck, signal);
    case 'stream':
      return stream(generator, task, onEvent, signal);
    case 'ask':
      return generator.ask(task.image.bytes, task.question, { alpha: task.image.alpha }, signal);
    case 'score':
      return generator.score(task.image.bytes, task.text, { alpha: task.image.alpha }, signal);
  }
}

/** What the picture is kept under, and how it is seen. */
function named({ key, alpha }: EncodedImage): Pick<FirstPicture, 'alpha' | 'imageKey'> {
  return { alpha, imageKey: `${key}:${alpha}` };
}

function firstPicture(task: InferenceTask): FirstPicture | undefined {
  if (task.kind !== 'caption' && task.kind !== 'stream') return undefined;
  return { picture: task.image.bytes, ...named(task.image) };
}

async function captions(
  generator: Generator,
  { pictures, alpha, options }: Extract<InferenceTask, { kind: 'captions' }>,
  onStuck: () => void,
  signal: AbortSignal,
): Promise<readonly PictureResult[]> {
  const results = await generator.captionBatch(pictures, { ...options, alpha }, signal);
  if (results.some((result) => result instanceof ProcessSpoilt)) onStuck();
  return results.map((result) =>
    result instanceof BlipError
      ? { ok: false, code: result.code, message: result.message }
      : { ok: true, caption: result },
  );
}

async function stream(
  generator: Generator,
  { image, options }: Extract<InferenceTask, { kind: 'stream' }>,
  onEvent: (event: TaskEvent) => void,
  signal: AbortSignal,
): Promise<StreamResult> {
  for await (const step of generator.stream(image.bytes, { ...options, ...named(image) }, signal)) {
    if (step.kind === 'caption') return { caption: step.caption, shapes: generator.shapes };
    onEvent({ kind: 'step', step });
  }
  throw new BlipError('Aborted', 'Cancelled.');
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
