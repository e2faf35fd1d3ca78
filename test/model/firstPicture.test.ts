/** A picture that is seen while its model is still being loaded. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { CaptionGenerator, type Caption, type FirstPicture } from '../../server/src/blip/index.ts';
import { kitImage, kitPath } from '../support/parityKit.ts';

const [photo, other] = [kitImage('photo_80x100.jpg'), kitImage('gray_120x25.png')];
const first: FirstPicture = { picture: photo, alpha: 'auto', imageKey: 'photo' };

function load(firstPicture?: FirstPicture): Promise<CaptionGenerator> {
  return CaptionGenerator.load(kitPath('caption'), { cacheFolder: null, precision: 'fp32', firstPicture });
}

function said({ caption, tokens }: Caption): unknown {
  return { caption, tokens };
}

describe('a picture that is seen ahead', () => {
  let right: readonly unknown[];
  before(async () => {
    const generator = await load();
    right = [said(await generator.caption(photo)), said(await generator.caption(other))];
    await generator.close();
  });

  it('is captioned as any other, and again', async () => {
    const generator = await load(first);
    const captions = [await generator.caption(photo, { imageKey: 'photo' })];
    captions.push(await generator.caption(photo, { imageKey: 'photo' }), await generator.caption(photo));
    assert.deepEqual(captions.map(said), [right[0], right[0], right[0]]);
    assert.ok(captions[0]!.timings.encodeMs > 0);
    assert.equal(captions[1]!.timings.encodeMs, 0);
    await generator.close();
  });

  it('is in nobody’s way who asks about another one', async () => {
    const generator = await load(first);
    const captions = [
      await generator.caption(other, { imageKey: 'other' }),
      await generator.caption(photo, { imageKey: 'photo' }),
    ];
    assert.deepEqual(captions.map(said), [right[1], right[0]]);
    await generator.close();
  });

  it('and cannot be decoded, is refused when it is asked about', async () => {
    const generator = await load({ ...first, picture: new Uint8Array([1, 2, 3]) });
    const asked = generator.caption(new Uint8Array([1, 2, 3]), { imageKey: 'photo' });
    await assert.rejects(asked, { code: 'ImageUnreadable' });
    assert.deepEqual(said(await generator.caption(photo)), right[0]);
    await generator.close();
  });

  it('and is no longer wanted, is not waited for', async () => {
    const generator = await load(first);
    const gone = generator.caption(photo, { imageKey: 'photo' }, AbortSignal.abort(new Error('no longer')));
    await assert.rejects(gone, /no longer/);
    assert.deepEqual(said(await generator.caption(photo, { imageKey: 'photo' })), right[0]);
    await generator.close();
  });
});
