/** Captioning against Hugging Face Transformers: every golden case of both captioning models. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BlipModel } from '../../server/src/blip/blipModel.ts';
import type { CaptionCandidate } from '../../server/src/blip/index.ts';
import { BlipError, CaptionGenerator } from '../../server/src/blip/index.ts';
import { PictureReader } from '../../server/src/blip/pictureReader.ts';
import { OnnxTextDecoder } from '../../server/src/blip/textDecoder.ts';
import {
  golden,
  goldenFloats,
  kitImage,
  kitPath,
  largestDifference,
  optionsOf,
  type CaptionGoldens,
  type GenerateCase,
} from '../support/parityKit.ts';

for (const name of ['caption', 'caption-wide']) {
  const goldens = golden(`${name}.json`) as CaptionGoldens;
  const { bos_token_id: start, sep_token_id: end, vocab_size: vocabulary } = goldens.meta;

  describe(name, () => {
    let generator: CaptionGenerator;
    before(async () => {
      generator = await CaptionGenerator.load(kitPath(name), { cacheFolder: null, precision: 'fp32', threads: 1 });
    });
    after(() => generator.close());

    for (const { image, image_embeds_file: embedsFile, generate } of goldens.images) {
      it(`${image}: image embeds`, async () => {
        const embeds = await generator.imageEmbeds(kitImage(image), { alpha: 'drop' });
        assert.ok(largestDifference(embeds, goldenFloats(embedsFile)) < 1e-4);
      });

      it(`${image}: ${Object.keys(generate).length} ways of generating`, async () => {
        for (const [caseName, expected] of Object.entries(generate)) {
          const options = { ...optionsOf(expected), alpha: 'drop', imageKey: image } as const;
          const caption = await generator.caption(kitImage(image), options);
          checkCandidates(caption.candidates ?? [caption], expected, `${image}, ${caseName}`);
        }
      });
    }

    it('batches: each picture as if it were alone', async () => {
      for (const [batch, options] of [
        [goldens.batch_default, {}],
        [goldens.batch_beam3, { numBeams: 3 }],
      ] as const) {
        const captions = await generator.captionBatch(batch.images.map(kitImage), { ...options, alpha: 'drop' });
        for (const [index, caption] of captions.entries()) {
          assert.ok(!(caption instanceof BlipError));
          assert.deepEqual(idsOf(caption), untilEnd(batch.sequences[index]!.slice(1)), batch.images[index]);
          if ('sequences_scores' in batch) close(caption.score!, batch.sequences_scores[index]!);
        }
      }
    });

    it('step logits, fed token by token', async () => {
      const model = await BlipModel.load(kitPath(name), { cacheFolder: null, precision: 'fp32', threads: 1 });
      const reader = await PictureReader.create(model, 1_000_000);
      for (const { image, step_logits_file: file, generate } of goldens.images) {
        const { memory, release } = await reader.see(kitImage(image), { alpha: 'drop' });
        const decoder = new OnnxTextDecoder(await model.session('text'), model.config.text, memory);
        const expected = goldenFloats(file);
        const fed = generate['default']!.ids[0]!.slice(0, -1);
        for (const [step, token] of fed.entries()) {
          const { rows } = await decoder.step({ tokens: [[token]], parents: [0] });
          const wanted = expected.subarray(step * vocabulary, (step + 1) * vocabulary);
          assert.ok(largestDifference(rows[0]!.logits, wanted) < 1e-4, `${image}, step ${step}`);
        }
        release();
      }
      await model.close();
    });
  });

  function checkCandidates(actual: readonly CaptionCandidate[], expected: GenerateCase, what: string): void {
    const fed = expected.decoder_input_ids ?? [start];
    assert.deepEqual(
      actual.map((candidate) => [...fed, ...idsOf(candidate)]),
      expected.ids,
      what,
    );
    assert.deepEqual(
      actual.map(({ caption }) => caption),
      expected.text.map((text) => text.trim()),
      what,
    );
    for (const [index, score] of (expected.sequences_scores ?? []).entries()) close(actual[index]!.score!, score, what);
    const { tokens, confidence } = actual[0]!;
    for (const [index, logProb] of (expected.logprobs ?? []).entries()) close(tokens[index]!.logProb, logProb, what);
    close(confidence, Math.exp(tokens.reduce((sum, { logProb }) => sum + logProb, 0) / tokens.length), what);
  }

  function untilEnd(ids: readonly number[]): readonly number[] {
    const place = ids.indexOf(end);
    return place === -1 ? ids : ids.slice(0, place + 1);
  }
}

function idsOf({ tokens }: CaptionCandidate): number[] {
  return tokens.map(({ id }) => id);
}

function close(actual: number, expected: number, what?: string): void {
  assert.ok(
    Math.abs(actual - expected) < 1e-4 + 1e-5 * Math.abs(expected),
    `${what}: ${actual} instead of ${expected}`,
  );
}
