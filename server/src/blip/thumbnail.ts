import { decodeImage } from './decodeImage.ts';
import { loadSharp } from './image/loadSharp.ts';

/**
 * A PNG of the picture as the model gets to see it, at most `side` pixels a side, never enlarged.
 * @throws {BlipError} ImageUnreadable, ImageTooLarge
 */
export async function makeThumbnail(bytes: Uint8Array, side: number): Promise<Uint8Array> {
  const { data, width, height } = await decodeImage(bytes, { alpha: 'auto', size: side });
  const sharp = await loadSharp();
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
    .png({ compressionLevel: 9, palette: true })
    .toBuffer();
}
