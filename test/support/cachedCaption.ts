import type { Caption } from '../../server/src/blip/index.ts';
import type { CaptionKey } from '../../server/src/captionCache.ts';

/** Captions for a cache's tests, each told from the others by its number, and long enough to be written in pieces. */
export function captionOf(number: number): Caption {
  const tokens = Array.from({ length: 200 }, (_, index) => ({
    id: index,
    text: `word ${number}`,
    logProb: -(number + 1) / 100,
  }));
  return {
    caption: `caption ${number}`,
    confidence: 0.5,
    confident: true,
    photograph: false,
    tokens,
    precision: 'fp32',
    timings: { decodeMs: 1, encodeMs: 2, generateMs: 3, totalMs: 6 },
  };
}

export function keyOf(number: number): CaptionKey {
  return { modelHash: 'm', precision: 'fp32', imageHash: String(number), alpha: 'auto', options: {} };
}
