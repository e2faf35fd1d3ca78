/** Pictures decoded by several threads of one process: libvips has one list of what it may read for all of them. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeImage } from '../../server/src/blip/decodeImage.ts';
import { BlipModel } from '../../server/src/blip/blipModel.ts';
import { kitImage } from '../support/parityKit.ts';
import { randomModel } from '../support/randomModel.ts';

it('a thread that begins to decode disturbs none that is at it', async () => {
  const picture = kitImage('photo_80x100.jpg');
  const folder = await randomModel(5);
  const begun = new AbortController();
  const decodeAll = async (): Promise<number> => {
    let decoded = 0;
    for (; !begun.signal.aborted; decoded += 1) await decodeImage(picture, { alpha: 'drop', size: 32 });
    return decoded;
  };
  const decoding = Promise.all([decodeAll(), decodeAll()]);
  for (let count = 0; count < 12; count += 1) {
    const model = await BlipModel.load(folder, { cacheFolder: null, precision: 'fp32' });
    await model.visionShape;
    await model.vision.call('decode', undefined, picture, 'drop');
    await model.close();
  }
  begun.abort();
  assert.ok((await decoding).every((decoded) => decoded > 0));
});
