/** A hostile picture is an error message: what is refused, why, how soon; and what broken bytes do. */
import assert from 'node:assert/strict';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { decodeImage } from '../../server/src/blip/decodeImage.ts';
import { DecodingStuck } from '../../server/src/blip/errors.ts';
import { BlipError, type AlphaMode, type PixelTensor } from '../../server/src/blip/index.ts';
import { drawing, pngBomb, soundPictures, withDimensions } from '../support/hostilePictures.ts';
import { randomGenerator } from '../support/random.ts';

const long = process.env['LONG_TESTS'] === '1';
const size = 64;
const decode = (bytes: Uint8Array, alpha: AlphaMode = 'auto', signal?: AbortSignal): Promise<PixelTensor> =>
  decodeImage(bytes, { alpha, size }, signal);
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
const svg = (inside: string, attributes = 'viewBox="0 0 24 24"'): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${inside}</svg>`);

describe('refused, by name:', () => {
  const cases: readonly (readonly [name: string, bytes: Uint8Array, message: RegExp])[] = [
    ['nothing', new Uint8Array(), /The file is empty/],
    ['blanks', bytesOf(' \n \n'), /only blanks/],
    ['text', bytesOf('This is no picture.\n'), /This is a text/],
    ['a web page', bytesOf('<!DOCTYPE html><html><body><svg></svg></body></html>'), /web page/],
    ['a Git LFS pointer', bytesOf('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'), /git lfs pull/],
    ['ICO', bytesOf('\0\0\x01\0\x01\0'), /an ICO icon.*Convert it to PNG/],
    ['CUR', bytesOf('\0\0\x02\0\x01\0'), /a CUR cursor/],
    ['BMP', bytesOf('BM\x36\0\0\0'), /a BMP bitmap/],
    ['JP2', bytesOf('\0\0\0\x0cjP  \r\n'), /JPEG 2000/],
    ['JPEG XL', bytesOf('\xff\x0a\0\0'), /JPEG XL/],
    ['HEIC', bytesOf('\0\0\0\x18ftypheic\0\0\0\0mif1heic'), /a HEIC picture/],
    ['HEIC among the brands', bytesOf('\0\0\0\x18ftypmif1\0\0\0\0mif1heic'), /a HEIC picture/],
    ['a video', bytesOf('\0\0\0\x18ftypisom\0\0\0\0'), /a video/],
    ['PDF', bytesOf('%PDF-1.7\n'), /a PDF document/],
    ['PSD', bytesOf('8BPS\0\x01'), /Photoshop/],
    ['noise', Uint8Array.from({ length: 500 }, (_, index) => (index * 193 + 7) % 251), /no picture of a known format/],
    ['a gzip bomb', gzipSync(Buffer.alloc(40_000_000, ' ')), /more than 32 MB/],
    ['half a gzip', gzipSync(drawing).subarray(0, 60), /truncated or damaged/],
    ['SVG that is no XML', svg('<rect width="5'), /truncated or damaged/],
    ['SVG of nothing', bytesOf('<svg xmlns="http://www.w3.org/2000/svg"/>'), /shows nothing/],
    [
      'SVG whose entities expand each other',
      bytesOf(`<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>${svg('<text>&b;</text>').toString()}`),
      /XML entities/,
    ],
    [
      'SVG whose entities load files',
      bytesOf(`<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>${svg('<text y="9">&a;</text>').toString()}`),
      /XML entities/,
    ],
    [
      'SVG with an entity a million times',
      bytesOf(
        `<!DOCTYPE svg [<!ENTITY a "${'a'.repeat(1e5)}">]>${svg(`<text>${'&a;'.repeat(10_000)}</text>`).toString()}`,
      ),
      /truncated or damaged/,
    ],
    ['SVG of groups in groups', svg('<g>'.repeat(1e5) + '</g>'.repeat(1e5)), /truncated or damaged/],
  ];
  for (const [name, bytes, message] of cases) {
    it(name, () => assert.rejects(decode(bytes), { name: /^Image(Unreadable|TooLarge)$/, message }));
  }
});

describe('more than 100 megapixels: refused in less than 100 ms', () => {
  let sound: ReadonlyMap<string, Buffer>;
  before(async () => {
    sound = await soundPictures();
    await decode(sound.get('png')!); // sharp is loaded
  });
  const bombs: readonly (readonly [name: string, () => Buffer])[] = [
    ['PNG', () => pngBomb(20_000, 20_000)],
    ['PNG one pixel high', () => pngBomb(100_000_001, 1)],
    ['GIF', () => withDimensions(sound.get('gif')!, 'gif', 60_000, 60_000)],
    ['JPEG', () => withDimensions(sound.get('jpeg')!, 'jpeg', 60_000, 60_000)],
    ['TIFF', () => withDimensions(sound.get('tiff')!, 'tiff', 60_000, 60_000)],
  ];
  for (const [name, make] of bombs) {
    it(name, async () => {
      const bomb = make();
      // A machine that has other things to do stalls at times: the fastest of a few tells.
      const times: number[] = [];
      for (let round = 0; round < 5; round += 1) {
        const started = performance.now();
        await assert.rejects(decode(bomb), { name: /^Image(TooLarge|Unreadable)$/ });
        times.push(performance.now() - started);
      }
      assert.ok(Math.min(...times) < 100, times.join(' '));
    });
  }
  it('says how large the picture is', () =>
    assert.rejects(decode(pngBomb(20_000, 20_000)), {
      code: 'ImageTooLarge',
      message: 'The picture has 20000 × 20000 pixels, more than 100 megapixels. Scale it down.',
    }));
});

describe('broken bytes are an error, never more', () => {
  let sound: ReadonlyMap<string, Buffer>;
  before(async () => {
    sound = await soundPictures();
  });

  const attempt = async (bytes: Uint8Array, what: string): Promise<void> => {
    try {
      const { data, width, height } = await decode(bytes);
      assert.equal(data.byteLength, width * height * 3, what);
    } catch (error) {
      assert.ok(error instanceof BlipError && /^Image(Unreadable|TooLarge)$/.test(error.code), what);
    }
  };

  it('sound ones are pictures', async () => {
    for (const [name, bytes] of sound) assert.ok((await decode(bytes)).width > 0, name);
  });

  it('truncated anywhere', async () => {
    const cuts = long ? 100 : 5;
    for (const [name, bytes] of sound) {
      for (let cut = 0; cut < cuts; cut += 1) {
        const length = Math.floor((bytes.byteLength * cut) / cuts);
        await attempt(bytes.subarray(0, length), `${name} of ${length} bytes`);
      }
    }
  });

  it('with bits flipped', async () => {
    const random = randomGenerator(9);
    const rounds = long ? 200 : 10;
    for (const [name, bytes] of sound) {
      for (let round = 0; round < rounds; round += 1) {
        const flipped = Uint8Array.from(bytes);
        for (let flips = 1 + Math.floor(random() * 8); flips > 0; flips -= 1) {
          flipped[Math.floor(random() * flipped.length)]! ^= 1 << Math.floor(random() * 8);
        }
        await attempt(flipped, `${name}, round ${round}`);
      }
    }
  });
});

describe('a drawing', () => {
  const isWhite = ({ data }: PixelTensor): boolean => data.every((value) => value === 255);

  it('follows no link out of itself', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'outside-'));
    const file = join(folder, 'red.png');
    writeFileSync(
      file,
      await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
    );
    const links = [file, `file://${file}`, 'http://127.0.0.1:9/red.png'];
    const inside = links.map((link) => `<image width="24" height="24" href="${link}"/>`).join('');
    const include = `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>`;
    assert.ok(isWhite(await decode(svg(`${inside}<text y="12">${include}</text>`), 'white')));
    rmSync(folder, { recursive: true });
  });

  const sizes: readonly (readonly [attributes: string, width: number, height: number])[] = [
    ['viewBox="0 0 24 24"', 80, 80],
    ['width="24" height="24"', 80, 80],
    ['width="1000000" height="1000000" viewBox="0 0 10 10"', 80, 80],
    ['width="1000000" height="500000"', 128, 64],
    ['width="100%" height="100%" viewBox="0 0 100 50"', 128, 64],
    ['width="1em" height="1em" viewBox="0 0 24 24"', 80, 80],
    ['width="1.5" height="1" viewBox="0 0 3 2"', 96, 64],
    ['viewBox="0 0 1000 10"', 256, 3],
  ];
  for (const [attributes, width, height] of sizes) {
    it(`of ${attributes} is drawn at ${width} × ${height}`, async () => {
      const drawn = await decode(svg('<rect width="5" height="5"/>', attributes));
      assert.deepEqual([drawn.width, drawn.height], [width, height]);
    });
  }

  it('that takes minutes is given up', { skip: !long && 'only with the long tests' }, async () => {
    const filter = `<filter id="f">${'<feGaussianBlur stdDeviation="3"/>'.repeat(40_000)}</filter>`;
    const endless = svg(`${filter}<rect width="24" height="24" filter="url(#f)"/>`);
    await assert.rejects(decode(endless), DecodingStuck);
  });
});

describe('a picture as people see it', () => {
  const flat = (background: { r: number; g: number; b: number; alpha: number }, channels: 3 | 4 = 4): Sharp =>
    sharp({ create: { width: 8, height: 4, channels, background } });
  const first = ({ data }: PixelTensor): number[] => [...data.subarray(0, 3)];

  const grounds: readonly (readonly [name: string, colour: [number, number, number, number], AlphaMode, number[]])[] = [
    ['what is transparent is white', [0, 0, 0, 0], 'auto', [255, 255, 255]],
    ['a dark shape lies on white', [10, 20, 30, 0.5], 'auto', [132, 137, 142]],
    ['a white shape lies on dark grey', [255, 255, 255, 0.5], 'auto', [153, 153, 153]],
    ['a white shape on white, where that is asked for', [255, 255, 255, 0.5], 'white', [255, 255, 255]],
    ['alpha is dropped, where that is asked for', [10, 20, 30, 0.5], 'drop', [10, 20, 30]],
    ['an opaque white picture stays white', [255, 255, 255, 1], 'auto', [255, 255, 255]],
  ];
  for (const [name, [r, g, b, alpha], mode, expected] of grounds) {
    it(name, async () => {
      assert.deepEqual(first(await decode(await flat({ r, g, b, alpha }).png().toBuffer(), mode)), expected);
    });
  }

  it('the orientation tag is applied', async () => {
    const tagged = flat({ r: 9, g: 9, b: 9, alpha: 1 }, 3).withMetadata({ orientation: 6 });
    for (const bytes of [await tagged.clone().jpeg().toBuffer(), await tagged.clone().webp().toBuffer()]) {
      const { width, height } = await decode(bytes);
      assert.deepEqual([width, height], [4, 8]);
    }
  });

  it('of an animation the first frame that shows something', async () => {
    const blank = Buffer.alloc(8 * 4 * 3, 255);
    const scene = Buffer.from(Array.from({ length: 8 * 4 * 3 }, (_, index) => (index % 24 < 12 ? 20 : 200)));
    const frames = Buffer.concat([blank, blank, scene]);
    const animation = sharp(frames, { raw: { width: 8, height: 12, channels: 3, pageHeight: 4 } });
    for (const bytes of [
      await animation.clone().gif().toBuffer(),
      await animation.clone().webp({ lossless: true }).toBuffer(),
    ]) {
      const { data, width, height } = await decode(bytes);
      assert.deepEqual([width, height, data[0], data.at(-1)], [8, 4, 20, 200]);
    }
  });

  it('an embedded colour profile is not applied', async () => {
    const plain = flat({ r: 200, g: 30, b: 30, alpha: 1 }, 3);
    const bytes = await plain.withIccProfile('p3', { attach: true }).png().toBuffer();
    const stored = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer();
    assert.deepEqual(first(await decode(bytes)), [...stored.subarray(0, 3)]);
  });

  it('decoding stops when nobody waits for it', () =>
    assert.rejects(decode(Buffer.from(drawing), 'auto', AbortSignal.abort()), { name: 'AbortError' }));
});
