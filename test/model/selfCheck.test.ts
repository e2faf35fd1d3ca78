/** Whole models in int8: what the self-check makes of sound ones and of ones with outliers, and the built-in model. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { checkPictures } from '../../server/src/blip/graph/checkPictures.ts';
import { regretOf } from '../../server/src/blip/graph/agreement.ts';
import { BlipError, CaptionGenerator, type Caption } from '../../server/src/blip/index.ts';
import { kitPath } from '../support/parityKit.ts';
import { randomGenerator } from '../support/random.ts';
import { randomModel, type Plant } from '../support/randomModel.ts';

const isOutlier = (channel: number): boolean => channel % 61 === 7;

/** Channels that are a hundred times larger than others on their way from one tensor to the next, and matter no more. */
function outliers(from: RegExp, to: RegExp): Plant {
  return (name, values, columns) => {
    for (const index of values.keys()) {
      const vector = columns === values.length;
      if (from.test(name) && isOutlier(vector ? index : Math.floor(index / columns))) values[index]! *= 100;
      if (to.test(name) && isOutlier(index % columns)) values[index]! /= 100;
    }
  };
}

/** As they come: what was large makes everything after it large. */
function wildWeights(planted: RegExp): Plant {
  const random = randomGenerator(3);
  return (name, values, columns) => {
    if (!planted.test(name)) return;
    for (let row = 0; row < values.length; row += columns) {
      if (random() < 0.02)
        values.set(
          values.subarray(row, row + columns).map((value) => value * 100),
          row,
        );
    }
  };
}

interface Both {
  readonly int8: CaptionGenerator;
  readonly fp32: CaptionGenerator;
}

async function load(folder: string): Promise<Both> {
  return {
    int8: await CaptionGenerator.load(folder, { cacheFolder: null }),
    fp32: await CaptionGenerator.load(folder, { cacheFolder: null, precision: 'fp32' }),
  };
}

/** Random weights hold many words for nearly as likely, so that chance may part some captions; not their confidence. */
async function assertAgree({ int8, fp32 }: Both, size: number): Promise<void> {
  let same = 0;
  const pictures = checkPictures(size);
  for (const picture of pictures) {
    const made = await int8.caption(picture, { maxNewTokens: 8 });
    const own = await fp32.caption(picture, { maxNewTokens: 8 });
    if (made.caption === own.caption) same += 1;
    assert.ok(Math.abs(made.confidence - own.confidence) < 0.1, `${made.confidence} for ${own.confidence}`);
  }
  assert.ok(same >= pictures.length / 2, `${same} of ${pictures.length}`);
}

type Case = readonly [name: string, plant: Plant, verdict: RegExp];

describe('a model with', () => {
  const always: readonly Case[] = [
    ['sound weights', () => {}, /^int8 passed on 8 pictures: image embeds agree to a cosine of 0\.99\d+, the scores/],
    [
      'outlying channels between layer norms and linear layers',
      outliers(/layer_norm[12]\.(weight|bias)/, /(qkv|fc1)\.weight/),
      /^int8 passed .*14 layers smoothed/,
    ],
    [
      'outlying channels between the linear layers',
      outliers(/vision.*fc1\.(weight|bias)/, /vision.*fc2\.weight/),
      /^int8 passed .*in float32/,
    ],
    [
      'outlying channels in what text looks at',
      outliers(/post_layernorm\.(weight|bias)/, /crossattention\.self\.(key|value)\.weight/),
      /^int8 passed on 8 pictures: image embeds agree to a cosine of 0\.99\d+, the scores of words to 0\.0\d+ nats\.$/,
    ],
  ];
  const long: readonly Case[] = [
    [
      'outlying channels between the linear layers of the text',
      outliers(/intermediate\.dense\.(weight|bias)/, /text_decoder.*layer\.\d+\.output\.dense\.weight/),
      /^int8 passed/,
    ],
    [
      'rows × 100 at random',
      wildWeights(/self_attn\.qkv\.weight|mlp\.fc\d\.weight/),
      /^int8 passed|^float32: int8 changed/,
    ],
  ];
  const cases = process.env['LONG_TESTS'] === '1' ? [...always, ...long] : always;
  for (const [name, plant, verdict] of cases) {
    it(name, async () => {
      const both = await load(await randomModel(5, plant));
      try {
        assert.match(both.int8.model.verdict ?? '', verdict);
        await assertAgree(both, both.int8.model.imageSize);
      } finally {
        await both.int8.close();
        await both.fp32.close();
      }
    });
  }

  it('few weights stays in float32', async () => {
    const generator = await CaptionGenerator.load(kitPath('caption'), { cacheFolder: null });
    assert.deepEqual(
      [generator.model.precision, generator.model.verdict],
      ['fp32', 'float32: the model is too small to gain from int8.'],
    );
    await generator.close();
  });
});

describe('regret', () => {
  const cases: readonly (readonly [exact: number[], other: number[], regret: number])[] = [
    [[1, 3, 2], [0, 9, 1], 0],
    [[1, 3, 2], [0, 1, 9], 1],
    [[1, 3, 2], [9, 1, 0], 2],
    [[1, 3, 2], [1, NaN, 2], Infinity],
  ];
  for (const [exact, other, regret] of cases) {
    it(`of ${other.join(' ')} for ${exact.join(' ')} is ${regret}`, () =>
      assert.equal(regretOf(Float32Array.from(exact), Float32Array.from(other)), regret));
  }
});

describe('the built-in model in int8', () => {
  const folder = new URL('../fixtures/mini-blip-eval/', import.meta.url);
  const pictures = readFileSync(new URL('captions.jsonl', folder), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { file: string; reference: string });
  const read = ({ file }: { file: string }): Uint8Array => readFileSync(new URL(file, folder));
  let generator: CaptionGenerator;
  before(async () => {
    const model = fileURLToPath(new URL('../../models/mini-blip', import.meta.url));
    generator = await CaptionGenerator.load(model, { cacheFolder: null });
  });
  after(() => generator.close());

  it('says what float32 says of 98 % of the evaluation pictures', async () => {
    assert.equal(generator.model.precision, 'int8', generator.model.verdict ?? '');
    const captions = await generator.captionBatch(pictures.map(read), { alpha: 'white' });
    const same = captions.filter((made, index) => 'caption' in made && made.caption === pictures[index]!.reference);
    assert.ok(same.length >= 0.98 * pictures.length, `${same.length} of ${pictures.length}`);
  });

  it('says the same of a picture whatever is in its batch', async () => {
    const some = pictures.filter((_, index) => index % 12 === 5);
    const alone: Caption[] = [];
    for (const picture of some) alone.push(await generator.caption(read(picture)));
    const backwards = await generator.captionBatch(some.toReversed().map(read));
    for (const [index, made] of backwards.toReversed().entries()) {
      assert.ok(!(made instanceof BlipError));
      assert.deepEqual(made.tokens, alone[index]!.tokens, some[index]!.file);
    }
  });
});
