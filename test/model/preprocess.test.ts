import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { decodeImage } from '../../server/src/blip/decodeImage.ts';
import type { AlphaMode } from '../../server/src/blip/index.ts';
import { resizeBicubic } from '../../server/src/blip/preprocess.ts';

const kit = new URL('../fixtures/parity-kit/', import.meta.url);

interface Golden {
  readonly rgb_sha256: string;
  readonly resized_u8_file: string;
}
interface Goldens {
  readonly target: readonly [number, number];
  readonly images: readonly (Golden & { readonly image: string; readonly over_white?: Golden })[];
}
const goldens: Goldens = JSON.parse(readFileSync(new URL('goldens/preprocess.json', kit), 'utf8'));
const [height, width] = goldens.target;

function cases(): { image: string; alpha: AlphaMode; golden: Golden }[] {
  return goldens.images.flatMap(({ image, over_white: overWhite, ...golden }) => [
    { image, alpha: 'drop' as const, golden },
    ...(overWhite === undefined ? [] : [{ image, alpha: 'white' as const, golden: overWhite }]),
  ]);
}

describe("pixels are the reference's, byte by byte", () => {
  for (const { image, alpha, golden } of cases()) {
    test(`${image}, alpha ${alpha}`, async () => {
      const decoded = await decodeImage(readFileSync(new URL(`images/${image}`, kit)), { alpha, size: width });
      assert.equal(createHash('sha256').update(decoded.data).digest('hex'), golden.rgb_sha256, 'decoded');
      const resized = resizeBicubic(decoded, height, width);
      assert.equal(resized.data.byteLength, height * width * 3);
      const expected = readFileSync(new URL(`goldens/${golden.resized_u8_file}`, kit));
      assert.equal(Buffer.compare(resized.data, expected), 0, 'resized');
    });
  }
});

describe('resize', () => {
  // [h, w] → [height, width]: SHA-256 of Pillow 13's result on `pattern`
  const pillow: readonly (readonly [readonly [number, number], readonly [number, number], string])[] = [
    [[768, 1024], [384, 384], 'fad95f9be2f302e11feb317ec95e3f9b6667ec8718fe31338e34ab78624c4961'],
    [[1024, 768], [384, 384], 'f0809e1fb19b7c553b390af2e1337332b444dd5a259885af50d0909cf617fa30'],
    [[100, 3000], [384, 384], '88393ee9ca7a6c927206849004419f76fbf30ce02e70a5ec954bce1afe032a54'],
    [[3000, 100], [384, 384], '488d566e3534bdaf2eddc5bb16933efb3de19a41966765c8c996432c2c1bf490'],
    [[1, 1], [64, 64], 'ee6ea932b0eb86f2a666cafca999026c021959f6c1434c2684f0fd8aa7b1f83b'],
    [[384, 384], [384, 384], '891768d4c0ac53f2232940f01ac932b01c80f57544bae5dcdad46b4aefa26d17'],
    [[384, 500], [384, 384], '0f42472d346eaa0c4a86b005eb5b3117036c9083518a85d89928cbc3515a78d1'],
    [[500, 384], [384, 384], '3c74ade8bcb6ffd0ffdb70dd04e827c3ea1f11d7017baa5b917ef4ef71f99d5f'],
    [[17, 1001], [128, 128], '354a0fe6e2a508d1fa4606e465ff99eed3df49133d3271dbe00d03ba7ce23b43'],
    [[640, 513], [384, 384], 'ed2c69fa15fad53d41e56ebdda166c284c834273bbfddb7c91eebaf1a9bd9bfe'],
    [[641, 512], [384, 384], 'efa89cf53bed2eccb7bd826ec232a04d742ec68a6da8e2d23d05c15136990b60'],
    [[30, 30], [24, 16], 'ec380d315155966e63b529173412a43dd31d645b1242b494df9c47ef2924f1e1'],
  ];
  for (const [from, to, sha256] of pillow) {
    test(`${from.join('×')} → ${to.join('×')}`, () => {
      const resized = resizeBicubic(pattern(...from), ...to);
      assert.equal(createHash('sha256').update(resized.data).digest('hex'), sha256);
    });
  }

  test('leaves its input alone', () => {
    const image = pattern(20, 30);
    const before = image.data.slice();
    resizeBicubic(image, 8, 8);
    assert.deepEqual(image.data, before);
  });
});

/** Hard edges and noise that any language can draw alike. */
function pattern(rows: number, columns: number) {
  const data = new Uint8Array(rows * columns * 3);
  for (let i = 0; i < data.length; i++) data[i] = (Math.imul(i, 2654435761) >>> 24) ^ (i % 7 === 0 ? 255 : 0);
  return { data, height: rows, width: columns };
}
