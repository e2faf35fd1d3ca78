/** The searches on models small enough to follow by hand: a table says how likely each token is after each other. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BeamOptions } from '../../server/src/blip/generation/beam.ts';
import { BeamSearch } from '../../server/src/blip/generation/beamSearch.ts';
import { ConstrainedBeamSearch } from '../../server/src/blip/generation/constrainedBeamSearch.ts';
import { decode } from '../../server/src/blip/generation/decode.ts';
import { noBadWords } from '../../server/src/blip/generation/logitsProcessors.ts';
import { likeliest, TokenwiseSearch } from '../../server/src/blip/generation/sampling.ts';
import { highest, type Search } from '../../server/src/blip/generation/search.ts';
import type { StepRequest, TextDecoder } from '../../server/src/blip/textDecoder.ts';

const [start, end, a, b, c] = [0, 1, 2, 3, 4];

/** After each token (row), the probability of each next one: start, end, a, b, c. */
const model = [
  [0, 0, 0.6, 0.4, 0], // start
  [0, 1, 0, 0, 0], // end
  [0, 0.3, 0.3, 0.2, 0.2], // a
  [0, 0.9, 0.05, 0.05, 0], // b
  [0, 0.5, 0, 0, 0.5], // c
];

/** A decoder of that model, which remembers the texts it was fed. */
function tableDecoder() {
  let texts: number[][] = [[]];
  const steps: number[] = [];
  const left: (readonly number[])[] = [];
  const decoder: TextDecoder = {
    step: async ({ tokens, parents }: StepRequest) => {
      texts = tokens.map((fed, index) => [...texts[parents[index]!]!, ...fed]);
      steps.push(texts.length);
      const rows = texts.map((text) => ({
        logits: Float32Array.from(model[text.at(-1)!]!, (probability) => Math.log(probability)),
        logNormaliser: 0,
      }));
      return { rows, attention: null };
    },
    keepPictures: (kept) => void left.push(kept),
  };
  return { decoder, steps, left };
}

async function run(searches: readonly Search[], decoder = tableDecoder().decoder): Promise<(readonly number[])[]> {
  for await (const _ of decode(decoder, searches, [start]));
  return searches.map((search) => search.results()[0]!.ids);
}

const beams: BeamOptions = {
  numBeams: 2,
  numReturnSequences: 2,
  maxNewTokens: 4,
  lengthPenalty: 1,
  earlyStopping: false,
  endToken: end,
  processors: [],
};
const greedy = (maxNewTokens: number, banned: number[][] = []) =>
  new TokenwiseSearch([start], [likeliest], { endToken: end, maxNewTokens, processors: [noBadWords(banned)] });

describe('the highest scores', () => {
  const cases: readonly [number[], number, [number, number][]][] = [
    [
      [1, 3, 2],
      2,
      [
        [1, 3],
        [2, 2],
      ],
    ],
    [
      [2, 2, 2],
      2,
      [
        [0, 2],
        [1, 2],
      ],
    ],
    [[-Infinity, NaN, 5], 3, [[2, 5]]],
    [[1], 4, [[0, 1]]],
    [[], 1, []],
  ];
  for (const [scores, count, expected] of cases) {
    it(`${count} of ${scores.join(' ')}`, () => {
      assert.deepEqual(
        highest(Float64Array.from(scores), count).map(({ token, score }) => [token, score]),
        expected,
      );
    });
  }
});

describe('greedy search', () => {
  it('takes the likeliest token each time, the lower one of two', async () => {
    assert.deepEqual(await run([greedy(4)]), [[a, end]]);
  });

  it('ends where every token is banned', async () => {
    assert.deepEqual(await run([greedy(4, [[a], [b]])]), [[]]);
  });
});

describe('beam search', () => {
  it('finds the text that greedy search misses', async () => {
    const search = new BeamSearch([start], beams);
    assert.deepEqual(await run([search]), [[b, end]]);
    const scores = search.results().map(({ score }) => score!);
    assert.ok(Math.abs(scores[0]! - Math.log(0.4 * 0.9) / 2) < 1e-6);
    assert.deepEqual(
      scores,
      scores.toSorted((x, y) => y - x),
    );
  });

  it('ends where every token is banned', async () => {
    const search = new BeamSearch([start], { ...beams, processors: [noBadWords([[a], [b]])] });
    assert.deepEqual(await run([search]), [[]]);
  });
});

describe('forced words', () => {
  const forced = (words: number[][], options = {}) =>
    new ConstrainedBeamSearch([start], { ...beams, numBeams: 4, lengthPenalty: 0, ...options }, words);
  it('are written where the model would not', async () => {
    assert.deepEqual(await run([forced([[c]])]), [[a, c, end]]);
    assert.deepEqual(await run([forced([[a, b]])]), [[a, b, end]]);
    assert.deepEqual(await run([forced([[c, c]])]), [[a, c, c, end]]);
  });

  it('that cannot be written leave the text with most of them', async () => {
    assert.deepEqual(await run([forced([[a], [b], [c]], { maxNewTokens: 2 })]), [[a, b]]);
  });

  it('that are all banned end the text', async () => {
    assert.deepEqual(await run([forced([[c]], { processors: [noBadWords([[a], [b]])] })]), [[]]);
  });
});

it('pictures that are done leave the batch, the others go on', async () => {
  const { decoder, steps, left } = tableDecoder();
  const results = await run([greedy(1), greedy(4), greedy(4, [[end]])], decoder);
  assert.deepEqual(results, [[a], [a, end], [a, a, a, a]]);
  assert.deepEqual(steps, [3, 2, 1, 1]);
  assert.deepEqual(left, [[1, 2], [1]]);
});
