/** The same model from every form of checkpoint that people publish. */
import assert from 'node:assert/strict';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { BlipError, CaptionGenerator } from '../../server/src/blip/index.ts';
import { copyOfModel, golden, kitImage, kitPath, type CaptionGoldens } from '../support/parityKit.ts';
import { readSafetensors, writeSafetensors, type StoredTensor } from '../support/safetensors.ts';

const caption = golden('caption.json') as CaptionGoldens;
const wide = golden('caption-wide.json') as CaptionGoldens;

/** Greedy captions of the kit's pictures as ids, the start first, filled up with [PAD] (0) as in the goldens. */
async function greedy(folder: string, goldens: CaptionGoldens): Promise<number[][]> {
  const generator = await CaptionGenerator.load(folder, { cacheFolder: null, precision: 'fp32', threads: 1 });
  const captions = await generator.captionBatch(goldens.batch_default.images.map(kitImage), { alpha: 'drop' });
  await generator.close();
  return captions.map((result) => {
    assert.ok(!(result instanceof BlipError));
    return [goldens.meta.bos_token_id, ...result.tokens.map(({ id }) => id)];
  });
}

function unpadded(sequences: readonly (readonly number[])[], end: number): (readonly number[])[] {
  return sequences.map((ids) => (ids.includes(end) ? ids.slice(0, ids.indexOf(end) + 1) : ids));
}

function withWeights(name: string): string {
  return copyOfModel('caption', (folder) => copyFileSync(kitPath('caption', name), join(folder, 'model.safetensors')));
}

function changedTensors(change: (tensors: Map<string, StoredTensor>) => void): string {
  return copyOfModel('caption', (folder) => {
    const path = join(folder, 'model.safetensors');
    const tensors = readSafetensors(path);
    change(tensors);
    writeSafetensors(path, tensors);
  });
}

describe('captions are those of Transformers with the same weights', () => {
  const { sep_token_id: end } = caption.meta;
  it('float16', async () => {
    const folder = withWeights('model.float16.safetensors');
    assert.deepEqual(await greedy(folder, caption), unpadded(caption.weights_rounded_to_float16_greedy, end));
  });

  it('bfloat16', async () => {
    const folder = withWeights('model.bfloat16.safetensors');
    assert.deepEqual(await greedy(folder, caption), unpadded(caption.weights_rounded_to_bfloat16_greedy, end));
  });

  for (const name of ['pytorch_model.bin', 'pytorch_model.legacy.bin']) {
    it(`${name}, where there are no safetensors`, async () => {
      const folder = copyOfModel('caption', (path) => {
        rmSync(join(path, 'model.safetensors'));
        copyFileSync(kitPath('caption', name), join(path, 'pytorch_model.bin'));
      });
      assert.deepEqual(await greedy(folder, caption), unpadded(caption.batch_default.sequences, end));
    });
  }

  it('shards with an index', async () => {
    const folder = copyOfModel('caption-wide', (path) => {
      rmSync(join(path, 'model.safetensors'));
      for (const name of [
        'model-00001-of-00003.safetensors',
        'model-00002-of-00003.safetensors',
        'model-00003-of-00003.safetensors',
        'model.safetensors.index.json',
      ]) {
        copyFileSync(kitPath('caption-wide', 'sharded', name), join(path, name));
      }
    });
    assert.deepEqual(await greedy(folder, wide), unpadded(wide.batch_default.sequences, end));
  });

  it('with the tied output layer, buffers and a training temperature beside the weights', async () => {
    const folder = changedTensors((tensors) => {
      tensors.set(
        'text_decoder.cls.predictions.decoder.weight',
        tensors.get('text_decoder.bert.embeddings.word_embeddings.weight')!,
      );
      tensors.set('text_decoder.cls.predictions.decoder.bias', tensors.get('text_decoder.cls.predictions.bias')!);
      tensors.set('text_decoder.bert.embeddings.position_ids', {
        dtype: 'I64',
        shape: [1, 48],
        bytes: new Uint8Array(48 * 8),
      });
      tensors.set('logit_scale', { dtype: 'F32', shape: [], bytes: new Uint8Array(4) });
    });
    assert.deepEqual(await greedy(folder, caption), unpadded(caption.batch_default.sequences, end));
  });

  it('an output layer of its own is used', async () => {
    const folder = changedTensors((tensors) => {
      const words = tensors.get('text_decoder.bert.embeddings.word_embeddings.weight')!;
      // Every token's output is that of [PAD] but one's, which therefore always has another score.
      const row = words.bytes.subarray(0, 32 * 4);
      const bytes = new Uint8Array(words.bytes.length);
      for (let token = 0; token < 120; token += 1) bytes.set(row, token * row.length);
      tensors.set('text_decoder.cls.predictions.decoder.weight', { ...words, bytes });
      const bias = new Float32Array(120).fill(-1);
      bias[24] = 5;
      tensors.set('text_decoder.cls.predictions.bias', {
        dtype: 'F32',
        shape: [120],
        bytes: new Uint8Array(bias.buffer),
      });
    });
    const [ids] = await greedy(folder, caption);
    assert.deepEqual(new Set(ids!.slice(1)), new Set([24]));
  });
});

describe('models without optional files', () => {
  it('vocab.txt is enough of a tokenizer, and the preprocessor has defaults', async () => {
    const folder = copyOfModel('caption', (path) => {
      for (const name of ['tokenizer.json', 'tokenizer_config.json', 'preprocessor_config.json'])
        rmSync(join(path, name));
    });
    assert.deepEqual(
      await greedy(folder, caption),
      unpadded(caption.batch_default.sequences, caption.meta.sep_token_id),
    );
  });

  it("generation_config.json sets the model's own length", async () => {
    const folder = copyOfModel('caption', (path) =>
      writeFileSync(join(path, 'generation_config.json'), '{"max_new_tokens": 3, "min_new_tokens": 3}'),
    );
    const lengths = (await greedy(folder, caption)).map((ids) => ids.length);
    assert.deepEqual(new Set(lengths), new Set([4]));
  });

  it('generation_config.json may count all tokens, as older ones do', async () => {
    const folder = copyOfModel('caption', (path) =>
      writeFileSync(join(path, 'generation_config.json'), '{"max_length": 5, "min_length": 5}'),
    );
    const lengths = (await greedy(folder, caption)).map((ids) => ids.length);
    assert.deepEqual(new Set(lengths), new Set([5]));
  });

  it('captioner.json says when the model is sure, and what it says of photographs', async () => {
    const [image] = caption.images;
    const text = image!.generate['default']!.text[0]!;
    const folder = copyOfModel('caption', (path) =>
      writeFileSync(
        join(path, 'captioner.json'),
        JSON.stringify({ confidenceThreshold: 0.99, photographCaption: text }),
      ),
    );
    const generator = await CaptionGenerator.load(folder, { cacheFolder: null, threads: 1 });
    const { confident, photograph } = await generator.caption(kitImage(image!.image), { alpha: 'drop' });
    await generator.close();
    assert.deepEqual({ confident, photograph }, { confident: false, photograph: true });
  });

  it('the name of a model changes with its weights, not with its threshold', async () => {
    const hashOf = async (folder: string) => {
      const generator = await CaptionGenerator.load(folder, { cacheFolder: null, threads: 1 });
      await generator.close();
      return generator.model.hash;
    };
    const plain = await hashOf(kitPath('caption'));
    const threshold = copyOfModel('caption', (path) =>
      writeFileSync(join(path, 'captioner.json'), '{"confidenceThreshold":0.5}'),
    );
    assert.equal(await hashOf(threshold), plain);
    assert.notEqual(await hashOf(withWeights('model.float16.safetensors')), plain);
  });
});
