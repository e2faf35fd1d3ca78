/** How the vision part of a model is cut, so that no run takes long. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Precision } from '../../server/src/blip/caption.ts';
import type { ModelConfig } from '../../server/src/blip/checkpoint/modelConfig.ts';
import { visionParts } from '../../server/src/blip/visionParts.ts';

type Sizes = readonly [hidden: number, intermediate: number, layers: number, imageSize: number, textLayers: number];

function configOf([hiddenSize, intermediateSize, layers, imageSize, textLayers]: Sizes): ModelConfig {
  const vision = { hiddenSize, intermediateSize, layers, imageSize, patchSize: 16 };
  return { vision, text: { hiddenSize: 768, layers: textLayers } } as unknown as ModelConfig;
}

const base: Sizes = [768, 3072, 12, 384, 12];
const large: Sizes = [1024, 4096, 24, 384, 12];
const builtIn: Sizes = [256, 1024, 6, 128, 3];

describe('the vision part', () => {
  const cases: readonly (readonly [what: string, sizes: Sizes, precision: Precision, ends: readonly number[]])[] = [
    ['of the built-in model is one', builtIn, 'int8', [6]],
    ['of base, with the memory made by the last layers', base, 'int8', [5, 10, 12]],
    ['of base in float32, with the memory by itself', base, 'fp32', [3, 6, 9, 12, 12]],
    ['of large, with the memory by itself', large, 'int8', [3, 6, 9, 12, 15, 18, 21, 24, 24]],
    ['of a layer too large for a run is a layer a run', [4096, 16384, 3, 384, 12], 'int8', [1, 2, 3, 3]],
  ];
  for (const [what, sizes, precision, ends] of cases) {
    it(what, () => {
      const parts = visionParts(configOf(sizes), precision);
      assert.deepEqual(
        parts.map(({ end }) => end),
        ends,
      );
      // Each goes on where the one before ended, and only one is the last.
      assert.deepEqual(
        parts.map(({ first }) => first),
        [0, ...ends.slice(0, -1)],
      );
      assert.deepEqual(
        parts.map(({ isLast }) => isLast),
        ends.map((_, index) => index === ends.length - 1),
      );
    });
  }
});
