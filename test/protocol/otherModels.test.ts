/** Folders that are no model, or another one than BLIP, or whose words make no sense, given to the real terminal. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  config,
  file,
  instead,
  only,
  testMalformed,
  type Change,
  type MalformedModel,
} from '../support/malformedModel.ts';
import { kitPath } from '../support/parityKit.ts';

const cases: readonly MalformedModel[] = [
  // Configs.
  ['a config that is a list', file('config.json', '[]'), /config\.json of the model in .*: .*Correct it/],
  ['a config of nothing', file('config.json', ''), /config\.json .* is not JSON/],
  [
    'a config of 65 MB',
    file('config.json', Buffer.alloc(65 * 1024 ** 2, ' ')),
    /config\.json .* has 68157440 bytes: too many/,
  ],
  ['a config without a kind', config((it) => delete it.model_type), /config\.json .*: model_type/],
  ['a vision part that is a text', config((it) => (it.vision_config = 'ViT')), /vision_config\./],
  ['no heads', config((it) => (it.text_config.num_attention_heads = 0)), /text_config\.num_attention_heads/],
  [
    '2,048 pixels in patches of one',
    config((it) => (it.vision_config.patch_size = 1)),
    /position_embedding.*instead of/,
  ],
  ['an epsilon of nothing', config((it) => (it.vision_config.layer_norm_eps = 0)), /vision_config\.layer_norm_eps/],
  ['half a layer', config((it) => (it.text_config.num_hidden_layers = 1.5)), /text_config\.num_hidden_layers/],
  [
    'four channels',
    config((it) => (it.image_mean = [0, 0, 0, 0]), 'preprocessor_config.json'),
    /preprocessor_config\.json .*: image_mean/,
  ],
  [
    'a spread of 0',
    config((it) => (it.image_std = [0, 1, 1]), 'preprocessor_config.json'),
    /image_std that is not above 0/,
  ],
  ['an index of nothing', shards({}), /not of a BLIP model|lacks tensors/],
  [
    'an index that names itself',
    shards({ a: 'model.safetensors.index.json' }),
    /index\.json is not a sound safetensors file/,
  ],
  [
    'an index that is none',
    only(
      file('config.json', kitConfig()),
      file('vocab.txt', kitVocabulary()),
      file('model.safetensors.index.json', '{"weights":1}'),
    ),
    /index\.json .*: weight_map/,
  ],
  // Other models, by their name.
  ...['git', 'blip-2', 'vision-encoder-decoder', 'llava', 'bert', 'clip'].map(
    (kind) =>
      [
        `a ${kind}`,
        config((it) => (it.model_type = kind)),
        new RegExp(`is a ${kind}; only blip models are supported\\. Take a BLIP model, such as Salesforce/`),
      ] as const,
  ),
  ['BLIP without a head', config((it) => (it.architectures = ['BlipModel'])), /is a BlipModel; supported are/],
  ['an adapter', only(file('adapter_config.json', '{}')), /no config\.json\. It holds an adapter \(PEFT\).*merged/],
  [
    'a pipeline of diffusers',
    only(file('model_index.json', '{}')),
    /It holds a pipeline of diffusers\. Give the folder/,
  ],
  ['a GGUF file', only(file('blip.Q4_K.gguf', 'GGUF')), /It holds a GGUF model of llama\.cpp/],
  [
    'weights for TensorFlow',
    only(file('config.json', kitConfig()), file('vocab.txt', kitVocabulary()), file('tf_model.h5', '')),
    /has no model\.safetensors or pytorch_model\.bin\. It holds weights for TensorFlow alone\. Give a folder that has/,
  ],
  ['nothing at all', only(), /is not a model: it has no config\.json\. Give the folder of a BLIP checkpoint/],
  // What is no file.
  [
    'a folder for the weights',
    instead('model.safetensors', (at) => mkdirSync(at)),
    /model\.safetensors .*: it is a folder/,
  ],
  [
    'a pipe for the config',
    instead('config.json', (at) => execFileSync('mkfifo', [at])),
    /config\.json .*: it is no regular file/,
  ],
  [
    'a pipe for the weights',
    instead('model.safetensors', (at) => execFileSync('mkfifo', [at])),
    /it is no regular file/,
  ],
  [
    'a device for the words',
    instead('vocab.txt', (at) => symlinkSync('/dev/zero', at)),
    /vocab\.txt .*: it is no regular file/,
  ],
  [
    'a link to itself',
    instead('model.safetensors', (at) => symlinkSync(at, at)),
    /model\.safetensors .* cannot be read: ELOOP/,
  ],
  [
    'a link to nothing',
    instead('model.safetensors', (at) => symlinkSync('gone', at)),
    /model\.safetensors .* cannot be read: ENOENT/,
  ],
  [
    'no vocabulary',
    (folder) => ['tokenizer.json', 'vocab.txt'].forEach((name) => rmSync(path.join(folder, name))),
    /has no tokenizer/,
  ],
];

function kitConfig(): Uint8Array {
  return readFileSync(kitPath('caption', 'config.json'));
}

function kitVocabulary(): Uint8Array {
  return readFileSync(kitPath('caption', 'vocab.txt'));
}

function shards(weightMap: Readonly<Record<string, string>>): Change {
  return (folder) => {
    renameSync(path.join(folder, 'model.safetensors'), path.join(folder, 'other.safetensors.old'));
    writeFileSync(path.join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: weightMap }));
  };
}

testMalformed(cases);
