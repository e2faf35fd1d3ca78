import type { Metadata, Sharp, SharpOptions } from 'sharp';
import { BlipError, DecodingStuck } from './errors.ts';
import { flattenAlpha, showsSomething } from './image/flattenAlpha.ts';
import { loadSharp } from './image/loadSharp.ts';
import { SUPPORTED_FORMATS, sniffFormat, type ImageFormat } from './image/sniffFormat.ts';
import { assertHarmlessSvg, drawingSize, gunzipSvg, isGzip, MEASUREMENTS, type DrawnSize } from './image/svg.ts';
import type { AlphaMode, PixelTensor } from './pixelTensor.ts';

export interface DecodeOptions {
  readonly alpha: AlphaMode;
  /** Side of the square the model looks at, in pixels: drawings without a size of their own are drawn for it. */
  readonly size: number;
}

const MAX_PIXELS = 100_000_000;
/** Frames after a blank first one are looked through together, this many pixels of them at most. */
const MAX_FRAME_PIXELS = 32_000_000;
/** A sound picture takes a second at most; drawings can be made to take hours. */
const TIME_LIMIT_MS = 15_000;

const READ_OPTIONS: SharpOptions = {
  autoOrient: true,
  // The reference ignores profiles; Display P3 pictures would differ by a hundred levels otherwise.
  ignoreIcc: true,
  // Warnings are for what decoders can live with; truncated data is an error.
  failOn: 'error',
  // Checked here, with a message that names the size.
  limitInputPixels: false,
};

type Open = (more?: SharpOptions) => Sharp;

/**
 * The pixels of a picture as people see it: the orientation tag applied, transparency laid on a ground, the first
 * frame that shows something, drawings drawn. [height, width, 3], at the picture's own size.
 * @throws {BlipError} ImageUnreadable, ImageTooLarge (before decoding); the message begins a sentence about the file
 */
export async function decodeImage(
  bytes: Uint8Array,
  options: DecodeOptions,
  signal?: AbortSignal,
): Promise<PixelTensor> {
  signal?.throwIfAborted();
  const source = isGzip(bytes) ? gunzipSvg(bytes) : bytes;
  const format = supportedFormat(source);
  const sharp = await loadSharp();
  const open: Open = (more) => sharp(source, { ...READ_OPTIONS, ...more });
  if (format === 'svg') {
    assertHarmlessSvg(source);
    return draw(open, options, signal);
  }
  const metadata = await readable(format, () => open().metadata());
  signal?.throwIfAborted();
  refuseTooLarge(metadata);
  const first = await pixels(format, open(), options.alpha);
  const pages = format === 'gif' || format === 'webp' ? (metadata.pages ?? 1) : 1;
  if (pages === 1 || showsSomething(first)) return first;
  signal?.throwIfAborted();
  return (await laterFrame(format, open, { first, pages, alpha: options.alpha })) ?? first;
}

function supportedFormat(bytes: Uint8Array): ImageFormat {
  if (bytes.byteLength === 0) {
    throw new BlipError('ImageUnreadable', 'The file is empty. Save the picture again.');
  }
  const sniffed = sniffFormat(bytes);
  switch (sniffed.kind) {
    case 'supported':
      return sniffed.format;
    case 'unsupported':
      throw new BlipError('ImageUnreadable', `This is ${sniffed.name}, which cannot be read. ${sniffed.remedy}`);
    case 'unknown':
      throw new BlipError(
        'ImageUnreadable',
        `This is no picture of a known format. Only ${SUPPORTED_FORMATS} can be read.`,
      );
  }
}

function refuseTooLarge({ width, height }: Metadata): void {
  if (width * height <= MAX_PIXELS) return;
  throw new BlipError(
    'ImageTooLarge',
    `The picture has ${width} × ${height} pixels, more than ${MAX_PIXELS / 1e6} megapixels. Scale it down.`,
  );
}

function stuckAt(format: ImageFormat): DecodingStuck {
  return new DecodingStuck(
    `The ${format.toUpperCase()} picture was not decoded within ${TIME_LIMIT_MS / 1000} s. Simplify it, or export it as PNG.`,
  );
}

/** Runs a step of decoding and turns the decoder's complaint into an error a person can act on. */
async function readable<T>(format: ImageFormat, step: () => Promise<T>): Promise<T> {
  const stuck = Promise.withResolvers<never>();
  const timer = setTimeout(() => stuck.reject(stuckAt(format)), TIME_LIMIT_MS);
  try {
    return await Promise.race([step(), stuck.promise]);
  } catch (error) {
    if (error instanceof BlipError) throw error;
    // libvips lists its complaints, often one many times; the last is why it gave up.
    const complaints = (error instanceof Error ? error.message : String(error)).trim().split('\n');
    const reason = complaints.at(-1)!.replace(/^Input buffer has corrupt header: /, '');
    if (format === 'svg' && /bad dimensions|zero-sized/.test(reason)) {
      throw new BlipError(
        'ImageUnreadable',
        'The SVG picture shows nothing, or is less than a pixel wide or high. Give it a viewBox, a width and a height.',
        { cause: error },
      );
    }
    throw new BlipError(
      'ImageUnreadable',
      `The ${format.toUpperCase()} picture is truncated or damaged (${reason}). Save or export it again.`,
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
  }
}

async function pixels(format: ImageFormat, image: Sharp, alpha: AlphaMode): Promise<PixelTensor> {
  if (alpha === 'drop') image.removeAlpha();
  const { data, info } = await readable(format, () =>
    image.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }),
  );
  return flattenAlpha(
    {
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      height: info.height,
      width: info.width,
      channels: info.channels === 4 ? 4 : 3,
    },
    alpha,
  );
}

/** The first frame after a blank one that shows something, if there is one among those that are looked at. */
async function laterFrame(
  format: ImageFormat,
  open: Open,
  { first, pages, alpha }: { first: PixelTensor; pages: number; alpha: AlphaMode },
): Promise<PixelTensor | undefined> {
  const { height, width } = first;
  const count = Math.min(pages - 1, Math.floor(MAX_FRAME_PIXELS / (height * width)));
  if (count === 0) return undefined;
  // One below the other: the decoder goes through an animation once.
  const strip = await pixels(format, open({ page: 1, pages: count }), alpha);
  for (let frame = 0; frame < count; frame++) {
    const size = height * width * 3;
    const tensor = { data: strip.data.subarray(frame * size, (frame + 1) * size), height, width };
    if (showsSomething(tensor)) return { ...tensor, data: tensor.data.slice() };
  }
  return undefined;
}

async function draw(open: Open, { alpha, size }: DecodeOptions, signal?: AbortSignal): Promise<PixelTensor> {
  const { density, ...drawn } = drawingSize(await measure(open, signal), size);
  signal?.throwIfAborted();
  return pixels('svg', open({ density }).resize({ ...drawn, fit: 'fill' }), alpha);
}

/** What a drawing says of its size: some densities round it to nothing, others to more than libvips can hold. */
async function measure(open: Open, signal?: AbortSignal): Promise<DrawnSize> {
  let complaint: unknown;
  for (const { density, shortestSide } of MEASUREMENTS) {
    signal?.throwIfAborted();
    try {
      const { width, height } = await readable('svg', () => open({ density }).metadata());
      if (Math.min(width, height) >= shortestSide) return { width, height, density };
    } catch (error) {
      if (error instanceof DecodingStuck) throw error;
      complaint ??= error;
    }
  }
  throw complaint;
}
