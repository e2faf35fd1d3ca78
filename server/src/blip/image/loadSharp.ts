import { workerData } from 'node:worker_threads';
import type Sharp from 'sharp';
import { BlipError } from '../errors.ts';

/** Only these decoders may run, and only on memory: sharp never opens a file or an address of its own accord. */
const ALLOWED_LOADERS = [
  'VipsForeignLoadPngBuffer',
  'VipsForeignLoadJpegBuffer',
  'VipsForeignLoadWebpBuffer',
  'VipsForeignLoadNsgifBuffer',
  'VipsForeignLoadHeifBuffer',
  'VipsForeignLoadTiffBuffer',
  'VipsForeignLoadSvgBuffer',
];

/** What a thread that decodes is started with. */
export interface SharpData {
  readonly sharpLock: Int32Array;
}

/**
 * Whether sharp is locked down, for all threads of the process, which share what libvips allows: while one blocks all
 * decoders, another could read nothing.
 */
export const sharpLock: Int32Array =
  (workerData as Partial<SharpData> | null)?.sharpLock ?? new Int32Array(new SharedArrayBuffer(4));
const [OPEN, CLOSING, LOCKED] = [0, 1, 2];

let loaded: Promise<typeof Sharp> | undefined;

/**
 * sharp, locked down. Loaded on first need, since it brings 20 MB of native code.
 * @throws {BlipError} ModelUnavailable where sharp has no build for this platform.
 */
export function loadSharp(): Promise<typeof Sharp> {
  loaded ??= importSharp().then(lockDown);
  return loaded;
}

function lockDown(sharp: typeof Sharp): typeof Sharp {
  if (Atomics.compareExchange(sharpLock, 0, OPEN, CLOSING) === OPEN) {
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({ operation: ALLOWED_LOADERS });
    // Decoded pixels are kept by no one: the next picture is another one.
    sharp.cache(false);
    Atomics.store(sharpLock, 0, LOCKED);
    Atomics.notify(sharpLock, 0);
  }
  Atomics.wait(sharpLock, 0, CLOSING);
  return sharp;
}

async function importSharp(): Promise<typeof Sharp> {
  try {
    return (await import('sharp')).default;
  } catch (error) {
    throw new BlipError(
      'ModelUnavailable',
      `Pictures cannot be decoded on this platform (${process.platform} ${process.arch}): sharp did not load. ` +
        'Checks of alt text work all the same.',
      { cause: error },
    );
  }
}
