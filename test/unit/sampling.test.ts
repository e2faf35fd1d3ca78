/** Sampling: the distributions of Transformers, and draws that are the same everywhere. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { repetitionPenalty } from '../../server/src/blip/generation/logitsProcessors.ts';
import { Pcg32, spread } from '../../server/src/blip/generation/random.ts';
import { sampled, samplingDistribution } from '../../server/src/blip/generation/sampling.ts';
import { golden, largestDifference, type CaptionGoldens, type GenerateArguments } from '../support/parityKit.ts';

const { images, meta } = golden('caption.json') as CaptionGoldens;

function processed(logits: readonly number[], { repetition_penalty: penalty = 1 }: GenerateArguments): Float32Array {
  const scores = Float32Array.from(logits);
  repetitionPenalty(penalty)(scores, [meta.bos_token_id]);
  return scores;
}

function samplingOptions({ temperature = 1, top_k: topK = 50, top_p: topP = 1 }: GenerateArguments) {
  return { temperature, topK, topP };
}

describe('the first step draws from the distribution that Transformers draws from', () => {
  for (const { image, first_step_logits: logits, sampling_first_step: cases } of images) {
    for (const { args, kept_ids: kept, probabilities } of cases ?? []) {
      it(`${image} ${JSON.stringify(args)}`, () => {
        const distribution = samplingDistribution(processed(logits, args), samplingOptions(args));
        assert.deepEqual(
          distribution.map(({ id }) => id),
          kept,
        );
        assert.ok(
          largestDifference(
            distribution.map(({ probability }) => probability),
            probabilities,
          ) < 1e-6,
        );
      });
    }
  }
});

describe('the generator is PCG32', () => {
  // The first numbers of pcg32-demo, of the reference implementation: seed 42, stream 54.
  it('gives the numbers of the reference implementation', () => {
    const random = new Pcg32(42n, 54n);
    const numbers = Array.from({ length: 6 }, () => random.nextUint32());
    assert.deepEqual(numbers, [0xa15c02b7, 0x7b47f409, 0xba1d3330, 0x83d2f293, 0xbfa4784b, 0xcbed606e]);
  });

  it('is seeded through SplitMix64', () => {
    assert.deepEqual([spread(0n), spread(0x9e3779b97f4a7c15n)], [0xe220a8397b1dcdafn, 0x6e789e6aa1b965f4n]);
  });

  it('fills [0, 1) evenly', () => {
    const random = new Pcg32(7n, 0n);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let draw = 0; draw < 10_000; draw += 1) tenths[Math.floor(random.nextUnit() * 10)]! += 1;
    for (const count of tenths) assert.ok(Math.abs(count - 1000) < 120, tenths.join(' '));
  });
});

describe('draws', () => {
  const logits = Float32Array.from(images[0]!.first_step_logits);
  const draws = (seed: number, text: number, options = {}): number[] => {
    const choose = sampled({ temperature: 1, topK: 50, topP: 1, seed, ...options }, text);
    return Array.from({ length: 8 }, () => choose(logits) ?? -1);
  };

  it('from the golden logits are these on every machine', () => {
    assert.deepEqual(
      [draws(0, 0), draws(1, 0), draws(1, 1), draws(1, 0, { topP: 0.5 })],
      [
        [39, 13, 13, 38, 13, 32, 54, 3],
        [15, 39, 13, 16, 15, 38, 110, 3],
        [13, 78, 13, 13, 3, 13, 38, 110],
        [13, 38, 13, 13, 13, 13, 38, 13],
      ],
    );
  });

  it('come as often as the distribution says', () => {
    const choose = sampled({ temperature: 1, topK: 5, topP: 1, seed: 3 }, 0);
    const counts = new Map<number, number>();
    for (let draw = 0; draw < 20_000; draw += 1) {
      const id = choose(logits) ?? -1;
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    for (const { id, probability } of samplingDistribution(logits, { temperature: 1, topK: 5, topP: 1 })) {
      assert.ok(Math.abs(counts.get(id)! / 20_000 - probability) < 0.015, `${id}`);
    }
  });
});
