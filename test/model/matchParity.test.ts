/** Image–text matching against Hugging Face Transformers: the matching head and the contrastive features. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CaptionGenerator } from '../../server/src/blip/index.ts';
import { golden, kitImage, kitPath, largestDifference } from '../support/parityKit.ts';

interface MatchGoldens {
  readonly images: readonly {
    readonly image: string;
    readonly pairs: readonly {
      readonly text: string;
      readonly itm_logits: readonly [number, number];
      readonly itm_match_probability: number;
      readonly cosine: number;
    }[];
  }[];
}

describe('scores are those of Transformers', () => {
  let generator: CaptionGenerator;
  before(async () => {
    generator = await CaptionGenerator.load(kitPath('itm'), { cacheFolder: null, precision: 'fp32', threads: 1 });
  });
  after(() => generator.close());

  for (const { image, pairs } of (golden('itm.json') as MatchGoldens).images) {
    it(image, async () => {
      for (const { text, itm_logits: logits, itm_match_probability: probability, cosine } of pairs) {
        const score = await generator.score(kitImage(image), text, { alpha: 'drop', imageKey: image });
        assert.ok('matchLogits' in score);
        assert.ok(largestDifference(score.matchLogits, logits) < 1e-4, text);
        assert.ok(largestDifference([score.matchProbability, score.cosine], [probability, cosine]) < 1e-5, text);
      }
    });
  }

  it('a text beyond the positions is refused with the most it may have', async () => {
    await assert.rejects(generator.score(kitImage('rgb_64x64.png'), 'a dog '.repeat(30)), {
      code: 'OptionInvalid',
      message: 'The text has 62 tokens; the model takes at most 48.',
    });
  });
});
