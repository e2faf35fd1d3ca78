import { gunzipSync } from 'node:zlib';
import { BlipError } from '../errors.ts';

/** A drawing of more text than this is not an illustration of a document; it would cost minutes. */
const MAX_SVG_BYTES = 32 * 1024 * 1024;

/** Longest side over model size; room for the resize to the model's square to average over. */
const OVERSAMPLING = 1.25;
/** Elongated drawings get their short side at the model's size, up to this longest side over model size. */
const MAX_ELONGATION = 4;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The text of an .svgz. @throws {BlipError} ImageUnreadable, ImageTooLarge */
export function gunzipSvg(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_SVG_BYTES });
  } catch (error) {
    if (error instanceof RangeError) throw tooLong(error);
    throw new BlipError(
      'ImageUnreadable',
      'This is a compressed file that is truncated or damaged. Save the picture again.',
      { cause: error },
    );
  }
}

/**
 * Refuses what a drawing has no need of and an attack has: entities that load files or build on each other (a few
 * hundred bytes grow to gigabytes so). Plain ones, as Illustrator writes them, are fine: libxml2 bounds their growth.
 * Outside links need no check here: librsvg follows none for a drawing that comes from memory.
 */
export function assertHarmlessSvg(bytes: Uint8Array): void {
  if (bytes.byteLength > MAX_SVG_BYTES) throw tooLong();
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  for (const [, declaration = ''] of text.matchAll(/<!ENTITY([^>]*)>?/g)) {
    if (/^\s*%|\b(SYSTEM|PUBLIC)\b|&/.test(declaration)) {
      throw new BlipError(
        'ImageUnreadable',
        'This SVG declares XML entities that load files or expand each other; these are not followed. ' +
          'Save it without a DOCTYPE.',
      );
    }
  }
}

/** Pixels at a density, in dots per inch (72: a pixel is a pixel). */
export interface DrawnSize {
  readonly width: number;
  readonly height: number;
  readonly density: number;
}

/** Where a drawing is asked for its size, in turn: as written, finely (a tiny one rounds to a few pixels), coarsely. */
export const MEASUREMENTS = [
  { density: 72, shortestSide: 16 },
  { density: 7200, shortestSide: 1 },
  { density: 72, shortestSide: 1 },
  { density: 1, shortestSide: 1 },
] as const;

const MIN_DENSITY = 1;
const MAX_DENSITY = 100_000;

/** The size and density at which to draw: the model's size and a little more, the aspect ratio kept. */
export function drawingSize(measured: DrawnSize, modelSize: number): DrawnSize {
  const long = Math.max(measured.width, measured.height);
  const short = Math.min(measured.width, measured.height);
  const scale = Math.max(
    (OVERSAMPLING * modelSize) / long,
    Math.min(modelSize / short, (MAX_ELONGATION * modelSize) / long),
  );
  return {
    width: Math.max(1, Math.round(measured.width * scale)),
    height: Math.max(1, Math.round(measured.height * scale)),
    density: Math.min(Math.max(measured.density * scale, MIN_DENSITY), MAX_DENSITY),
  };
}

function tooLong(cause?: unknown): BlipError {
  return new BlipError(
    'ImageTooLarge',
    `This SVG holds more than ${MAX_SVG_BYTES / 1024 / 1024} MB of text. Simplify it, or export it as PNG.`,
    { cause },
  );
}
