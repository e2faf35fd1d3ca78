/** The built-in model against what Transformers writes with it, on its evaluation pictures. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { BlipError, CaptionGenerator, type Caption } from '../../server/src/blip/index.ts';

interface EvaluationPicture {
  readonly file: string;
  readonly reference: string;
  readonly confidence: number;
  readonly ids: readonly number[];
}

const folder = new URL('../fixtures/mini-blip-eval/', import.meta.url);
const pictures = readFileSync(new URL('captions.jsonl', folder), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as EvaluationPicture);
const read = ({ file }: EvaluationPicture): Uint8Array => readFileSync(new URL(file, folder));
const batches = Array.from({ length: Math.ceil(pictures.length / 24) }, (_, index) =>
  pictures.slice(24 * index, 24 * (index + 1)),
);

describe(`${pictures.length} pictures in fp32`, () => {
  let generator: CaptionGenerator;
  before(async () => {
    const model = fileURLToPath(new URL('../../models/mini-blip', import.meta.url));
    generator = await CaptionGenerator.load(model, { cacheFolder: null, precision: 'fp32' });
  });
  after(() => generator.close());

  for (const batch of batches) {
    it(`${batch[0]!.file} … ${batch.at(-1)!.file}`, async () => {
      const captions = await generator.captionBatch(batch.map(read), { alpha: 'white' });
      for (const [index, { file, reference, confidence, ids }] of batch.entries()) {
        const caption = captions[index]!;
        assert.ok(!(caption instanceof BlipError), file);
        assert.deepEqual([caption.caption, caption.tokens.map(({ id }) => id)], [reference, ids.slice(1)], file);
        assert.ok(Math.abs(caption.confidence - confidence) < 1.5e-4, file); // stored with four digits
      }
    });
  }

  it('a caption does not depend on its neighbours, nor on the order of work', async () => {
    const some = pictures.filter((_, index) => index % 12 === 0);
    const alone: Caption[] = [];
    for (const picture of some) alone.push(await generator.caption(read(picture), { alpha: 'white' }));
    const backwards = await generator.captionBatch(some.toReversed().map(read), { alpha: 'white' });
    for (const [index, caption] of backwards.toReversed().entries()) {
      assert.ok(!(caption instanceof BlipError));
      assert.deepEqual(caption.tokens, alone[index]!.tokens, some[index]!.file);
    }
  });
});
