/** Checkpoints that are broken or hostile: refused by name, with what is wrong, before anything is built. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openSafetensors } from '../../server/src/blip/checkpoint/safetensors.ts';
import { CaptionGenerator, type BlipErrorCode } from '../../server/src/blip/index.ts';
import { copyOfModel, kitPath } from '../support/parityKit.ts';
import { readSafetensors, withHeader, writeSafetensors, type StoredTensor } from '../support/safetensors.ts';

type Tensors = Map<string, StoredTensor>;

function editTensors(change: (tensors: Tensors) => void) {
  return (folder: string): void => {
    const path = join(folder, 'model.safetensors');
    const tensors = readSafetensors(path);
    change(tensors);
    writeSafetensors(path, tensors);
  };
}

function editConfig(change: (config: any) => void, name = 'config.json') {
  return (folder: string): void => {
    const config = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    change(config);
    writeFileSync(join(folder, name), JSON.stringify(config));
  };
}

function setValue(name: string, index: number, value: number) {
  return editTensors((tensors) => {
    const { bytes } = tensors.get(name)!;
    new DataView(bytes.buffer, bytes.byteOffset).setFloat32(4 * index, value, true);
  });
}

const fc1 = 'vision_model.encoder.layers.0.mlp.fc1.weight';

const cases: readonly (readonly [string, (folder: string) => void, BlipErrorCode, RegExp])[] = [
  ['no folder', (folder) => rmSync(folder, { recursive: true }), 'ModelUnavailable', /no config\.json/],
  [
    'no weights',
    (folder) => ['model.safetensors', 'pytorch_model.bin'].forEach((name) => rmSync(join(folder, name))),
    'ModelUnavailable',
    /no checkpoint in .* no model\.safetensors/,
  ],
  [
    'config.json is not JSON',
    (folder) => writeFileSync(join(folder, 'config.json'), '{'),
    'CheckpointInvalid',
    /config\.json .* is not JSON/,
  ],
  [
    'another model',
    editConfig((config) => (config.model_type = 'blip-2')),
    'ArchitectureUnsupported',
    /is a blip-2; only blip/,
  ],
  [
    'another task',
    editConfig((config) => (config.architectures = ['BlipForSleep'])),
    'ArchitectureUnsupported',
    /is a BlipForSleep; supported are/,
  ],
  [
    'another task than the tensors',
    editConfig((config) => (config.architectures = ['BlipForQuestionAnswering'])),
    'CheckpointInvalid',
    /says BlipForQuestionAnswering, the checkpoint is a BlipForConditionalGeneration/,
  ],
  [
    'another activation',
    editConfig((config) => (config.text_config.hidden_act = 'relu')),
    'CheckpointInvalid',
    /text_config\.hidden_act/,
  ],
  [
    'a missing tensor',
    editTensors((tensors) => tensors.delete(fc1)),
    'CheckpointInvalid',
    /lacks tensors .* vision_model\.encoder\.layers\.0\.mlp\.fc1\.weight\./,
  ],
  [
    'an extra tensor',
    editTensors((tensors) => tensors.set('evil.weight', { dtype: 'F32', shape: [1], bytes: new Uint8Array(4) })),
    'CheckpointInvalid',
    /not of this model: evil\.weight\./,
  ],
  [
    'a wrongly shaped tensor',
    editTensors((tensors) => (tensors.get(fc1)!.shape = [32, 64])),
    'CheckpointInvalid',
    /fc1\.weight \[32, 64\] instead of \[64, 32\]/,
  ],
  ['a NaN', setValue(fc1, 7, NaN), 'CheckpointInvalid', /fc1\.weight has NaN at 7/],
  ['an infinity', setValue(fc1, 0, -Infinity), 'CheckpointInvalid', /fc1\.weight has -Infinity at 0/],
  [
    'a config of more layers',
    editConfig((config) => (config.text_config.num_hidden_layers = 3)),
    'CheckpointInvalid',
    /lacks tensors .* text_decoder\.bert\.encoder\.layer\.2\..* and 23 more/,
  ],
  [
    'a config of fewer layers',
    editConfig((config) => (config.vision_config.num_hidden_layers = 1)),
    'CheckpointInvalid',
    /not of this model: vision_model\.encoder\.layers\.1/,
  ],
  [
    'a config of another vocabulary',
    editConfig((config) => (config.text_config.vocab_size = 130)),
    'CheckpointInvalid',
    /word_embeddings\.weight \[120, 32\] instead of \[130, 32\]/,
  ],
  [
    'heads that do not divide the width',
    editConfig((config) => (config.text_config.num_attention_heads = 3)),
    'CheckpointInvalid',
    /hidden_size is no multiple of num_attention_heads/,
  ],
  [
    'a start outside the vocabulary',
    editConfig((config) => (config.text_config.bos_token_id = 120)),
    'CheckpointInvalid',
    /bos_token_id 120 is outside the vocabulary of 120/,
  ],
  [
    'an absurd width',
    editConfig((config) => (config.text_config.hidden_size = 1e9)),
    'CheckpointInvalid',
    /text_config\.hidden_size/,
  ],
  [
    'an absurd depth',
    editConfig((config) => (config.vision_config.num_hidden_layers = 1e6)),
    'CheckpointInvalid',
    /vision_config\.num_hidden_layers/,
  ],
  [
    'an absurd vocabulary',
    editConfig((config) => (config.text_config.vocab_size = 2 ** 40)),
    'CheckpointInvalid',
    /text_config\.vocab_size/,
  ],
  [
    'an absurd picture',
    editConfig((config) => (config.vision_config.image_size = 1_000_000)),
    'CheckpointInvalid',
    /vision_config\.image_size/,
  ],
  [
    'a negative width',
    editConfig((config) => (config.vision_config.hidden_size = -32)),
    'CheckpointInvalid',
    /vision_config\.hidden_size/,
  ],
  [
    'patches that do not fill the picture',
    editConfig((config) => (config.vision_config.patch_size = 15)),
    'CheckpointInvalid',
    /image_size is no multiple of patch_size/,
  ],
  [
    'a preprocessor of another size',
    editConfig((config) => (config.size = { height: 32, width: 32 }), 'preprocessor_config.json'),
    'CheckpointInvalid',
    /image_size is 64, preprocessor_config\.json resizes to 32×32/,
  ],
  [
    'another resampling',
    editConfig((config) => (config.resample = 2), 'preprocessor_config.json'),
    'CheckpointInvalid',
    /only bicubic/,
  ],
  [
    'generation options that are none',
    (folder) => writeFileSync(join(folder, 'generation_config.json'), '{"num_beams":99}'),
    'CheckpointInvalid',
    /generation_config\.json .*: numBeams is 99; it must be a whole number, 1…16/,
  ],
  [
    'a threshold that is none',
    (folder) => writeFileSync(join(folder, 'captioner.json'), '{"confidenceThreshold":7}'),
    'CheckpointInvalid',
    /captioner\.json .*confidenceThreshold/,
  ],
  [
    'a tokenizer that is none',
    (folder) => writeFileSync(join(folder, 'tokenizer.json'), '{"model":{"type":"Magic"}}'),
    'CheckpointInvalid',
    /tokenizer of the model/,
  ],
  [
    'a shard that is elsewhere',
    shardIndex('../model.safetensors'),
    'CheckpointInvalid',
    /names a file elsewhere: \.\.\/model\.safetensors/,
  ],
  [
    'a shard that is not there',
    shardIndex('model-1.safetensors'),
    'CheckpointInvalid',
    /lacks its shard model-1\.safetensors/,
  ],
  ...readdirSync(kitPath('malformed')).map((name) => {
    const replace = (folder: string): void =>
      copyFileSync(kitPath('malformed', name), join(folder, 'model.safetensors'));
    return [name, replace, 'CheckpointInvalid', /model\.safetensors is not a sound safetensors file/] as const;
  }),
];

function shardIndex(shard: string) {
  return (folder: string): void => {
    rmSync(join(folder, 'model.safetensors'));
    writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: { a: shard } }));
  };
}

describe('a model folder with', () => {
  for (const [name, change, code, message] of cases) {
    it(name, async () => {
      const cacheFolder = mkdtempSync(join(tmpdir(), 'bad-checkpoint-'));
      const folder = copyOfModel('caption', change);
      await assert.rejects(CaptionGenerator.load(folder, { cacheFolder, precision: 'fp32', threads: 1 }), {
        code,
        message,
      });
      assert.deepEqual(readdirSync(cacheFolder), [], 'nothing is left behind');
      rmSync(cacheFolder, { recursive: true });
    });
  }
});

describe('a safetensors header with', () => {
  const entry = (begin: number, end: number, rest = {}) => ({
    dtype: 'F32',
    shape: [(end - begin) / 4],
    data_offsets: [begin, end],
    ...rest,
  });
  const data = [new Uint8Array(16)];
  const headers: readonly [string, unknown, RegExp][] = [
    ['an unknown type', { a: entry(0, 16, { dtype: 'Q4' }) }, /tensor a has the unknown type Q4/],
    ['overlapping tensors', { a: entry(0, 12), b: entry(8, 16) }, /tensors a and b overlap/],
    ['a shape beyond numbers', { a: entry(0, 16, { shape: [2 ** 53, 2 ** 53] }) }, /tensor a/],
    ['a shape of fractions', { a: entry(0, 16, { shape: [0.5, 8] }) }, /tensor a/],
    ['offsets the wrong way round', { a: entry(16, 0, { shape: [4] }) }, /tensor a lies at 16–0/],
    ['no tensor but a list', [], /header is not an object/],
  ];
  for (const [name, header, message] of headers) {
    it(name, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
      const path = join(folder, 'model.safetensors');
      writeFileSync(path, withHeader(header, data));
      await assert.rejects(openSafetensors(path), { code: 'CheckpointInvalid', message });
      rmSync(folder, { recursive: true });
    });
  }
});
