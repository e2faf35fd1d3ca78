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

/**
 * sharp, locked down. Loaded on first need, since it brings 20 MB of native code.
 * @throws {BlipError} ModelUnavailable where sharp has no build for this platform.
 */
export async function loadSharp(): Promise<typeof Sharp> {
  const sharp = await importSharp();
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: ALLOWED_LOADERS });
  // Decoded pixels are kept by no one: the next picture is another one.
  sharp.cache(false);
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
