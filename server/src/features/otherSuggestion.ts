import { altFromCaption } from '../altText.ts';
import type { GenerationOptions } from '../blip/index.ts';
import type { ImageCaption, ImageCaptions } from '../imageCaptions.ts';
import type { ImageFile } from '../imageFile.ts';
import type { Settings } from '../settings.ts';

/** Samples that are drawn before it is said that there is nothing else. */
const draws = 10;
/** Pictures whose suggestions are remembered. */
const most = 500;

/** The suggestions that were made for each picture in this session: another one differs from all of them. */
export class ShownSuggestions {
  readonly #byImage = new Map<string, Set<string>>();

  has(image: ImageFile, words: string): boolean {
    return this.#byImage.get(image.hash)?.has(key(words)) ?? false;
  }

  add(image: ImageFile, words: string): void {
    const shown = this.#byImage.get(image.hash) ?? new Set();
    this.#byImage.delete(image.hash);
    this.#byImage.set(image.hash, shown.add(key(words)));
    const [oldest] = this.#byImage.keys();
    if (this.#byImage.size > most && oldest !== undefined) this.#byImage.delete(oldest);
  }
}

export interface SuggestionRequest {
  readonly image: ImageFile;
  readonly settings: Settings;
  readonly seed: number;
  /** What stands there now. */
  readonly present: string | null;
}

/** A caption unlike those shown so far, sampled more and more freely; null where the model has nothing else to say. */
export async function otherSuggestion(
  images: ImageCaptions,
  shown: ShownSuggestions,
  { image, settings, seed, present }: SuggestionRequest,
  signal: AbortSignal,
): Promise<ImageCaption | null> {
  const first = await images.cached(image, settings);
  if (first !== undefined) shown.add(image, altFromCaption(first.caption, settings.alt));
  if (present !== null) shown.add(image, present);
  for (let draw = 0; draw < draws; draw += 1) {
    const found = await images.caption(image, settings, 'quickFix', signal, {
      generation: sample(seed + draw, draw),
    });
    const words = altFromCaption(found.caption.caption, settings.alt);
    if (words === '' || shown.has(image, words)) continue;
    shown.add(image, words);
    return found;
  }
  return null;
}

/** A seeded sample is the same each time, and cached. */
function sample(seed: number, draw: number): GenerationOptions {
  return { doSample: true, numBeams: 1, numReturnSequences: 1, temperature: 1 + draw / 10, topP: 0.95, seed };
}

function key(words: string): string {
  return words
    .toLowerCase()
    .replace(/[\s.]+/gu, ' ')
    .trim();
}
