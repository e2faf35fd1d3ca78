/** Visual question answering against Hugging Face Transformers. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BlipModel } from '../../server/src/blip/blipModel.ts';
import { CaptionGenerator, type CaptionCandidate } from '../../server/src/blip/index.ts';
import { PictureReader } from '../../server/src/blip/pictureReader.ts';
import { OnnxTextDecoder } from '../../server/src/blip/textDecoder.ts';
import { encodeQuestion, questionEmbeds } from '../../server/src/blip/textScoring.ts';
import {
  golden,
  goldenFloats,
  kitImage,
  kitPath,
  largestDifference,
  optionsOf,
  type GenerateCase,
} from '../support/parityKit.ts';

interface QuestionGoldens {
  readonly meta: { readonly bos_token_id: number };
  readonly items: readonly {
    readonly image: string;
    readonly question: string;
    readonly question_embeds_file: string;
    readonly first_step_logits: readonly number[];
    readonly generate: Readonly<Record<string, GenerateCase>>;
  }[];
}

const { meta, items } = golden('vqa.json') as QuestionGoldens;
const idsOf = ({ tokens }: CaptionCandidate): number[] => tokens.map(({ id }) => id);

describe('answers are those of Transformers', () => {
  let generator: CaptionGenerator;
  before(async () => {
    generator = await CaptionGenerator.load(kitPath('vqa'), { cacheFolder: null, precision: 'fp32', threads: 1 });
  });
  after(() => generator.close());

  for (const { image, question, generate } of items) {
    it(`${image}: ${question}`, async () => {
      for (const [name, expected] of Object.entries(generate)) {
        const answer = await generator.ask(kitImage(image), question, {
          ...optionsOf(expected),
          alpha: 'drop',
          imageKey: image,
        });
        const candidates = answer.candidates ?? [answer];
        assert.deepEqual(
          candidates.map((candidate) => [meta.bos_token_id, ...idsOf(candidate)]),
          expected.ids,
          name,
        );
        assert.deepEqual(
          candidates.map(({ caption }) => caption),
          expected.text.map((text) => text.trim()),
          name,
        );
        assert.equal(answer.answer, answer.caption);
      }
    });
  }

  it('refuses to caption, and says what it can', async () => {
    await assert.rejects(generator.caption(kitImage('rgb_64x64.png')), {
      code: 'ArchitectureUnsupported',
      message: /vqa cannot caption a picture: it is a BlipForQuestionAnswering/,
    });
  });
});

it('the question as the answer sees it, and the first scores', async () => {
  const model = await BlipModel.load(kitPath('vqa'), { cacheFolder: null, precision: 'fp32', threads: 1 });
  const reader = await PictureReader.create(model, 1_000_000);
  for (const { image, question, question_embeds_file: file, first_step_logits: logits } of items) {
    const picture = await reader.see(kitImage(image), { alpha: 'drop', imageKey: image });
    assert.ok(largestDifference(await questionEmbeds(model, picture, question), goldenFloats(file)) < 1e-4, question);
    const memory = await encodeQuestion(model, picture, question);
    const decoder = new OnnxTextDecoder(await model.session('text'), model.config.text, memory);
    const { rows } = await decoder.step({ tokens: [[meta.bos_token_id]], parents: [0] });
    assert.ok(largestDifference(rows[0]!.logits, logits) < 1e-4, question);
    picture.release();
  }
  await model.close();
});
