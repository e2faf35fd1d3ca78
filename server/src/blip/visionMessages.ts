/** What the vision thread and the one that started it say to each other. */
import type { MemoryLayout } from './crossMemory.ts';
import { BlipError, DecodingStuck, type BlipErrorCode } from './errors.ts';
import type { AlphaMode, PixelTensor } from './pixelTensor.ts';

/** A picture as its file's bytes, or decoded already. */
export type Picture = Uint8Array | PixelTensor;

/** The graphs of the vision part, and what goes in and out. */
export interface VisionGraphs {
  /** Of each part, in order. */
  readonly paths: readonly string[];
  readonly threads: number | null;
  /** Side of the pictures they take, in pixels. */
  readonly imageSize: number;
  /** Width of the projected feature that a retrieval model has. */
  readonly projectionSize: number | null;
}

/** What the graphs say of themselves. */
export interface VisionShape {
  /** What one picture leaves for the text. */
  readonly memoryLayout: MemoryLayout;
  /** Whether several pictures may share a run. */
  readonly takesBatches: boolean;
}

/** Memory of some pictures, shared between the threads. */
export interface SharedMemory {
  readonly pictures: number;
  readonly tensors: readonly (Float32Array | Int8Array)[];
}

export interface SeenFeature {
  /** [projection], of a retrieval model. */
  readonly feature: Float32Array | null;
  readonly decodeMs: number;
  readonly encodeMs: number;
}

/** A picture that was seen into memory of the thread's own. */
export interface SeenAhead extends SeenFeature {
  readonly memory: SharedMemory;
}

/** What may be asked of the vision thread: the graphs are opened first. */
export interface VisionCalls {
  open(graphs: VisionGraphs): VisionShape;
  decode(picture: Picture, alpha: AlphaMode): PixelTensor;
  /** Fills the memory; gives each picture's feature where the model has one. */
  encode(pictures: readonly PixelTensor[], memory: SharedMemory): readonly Float32Array[];
  /** Both. */
  see(picture: Picture, alpha: AlphaMode, memory: SharedMemory): SeenFeature;
  /** The same before it is known here how large the memory is. */
  seeAhead(picture: Picture, alpha: AlphaMode): SeenAhead;
  /** [positions, hidden], after the final layer norm. */
  imageEmbeds(picture: Picture, alpha: AlphaMode): Float32Array;
}

export type VisionCall = keyof VisionCalls;

export type ToVisionThread = { readonly type: 'close' } | ToVisionTask;

type ToVisionTask = { readonly id: number } & (
  | {
      readonly type: 'call';
      readonly call: VisionCall;
      readonly given: readonly unknown[];
      /** It asks for its turn before each run. */
      readonly background: boolean;
    }
  | { readonly type: 'turn' }
  | { readonly type: 'abort' }
);

export type FromVisionThread = { readonly id: number } & (
  | { readonly type: 'turn' }
  | { readonly type: 'done'; readonly value: unknown }
  | { readonly type: 'failed'; readonly error: SentError }
);

/** An error on its way between threads. */
export interface SentError {
  readonly code: BlipErrorCode | null;
  readonly message: string;
  readonly stuck: boolean;
}

export function sentError(error: unknown): SentError {
  const message = error instanceof Error ? error.message : String(error);
  return { code: error instanceof BlipError ? error.code : null, message, stuck: error instanceof DecodingStuck };
}

export function receivedError({ code, message, stuck }: SentError): Error {
  if (stuck) return new DecodingStuck(message);
  return code === null ? new Error(message) : new BlipError(code, message);
}
