/**
 * Writes a captioner of BLIP's sizes with random weights under the hub's names, to convert and to run without Python:
 *
 *     node bench/makeCheckpoint.ts bench/.work/blip-large large [safetensors|bin]
 *
 * The weights are wide enough that every layer does something; the text is noise.
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { expectedTensors } from '../server/src/blip/checkpoint/expectedTensors.ts';
import { readModelConfig } from '../server/src/blip/checkpoint/modelConfig.ts';
import { pickle, pickledTensor, py, writeZip, type ZipEntry } from '../test/support/pytorchBytes.ts';
import { randomGenerator } from '../test/support/random.ts';
import { normalNumbers } from '../test/support/randomModel.ts';

const { positionals } = parseArgs({ allowPositionals: true });
const [folder, size = 'base', format = 'safetensors'] = positionals;
const words = 30_522; // BERT's; [DEC] and [ENC] follow
const visions = {
  base: { hidden_size: 768, intermediate_size: 3072, num_hidden_layers: 12, num_attention_heads: 12 },
  large: { hidden_size: 1024, intermediate_size: 4096, num_hidden_layers: 24, num_attention_heads: 16 },
};
if (folder === undefined || (size !== 'base' && size !== 'large') || (format !== 'safetensors' && format !== 'bin'))
  throw new Error('node bench/makeCheckpoint.ts FOLDER base|large [safetensors|bin]');

const config = {
  architectures: ['BlipForConditionalGeneration'],
  model_type: 'blip',
  vision_config: { ...visions[size], image_size: 384, patch_size: 16 },
  text_config: {
    vocab_size: words + 2,
    hidden_size: 768,
    encoder_hidden_size: visions[size].hidden_size,
    intermediate_size: 3072,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    max_position_embeddings: 512,
    bos_token_id: words,
    sep_token_id: 102,
    pad_token_id: 0,
  },
};

/** A pool of numbers, of which each tensor takes a piece from a place of its own: billions would take minutes. */
const pool = ((): Float32Array => {
  const normal = normalNumbers(20);
  return Float32Array.from({ length: 4_000_037 }, normal);
})();
const random = randomGenerator(21);

/** The hub's files hold the output layer beside the word embeddings, to which it is tied. */
const embeddings = 'text_decoder.bert.embeddings.word_embeddings.weight';
const outputLayer = 'text_decoder.cls.predictions.decoder.weight';

function valuesOf(name: string, shape: readonly number[]): Uint8Array {
  const [scale, centre] =
    shape.length > 1
      ? [name.includes('patch_embedding') ? 0.08 : 0.03, 0]
      : /norm\w*\.weight$/iu.test(name)
        ? [0.1, 1]
        : [0.02, 0];
  const values = new Float32Array(shape.reduce((product, dim) => product * dim, 1));
  let at = starts.get(name === outputLayer ? embeddings : name)!;
  for (let index = 0; index < values.length; index += 1) {
    values[index] = centre + scale * pool[at]!;
    at = at + 1 === pool.length ? 0 : at + 1;
  }
  return new Uint8Array(values.buffer);
}

mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config, null, 2));
const special = ['[PAD]', ...Array.from({ length: 99 }, (_, index) => `[unused${index}]`)];
const vocabulary = [...special, '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
while (vocabulary.length < words) vocabulary.push(`word${vocabulary.length}`);
writeFileSync(path.join(folder, 'vocab.txt'), `${[...vocabulary, '[DEC]', '[ENC]'].join('\n')}\n`);
const tensors = new Map(expectedTensors(await readModelConfig(folder), 'BlipForConditionalGeneration'));
const starts = new Map([...tensors.keys()].map((name) => [name, Math.floor(random() * pool.length)]));
tensors.set(outputLayer, tensors.get(embeddings)!);

function writeSafetensors(file: number): void {
  const header: Record<string, unknown> = {};
  let end = 0;
  for (const [name, shape] of tensors) {
    const begin = end;
    end += 4 * shape.reduce((product, dim) => product * dim, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [begin, end] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.byteLength));
  for (const part of [length, json]) writeSync(file, part);
  for (const [name, shape] of tensors) writeSync(file, valuesOf(name, shape));
}

/** As `torch.save` does. */
function writePytorch(file: number): void {
  const keyed = [...tensors].map(([name, shape], index) => ({ name, shape, key: String(index) }));
  const state = py.dict(keyed.map(({ name, shape, key }) => [py.text(name), pickledTensor({ key, shape })]));
  const storages = keyed.map(({ name, shape, key }): ZipEntry => ({
    name: `archive/data/${key}`,
    bytes: () => valuesOf(name, shape),
  }));
  writeZip(file, [{ name: 'archive/data.pkl', bytes: () => pickle(state) }, ...storages]);
}

const file = openSync(path.join(folder, format === 'bin' ? 'pytorch_model.bin' : 'model.safetensors'), 'w');
if (format === 'bin') writePytorch(file);
else writeSafetensors(file);
closeSync(file);
