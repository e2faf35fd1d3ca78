/** Whole models in int8: what the self-check makes of sound ones and of ones with outliers, and the built-in model. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { checkPictures } from '../../server/src/blip/graph/checkPictures.ts';
import { regretOf } from '../../server/src/blip/graph/selfCheck.ts';
import { BlipError, CaptionGenerator, type Caption } from '../../server/src/blip/index.ts';
import { kitPath } from '../support/parityKit.ts';
import { randomGenerator } from '../support/random.ts';
import { randomModel, type Plant } from '../support/randomModel.ts';

/** Scales some rows or columns of some tensors by 100, at random. */
function outliers(seed: number, planted: RegExp, share: number): Plant {
  const random = randomGenerator(seed);
  return (name, values, columns) => {
    if (!planted.test(name)) return;
    const [rows, scaledColumns] = [values.length / columns, name.includes('norm')];
    const scaled = Array.from({ length: scaledColumns ? columns : rows }, () => random() < share);
    for (const index of values.keys()) {
      const channel = scaledColumns ? index % columns : Math.floor(index / columns);
      if (scaled[channel]) values[index]! *= 100;
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

/** Every word that int8 writes, read by float32: nearly as likely as what it would have written. */
async function assertAgree({ int8, fp32 }: Both, size: number): Promise<void> {
  for (const picture of checkPictures(size)) {
    const { caption, tokens } = await int8.caption(picture, { maxNewTokens: 8 });
    const own = await fp32.caption(picture, { maxNewTokens: 8 });
    if (own.caption === caption) continue;
    // Where they part, float32 holds both words for nearly as likely.
    const parting = tokens.findIndex(({ id }, index) => own.tokens[index]?.id !== id);
    const { tokens: read } = await fp32.scoreText(picture, caption);
    assert.ok(own.tokens[parting]!.logProb - read[parting]!.logProb < 0.5, `${caption} for ${own.caption}`);
  }
}

describe('a model with', () => {
  const cases: readonly (readonly [name: string, plant: Plant, verdict: RegExp])[] = [
    ['sound weights', () => {}, /^int8 passed on 8 pictures: image embeds agree to a cosine of 0\.99\d+, the scores/],
    ['channels × 100 after layer norms', outliers(1, /layer_norm[12]\.weight/, 0.02), /^int8 passed .*smoothed/],
    [
      'channels × 100 before the second linear layer',
      outliers(2, /mlp\.fc1\.weight/, 0.02),
      /^int8 passed .*(by row|float32)/,
    ],
    ['heads × 100', outliers(3, /self_attn\.qkv\.weight/, 0.02), /^int8 passed .*(by row|float32)/],
    [
      'text channels × 100',
      outliers(4, /text_decoder.*(intermediate\.dense|LayerNorm)\.weight/, 0.02),
      /^int8 passed|^float32:/,
    ],
  ];
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
