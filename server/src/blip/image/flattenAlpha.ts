import type { AlphaMode, PixelTensor } from '../pixelTensor.ts';

/** Pixels as they come from the decoder: [height, width, 3 or 4], RGB or RGBA. */
export interface DecodedPixels {
  readonly data: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: 3 | 4;
}

const WHITE = 255;
const DARK_GREY = 51;
/** What is visible counts as nearly white when it is on average darker than white by less than this (of 255). */
const NEARLY_WHITE = 24;

/**
 * Lays a picture on an opaque ground. Works in place: a picture may fill hundreds of megabytes.
 * [h, w, 4] → [h, w, 3]; opaque pictures stay as they are.
 */
export function flattenAlpha(pixels: DecodedPixels, mode: AlphaMode): PixelTensor {
  const { data, height, width, channels } = pixels;
  if (channels === 3) return { data, height, width };
  const ground = mode === 'auto' && meanDarkness(data) < NEARLY_WHITE ? DARK_GREY : WHITE;
  const count = height * width;
  for (let i = 0, from = 0, to = 0; i < count; i++, from += 4, to += 3) {
    const alpha = mode === 'drop' ? 255 : data[from + 3]!;
    data[to] = compose(data[from]!, alpha, ground);
    data[to + 1] = compose(data[from + 1]!, alpha, ground);
    data[to + 2] = compose(data[from + 2]!, alpha, ground);
  }
  return { data: data.subarray(0, count * 3), height, width };
}

/** Pillow's alpha_composite over an opaque ground, bit for bit (`src/libImaging/AlphaComposite.c`: 7 bits more). */
function compose(value: number, alpha: number, ground: number): number {
  const sum = value * alpha * 128 + ground * (255 - alpha) * 128 + 128 * 128;
  return (((sum >> 8) + sum) >> 8) >> 7;
}

/** Mean of 255 − luma (ITU-R 601) over what is visible, weighted by alpha; 255 where nothing is. */
function meanDarkness(rgba: Uint8Array): number {
  let darkness = 0;
  let visible = 0;
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3]!;
    const luma = 0.299 * rgba[i]! + 0.587 * rgba[i + 1]! + 0.114 * rgba[i + 2]!;
    darkness += alpha * (255 - luma);
    visible += alpha;
  }
  return visible === 0 ? 255 : darkness / visible;
}

/** Whether there is more than one flat colour to see. */
export function showsSomething({ data }: PixelTensor): boolean {
  for (let i = 3; i < data.length; i++) {
    if (data[i] !== data[i - 3]) return true;
  }
  return false;
}
