import type { ImageFile } from './imageFile.ts';

/** Pictures of one batch, and their bytes as they lie on disk: more of either is left to the next batch. */
export const batchLimits = { pictures: 8, bytes: 32 * 1024 * 1024 } as const;

/** Pictures that bulk work is at: those of a batch under way and of the next one. */
export const picturesAhead = 2 * batchLimits.pictures;

/**
 * What bulk work holds in memory: pictures are read in the order in which they are asked for, each only when there is
 * room for it, so that thousands of them take no more than a few batches.
 */
export class PictureRoom {
  #pictures = 0;
  #bytes = 0;
  #lastRead: Promise<unknown> = Promise.resolve();
  #freed = Promise.withResolvers<void>();

  /** Reads a picture and holds it until it was used. */
  async hold<T>(read: () => Promise<ImageFile>, use: (image: ImageFile) => Promise<T>): Promise<T> {
    const reading = this.#lastRead.then(() => this.#enter(read));
    this.#lastRead = reading.catch(() => undefined); // it is this caller's, not the next one's
    const image = await reading;
    try {
      return await use(image);
    } finally {
      this.#pictures -= 1;
      this.#bytes -= image.bytes.length;
      this.#freed.resolve();
      this.#freed = Promise.withResolvers<void>();
    }
  }

  async #enter(read: () => Promise<ImageFile>): Promise<ImageFile> {
    while (this.#pictures >= picturesAhead || this.#bytes >= 2 * batchLimits.bytes) await this.#freed.promise;
    const image = await read();
    this.#pictures += 1;
    this.#bytes += image.bytes.length;
    return image;
  }
}
