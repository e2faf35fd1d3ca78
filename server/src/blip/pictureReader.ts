/** Picture → encoded picture, from the cache where it was seen before: decoding, resizing and the vision graph. */
import type { BlipModel } from './blipModel.ts';
import { CrossMemory, layoutBytes } from './crossMemory.ts';
import { decodeImage } from './decodeImage.ts';
import { EmbedsCache, type Lease } from './embedsCache.ts';
import { PictureEncoder } from './pictureEncoder.ts';
import type { AlphaMode, PixelTensor } from './pixelTensor.ts';
import { resizeBicubic } from './preprocess.ts';

/** A picture as its file's bytes, or decoded already. */
export type Picture = Uint8Array | PixelTensor;

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

export class PictureReader {
  readonly #model: BlipModel;
  readonly #encoder: PictureEncoder;
  readonly #cache: EmbedsCache;

  private constructor(model: BlipModel, encoder: PictureEncoder, cacheBytes: number) {
    this.#model = model;
    this.#encoder = encoder;
    this.#cache = new EmbedsCache(encoder.memoryLayout, cacheBytes);
  }

  static async create(model: BlipModel, cacheBytes: number): Promise<PictureReader> {
    const { architecture } = model.info;
    return new PictureReader(
      model,
      new PictureEncoder(await model.visionSessions(), model.config, architecture),
      cacheBytes,
    );
  }

  /**
   * @throws BlipError ImageUnreadable or ImageTooLarge.
   */
  async see(picture: Picture, { alpha, imageKey }: PictureOptions, signal?: AbortSignal): Promise<Seen> {
    const times = { decodeMs: 0, encodeMs: 0 };
    const encode = async (memory: CrossMemory): Promise<Float32Array | null> => {
      const start = performance.now();
      const pixels = await this.decode(picture, alpha, signal);
      times.decodeMs = performance.now() - start;
      signal?.throwIfAborted();
      const [feature] = await this.#encoder.encode([pixels], memory, signal);
      times.encodeMs = performance.now() - start - times.decodeMs;
      return feature ?? null;
    };
    const lease = await this.#cache.acquire(imageKey ?? null, encode, signal);
    return { ...lease, ...times };
  }

  /** Decoded and resized at once: a batch of photographs would fill gigabytes otherwise. */
  async decode(picture: Picture, alpha: AlphaMode = 'auto', signal?: AbortSignal): Promise<PixelTensor> {
    const size = this.#model.config.vision.imageSize;
    const pixels = picture instanceof Uint8Array ? await decodeImage(picture, { alpha, size }, signal) : picture;
    return resizeBicubic(pixels, size, size);
  }

  /** Encodes decoded pictures into one memory, for one text batch; several a run where a run stays short. */
  async encodeAll(pictures: readonly PixelTensor[], maxRunMs: number, signal?: AbortSignal): Promise<CrossMemory> {
    const memory = CrossMemory.allocate(this.#encoder.memoryLayout, pictures.length);
    const { batches } = this.#encoder;
    let size = 1;
    for (let first = 0; first < pictures.length;) {
      signal?.throwIfAborted();
      const run = pictures.slice(first, first + size);
      const start = performance.now();
      await this.#encoder.encode(run, memory.part(first, run.length), signal);
      first += run.length;
      const each = (performance.now() - start) / run.length;
      if (batches) size = Math.max(1, Math.min(2 * size, Math.floor(maxRunMs / each)));
    }
    return memory;
  }

  /** [positions, hidden], after the final layer norm. */
  async imageEmbeds(picture: Picture, alpha?: AlphaMode, signal?: AbortSignal): Promise<Float32Array> {
    return this.#encoder.imageEmbeds(await this.decode(picture, alpha, signal), signal);
  }

  /** Bytes that a picture takes in a text batch. */
  get pictureBytes(): number {
    return layoutBytes(this.#encoder.memoryLayout);
  }
}
