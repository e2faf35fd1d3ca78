/** Picture → encoded picture, from the cache where it was seen before, else from the vision thread. */
import { CrossMemory, layoutBytes } from './crossMemory.ts';
import { EmbedsCache, type Lease } from './embedsCache.ts';
import type { AlphaMode, PixelTensor } from './pixelTensor.ts';
import { whileOthersWork } from './turns.ts';
import { untilAborted } from './untilAborted.ts';
import type { Picture, SeenAhead, SeenFeature, SharedMemory, VisionShape } from './visionMessages.ts';
import type { VisionThread } from './visionThread.ts';

export interface PictureOptions {
  /** What lies below transparent pixels; 'auto' when not given. */
  readonly alpha?: AlphaMode;
  /** Under this name the encoded picture is kept for the next call; it must name the bytes and `alpha`. */
  readonly imageKey?: string;
}

/** An encoded picture, and what it took. */
export interface Seen extends Lease {
  readonly decodeMs: number;
  readonly encodeMs: number;
}

/** A picture, and what it is kept under. */
export interface FirstPicture {
  readonly picture: Picture;
  readonly alpha: AlphaMode;
  /** As in PictureOptions. */
  readonly imageKey: string;
}

/** A picture that is seen before anyone could ask for it. */
export interface Ahead {
  readonly imageKey: string;
  readonly seen: Promise<SeenAhead>;
}

/** Begins once the graphs are open. What is wrong with the picture is told to whoever asks for it. */
export function seeAhead(vision: VisionThread, { picture, alpha, imageKey }: FirstPicture): Ahead {
  const seen = vision.call('seeAhead', undefined, picture, alpha);
  seen.catch(() => {});
  return { imageKey, seen };
}

/** Pictures that are kept however large they are. */
const fewest = 2;

/** Memory of several pictures, valid until it is released. */
interface LentMemory {
  readonly memory: CrossMemory;
  readonly release: () => void;
}

/** What is needed of a model. */
interface SeeingModel {
  readonly vision: VisionThread;
  readonly visionShape: Promise<VisionShape>;
  readonly ahead: Ahead | null;
}

export class PictureReader {
  readonly #vision: VisionThread;
  readonly #shape: VisionShape;
  readonly #cache: EmbedsCache;
  #ahead: Ahead | null;
  #lastBatch: CrossMemory | null = null;

  private constructor(vision: VisionThread, shape: VisionShape, ahead: Ahead | null, cacheBytes: number) {
    this.#vision = vision;
    this.#ahead = ahead;
    this.#shape = shape;
    this.#cache = new EmbedsCache(shape.memoryLayout, Math.max(cacheBytes, fewest * layoutBytes(shape.memoryLayout)));
  }

  static async create({ vision, visionShape, ahead }: SeeingModel, cacheBytes: number): Promise<PictureReader> {
    return new PictureReader(vision, await visionShape, ahead, cacheBytes);
  }

  /**
   * @throws BlipError ImageUnreadable or ImageTooLarge.
   */
  async see(picture: Picture, { alpha = 'auto', imageKey }: PictureOptions, signal?: AbortSignal): Promise<Seen> {
    const times = { decodeMs: 0, encodeMs: 0 };
    const encode = async (memory: CrossMemory): Promise<Float32Array | null> => {
      const ahead = this.#takeAhead(imageKey);
      const { feature, ...took } =
        ahead === null
          ? await this.#vision.call('see', signal, picture, alpha, shared(memory))
          : await copied(untilAborted(whileOthersWork(ahead), signal), memory);
      Object.assign(times, took);
      return feature;
    };
    const lease = await this.#cache.acquire(imageKey ?? null, encode, signal);
    return { ...lease, ...times };
  }

  #takeAhead(imageKey: string | undefined): Promise<SeenAhead> | null {
    if (this.#ahead === null || this.#ahead.imageKey !== imageKey) return null;
    const { seen } = this.#ahead;
    this.#ahead = null;
    return seen;
  }

  /** Decoded, and of the model's size. */
  async decode(picture: Picture, alpha: AlphaMode = 'auto', signal?: AbortSignal): Promise<PixelTensor> {
    return this.#vision.call('decode', signal, picture, alpha);
  }

  /** Encodes decoded pictures into one memory, for one text batch; several a run where a run stays short. */
  async encodeAll(pictures: readonly PixelTensor[], maxRunMs: number, signal?: AbortSignal): Promise<LentMemory> {
    const { takesBatches } = this.#shape;
    const lent = this.#lend(pictures.length);
    let size = 1;
    try {
      for (let first = 0; first < pictures.length;) {
        signal?.throwIfAborted();
        const run = pictures.slice(first, first + size);
        const start = performance.now();
        await this.#vision.call('encode', signal, run, shared(lent.memory.part(first, run.length)));
        first += run.length;
        const each = (performance.now() - start) / run.length;
        if (takesBatches) size = Math.max(1, Math.min(2 * size, Math.floor(maxRunMs / each)));
      }
    } catch (error) {
      lent.release();
      throw error;
    }
    return lent;
  }

  /** That of the last batch, where it is free and has room: shared memory is collected late, and new pages cost time. */
  #lend(pictures: number): LentMemory {
    const last = this.#lastBatch;
    this.#lastBatch = null;
    const all =
      last !== null && last.pictures >= pictures ? last : CrossMemory.allocate(this.#shape.memoryLayout, pictures);
    return { memory: all.part(0, pictures), release: () => (this.#lastBatch = all) };
  }

  /** [positions, hidden], after the final layer norm. */
  async imageEmbeds(picture: Picture, alpha: AlphaMode = 'auto', signal?: AbortSignal): Promise<Float32Array> {
    return this.#vision.call('imageEmbeds', signal, picture, alpha);
  }

  /** Bytes that a picture takes in a text batch. */
  get pictureBytes(): number {
    return layoutBytes(this.#shape.memoryLayout);
  }
}

async function copied(seen: Promise<SeenAhead>, { tensors }: CrossMemory): Promise<SeenFeature> {
  const { memory, ...rest } = await seen;
  for (const [index, tensor] of tensors.entries()) tensor.set(memory.tensors[index]!);
  return rest;
}

function shared({ pictures, tensors }: CrossMemory): SharedMemory {
  return { pictures, tensors };
}
