/** The vision thread: decodes and resizes pictures, and runs the vision graph, which holds its thread for each run. */
import { parentPort } from 'node:worker_threads';
import { CrossMemory } from './crossMemory.ts';
import { decodeImage } from './decodeImage.ts';
import { loadSharp } from './image/loadSharp.ts';
import { createSession, keepsMemory } from './onnxSession.ts';
import { PictureEncoder } from './pictureEncoder.ts';
import type { AlphaMode, PixelTensor } from './pixelTensor.ts';
import { resizeBicubic } from './preprocess.ts';
import { inTurns } from './turns.ts';
import {
  sentError,
  type FromVisionThread,
  type Picture,
  type SeenFeature,
  type SharedMemory,
  type ToVisionThread,
  type VisionCalls,
  type VisionGraphs,
} from './visionMessages.ts';
import { VisionSessions } from './visionSessions.ts';

type Answers = {
  readonly [Call in keyof VisionCalls]: (
    signal: AbortSignal,
    ...given: Parameters<VisionCalls[Call]>
  ) => Promise<ReturnType<VisionCalls[Call]>>;
};

/** The opened graphs. */
let encoder: PictureEncoder;
/** Those that are being opened, for who asks before they are. */
let opening: Promise<PictureEncoder>;

async function open(_: AbortSignal, graphs: VisionGraphs): ReturnType<Answers['open']> {
  opening = openGraphs(graphs);
  encoder = await opening;
  // A first picture is on its way; who waits for the answer has other things to make meanwhile.
  setImmediate(() => void loadSharp().catch(() => {})); // what fails is told when a picture is decoded
  const { memoryLayout, takesBatches } = encoder;
  return { memoryLayout, takesBatches };
}

async function openGraphs(graphs: VisionGraphs): Promise<PictureEncoder> {
  const { paths, threads } = graphs;
  const options = { threads, keepsMemory: keepsMemory(paths.length) };
  const sessions = [];
  for (const path of paths) sessions.push(await createSession(path, options));
  return new PictureEncoder(new VisionSessions(sessions), graphs);
}

/** Decoded and resized at once: a batch of photographs would fill gigabytes otherwise. */
async function decode(signal: AbortSignal, picture: Picture, alpha: AlphaMode): Promise<PixelTensor> {
  const size = encoder.imageSize;
  const pixels = picture instanceof Uint8Array ? await decodeImage(picture, { alpha, size }, signal) : picture;
  return resizeBicubic(pixels, size, size);
}

async function encode(
  signal: AbortSignal,
  pictures: readonly PixelTensor[],
  { pictures: count, tensors }: SharedMemory,
): Promise<readonly Float32Array[]> {
  return encoder.encode(pictures, new CrossMemory(encoder.memoryLayout, count, tensors), signal);
}

async function see(
  signal: AbortSignal,
  picture: Picture,
  alpha: AlphaMode,
  memory: SharedMemory,
): Promise<SeenFeature> {
  const start = performance.now();
  const pixels = await decode(signal, picture, alpha);
  const decoded = performance.now();
  signal.throwIfAborted();
  const [feature = null] = await encode(signal, [pixels], memory);
  return { feature, decodeMs: decoded - start, encodeMs: performance.now() - decoded };
}

const answers: Answers = {
  open,
  decode,
  encode,
  see,
  async seeAhead(signal, picture, alpha) {
    const { memoryLayout } = await opening;
    const { pictures, tensors } = CrossMemory.allocate(memoryLayout, 1);
    const memory = { pictures, tensors };
    return { memory, ...(await see(signal, picture, alpha, memory)) };
  },
  async imageEmbeds(signal, picture, alpha) {
    return encoder.imageEmbeds(await decode(signal, picture, alpha), signal);
  },
};

interface Running {
  readonly abort: AbortController;
  /** Work in the background that waits for its turn. */
  goOn: (() => void) | null;
}

const running = new Map<number, Running>();

function send(message: FromVisionThread): void {
  parentPort?.postMessage(message);
}

async function perform(id: number, message: ToVisionThread & { readonly type: 'call' }): Promise<void> {
  const abort = new AbortController();
  const task: Running = { abort, goOn: null };
  running.set(id, task);
  const answer = answers[message.call] as (signal: AbortSignal, ...given: readonly unknown[]) => Promise<unknown>;
  const work = (): Promise<unknown> => answer(abort.signal, ...message.given);
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      task.goOn = resolve;
      send({ id, type: 'turn' });
    });
  try {
    const value = await (message.background ? inTurns(turn, abort.signal, work) : work());
    send({ id, type: 'done', value });
  } catch (error) {
    send({ id, type: 'failed', error: sentError(error) });
  } finally {
    running.delete(id);
  }
}

parentPort?.on('message', (message: ToVisionThread) => {
  if (message.type === 'close') return parentPort?.close();
  if (message.type === 'call') return void perform(message.id, message);
  const task = running.get(message.id);
  if (message.type === 'abort') task?.abort.abort();
  task?.goOn?.(); // aborted: to see that it is
});
