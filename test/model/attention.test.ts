/** Where the model looked, held against Hugging Face's output_attentions; and the graph that tells says the same words. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CaptionGenerator } from '../../server/src/blip/index.ts';
import { golden, goldenFloats, kitImage, kitPath } from '../support/parityKit.ts';

interface AttentionGolden {
  readonly image: string;
  readonly ids: readonly number[];
  readonly file: string;
  /** [layers, heads, tokens, positions] */
  readonly shape: readonly [number, number, number, number];
}
const { models } = golden('attention.json') as {
  readonly models: Readonly<Record<string, readonly AttentionGolden[]>>;
};

for (const [folder, goldens] of Object.entries(models)) {
  describe(folder, () => {
    for (const { image, ids, file, shape } of goldens) {
      it(`looks at ${image} as the reference does, head by head`, async () => {
        const generator = await CaptionGenerator.load(kitPath(folder), {
          cacheFolder: null,
          precision: 'fp32',
          threads: 1,
        });
        try {
          const expected = goldenFloats(file);
          const [layers, heads, tokens, positions] = shape;
          const plain = await generator.caption(kitImage(image), { alpha: 'drop' });
          assert.deepEqual(
            plain.tokens.map(({ id }) => id),
            ids,
          );
          for (const beams of [
            {},
            { numBeams: 1, rereadBest: true, prefixIds: ids },
            { numBeams: 2, rereadBest: true, prefixIds: ids },
          ]) {
            const looked: Float32Array[] = [];
            for await (const step of generator.stream(kitImage(image), {
              alpha: 'drop',
              crossAttention: true,
              ...beams,
            })) {
              if (step.kind === 'caption')
                assert.deepEqual(
                  step.caption.tokens.map(({ id }) => id),
                  ids,
                );
              if (step.kind !== 'token') continue;
              assert.ok(step.crossAttention !== null);
              assert.deepEqual([step.crossAttention.layers, step.crossAttention.heads], [layers, heads]);
              looked.push(step.crossAttention.weights);
            }
            assert.equal(looked.length, tokens);
            let difference = 0;
            for (let row = 0; row < layers * heads; row += 1) {
              for (const [token, weights] of looked.entries()) {
                for (let position = 0; position < positions; position += 1) {
                  const reference = expected[(row * tokens + token) * positions + position]!;
                  difference = Math.max(difference, Math.abs(weights[row * positions + position]! - reference));
                }
              }
            }
            assert.ok(difference <= 1e-4, `largest difference ${difference}`);
          }
        } finally {
          await generator.close();
        }
      });
    }
  });
}
