/** Several pictures at once: decoded one by one, seen a few at a time, written together. */
import type { BlipModel } from './blipModel.ts';
import type { Caption } from './caption.ts';
import { captionOf } from './captionResult.ts';
import { generate, prepareRun } from './captionRun.ts';
import { BlipError } from './errors.ts';
import type { GenerationOptions } from './generationOptions.ts';
import type { AlphaMode, PixelTensor } from './pixelTensor.ts';
import type { PictureReader } from './pictureReader.ts';
import type { Picture } from './visionMessages.ts';

export type BatchOptions = GenerationOptions & {
  /** What lies below transparent pixels; 'auto' when not given. */
  readonly alpha?: AlphaMode;
  /** A picture joins others in one run of the vision graph only where that takes no longer; 250 when not given. */
  readonly maxRunMs?: number;
};

/** What a text batch looks at; more pictures are written in several batches. */
const batchBytes = 48 * 1024 * 1024;
/** A picture that someone waits for is never held up longer than this by one run. */
const defaultRunMs = 250;

interface Decoded {
  readonly pixels: PixelTensor;
  readonly decodeMs: number;
}

/** @throws BlipError OptionInvalid; what is wrong with a picture stands in its place. */
export async function captionBatch(
  model: BlipModel,
  reader: PictureReader,
  pictures: readonly Picture[],
  { maxRunMs = defaultRunMs, alpha, ...options }: BatchOptions,
  signal?: AbortSignal,
): Promise<(Caption | BlipError)[]> {
  const run = prepareRun(model, options);
  const size = model.batches ? Math.max(1, Math.floor(batchBytes / reader.pictureBytes)) : 1;
  const results: (Caption | BlipError)[] = [];
  for (let first = 0; first < pictures.length; first += size) {
    const decoded: (Decoded | BlipError)[] = [];
    for (const picture of pictures.slice(first, first + size)) {
      const start = performance.now();
      const pixels = await reader.decode(picture, alpha, signal).catch(asPictureError);
      decoded.push(pixels instanceof BlipError ? pixels : { pixels, decodeMs: performance.now() - start });
    }
    const sound = decoded.filter((item): item is Decoded => !(item instanceof BlipError));
    if (sound.length === 0) {
      results.push(...(decoded as BlipError[]));
      continue;
    }
    const start = performance.now();
    const { memory, release } = await reader.encodeAll(
      sound.map(({ pixels }) => pixels),
      maxRunMs,
      signal,
    );
    const encoded = performance.now();
    const candidates = await generate(model, run, memory, signal).finally(release);
    // Each picture's share of the time that they took together.
    const encodeMs = (encoded - start) / sound.length;
    const generateMs = (performance.now() - encoded) / sound.length;
    const captions = new Map(
      sound.map(({ decodeMs }, index) => {
        const timings = { decodeMs, encodeMs, generateMs, totalMs: decodeMs + encodeMs + generateMs };
        return [sound[index]!, captionOf(candidates[index]!, model.info, run, timings)];
      }),
    );
    results.push(...decoded.map((item) => (item instanceof BlipError ? item : captions.get(item)!)));
  }
  return results;
}

/** What is wrong with a picture is its own; an abort or anything unforeseen ends the batch. */
function asPictureError(error: unknown): BlipError {
  if (error instanceof BlipError && (error.code === 'ImageUnreadable' || error.code === 'ImageTooLarge')) return error;
  throw error;
}
