/** Sound pictures of every format to break, and headers that promise too much. */
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';

const side = 40;
const rgba = Buffer.from(Array.from({ length: side * side * 4 }, (_, index) => (index * 37) % 256));
const picture = (): Sharp => sharp(rgba, { raw: { width: side, height: side, channels: 4 } });

export const drawing =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><defs><linearGradient id="g"><stop stop-color="red"/>' +
  '</linearGradient></defs><path d="M2 2h20v20H2z" fill="url(#g)"/><text x="4" y="12">text</text></svg>';

/** By format. */
export async function soundPictures(): Promise<ReadonlyMap<string, Buffer>> {
  const frames = sharp(rgba, { raw: { width: side, height: side, channels: 4, pageHeight: side / 2 } });
  return new Map([
    ['png', await picture().png().toBuffer()],
    ['palette png', await picture().png({ palette: true, colours: 16 }).toBuffer()],
    ['interlaced png', await picture().png({ progressive: true }).toBuffer()],
    ['16 bit png', await picture().toColourspace('rgb16').png().toBuffer()],
    ['grey png', await picture().removeAlpha().greyscale().png().toBuffer()],
    ['jpeg', await picture().jpeg().toBuffer()],
    ['progressive jpeg', await picture().jpeg({ progressive: true, mozjpeg: true }).toBuffer()],
    ['cmyk jpeg', await picture().removeAlpha().toColourspace('cmyk').jpeg().toBuffer()],
    ['webp', await picture().webp().toBuffer()],
    ['lossless webp', await picture().webp({ lossless: true }).toBuffer()],
    ['gif', await picture().gif().toBuffer()],
    ['animated gif', await frames.clone().gif().toBuffer()],
    ['animated webp', await frames.clone().webp().toBuffer()],
    ['avif', await picture().avif({ effort: 0 }).toBuffer()],
    ['tiff', await picture().tiff().toBuffer()],
    ['jpeg tiff', await picture().removeAlpha().tiff({ compression: 'jpeg' }).toBuffer()],
    ['svg', Buffer.from(drawing)],
    ['svgz', gzipSync(drawing)],
  ]);
}

function pngChunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.byteLength, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/** A PNG whose pixels, all black, would take width × height × 3 bytes. */
export function pngBomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(Buffer.alloc(1_000_000))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Sound bytes with other dimensions in their header. */
export function withDimensions(bytes: Buffer, format: 'gif' | 'jpeg' | 'tiff', width: number, height: number): Buffer {
  const changed = Buffer.from(bytes);
  if (format === 'gif') {
    const frame = changed.indexOf(Buffer.from([0x2c, 0, 0, 0, 0]));
    for (const at of [6, frame + 5]) {
      changed.writeUInt16LE(width, at);
      changed.writeUInt16LE(height, at + 2);
    }
  } else if (format === 'jpeg') {
    const frame = changed.indexOf(Buffer.from([0xff, 0xc0]));
    changed.writeUInt16BE(height, frame + 5);
    changed.writeUInt16BE(width, frame + 7);
  } else {
    const directory = changed.readUInt32LE(4);
    for (let entry = 0; entry < changed.readUInt16LE(directory); entry += 1) {
      const at = directory + 2 + 12 * entry;
      const tag = changed.readUInt16LE(at);
      if (tag !== 256 && tag !== 257) continue;
      changed.writeUInt16LE(4, at + 2); // LONG
      changed.writeUInt32LE(tag === 256 ? width : height, at + 8);
    }
  }
  return changed;
}
