/**
 * Folders that are no model, or a broken or hostile one, given to the real terminal: each ends with exit code 3 and a
 * message that says what is wrong, with which file, and what to do. Nothing that they name is run, and nothing is left.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { kitPath, copyOfModel } from '../support/parityKit.ts';
import { pickle, pickledTensor, py, writeZip, type ZipEntry } from '../support/pytorchBytes.ts';
import { readSafetensors, withHeader, writeSafetensors, type StoredTensor } from '../support/safetensors.ts';
import { Terminal } from '../support/terminal.ts';

type Change = (folder: string) => void;

let terminal: Terminal;
before(async () => {
  terminal = await Terminal.create();
});
after(() => terminal.remove());

/** What a hostile pickle would write, were it run. */
const victim = path.join(os.tmpdir(), `written-by-a-model-${process.pid}`);
after(() => rmSync(victim, { force: true }));

const file = (name: string, content: string | Uint8Array): Change => {
  return (folder) => writeFileSync(path.join(folder, name), content);
};
const only = (...changes: readonly Change[]): Change => {
  return (folder) => {
    for (const name of readdirSync(folder)) rmSync(path.join(folder, name), { recursive: true });
    for (const change of changes) change(folder);
  };
};
const config = (change: (config: any) => void, name = 'config.json'): Change => {
  return (folder) => {
    const value = JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
    change(value);
    writeFileSync(path.join(folder, name), JSON.stringify(value));
  };
};
const tensors = (change: (tensors: Map<string, StoredTensor>) => void): Change => {
  return (folder) => {
    const all = readSafetensors(path.join(folder, 'model.safetensors'));
    change(all);
    writeSafetensors(path.join(folder, 'model.safetensors'), all);
  };
};
const instead = (name: string, make: (at: string) => void): Change => {
  return (folder) => {
    rmSync(path.join(folder, name), { force: true });
    make(path.join(folder, name));
  };
};

/** pytorch_model.bin as the only weights. */
const bin = (make: (at: string) => void): Change => {
  return (folder) => {
    rmSync(path.join(folder, 'model.safetensors'));
    instead('pytorch_model.bin', make)(folder);
  };
};
const zip = (entries: readonly ZipEntry[]): Change => {
  return bin((at) => {
    const opened = openSync(at, 'w');
    writeZip(opened, entries);
    closeSync(opened);
  });
};
const zipped = (value: Buffer, ...more: readonly ZipEntry[]): Change =>
  zip([{ name: 'archive/data.pkl', bytes: () => pickle(value) }, ...more]);
const storage = (bytes: number, key = '0'): ZipEntry => {
  return { name: `archive/data/${key}`, bytes: () => new Uint8Array(bytes) };
};
const state = (tensor: Buffer): Buffer => py.dict([[py.text('a.weight'), tensor]]);
const call = (module: string, name: string, argument = `touch ${victim}`): Buffer =>
  py.call(py.global(module, name), py.tuple(py.text(argument)));
/** A pickle's operations that are no value of `py`. */
const operations = (...codes: readonly number[]): Buffer => Buffer.from(codes);

const cases: readonly (readonly [name: string, change: Change, message: RegExp])[] = [
  // Pickles that would run something, were they run.
  ['a pickle that calls a shell', zipped(call('posix', 'system')), /pytorch_model\.bin .* names posix\.system/],
  [
    'one that hides it in a tensor',
    zipped(state(call('subprocess', 'check_output'))),
    /names subprocess\.check_output/,
  ],
  ['one that imports by itself', zipped(call('importlib', 'import_module', 'os')), /names importlib\.import_module/],
  [
    'one that unpickles another',
    zipped(call('torch.storage', '_load_from_bytes', '')),
    /torch\.storage\._load_from_bytes/,
  ],
  [
    'a whole model, pickled as a program',
    zipped(py.global('transformers.models.blip.modeling_blip', 'BlipForConditionalGeneration')),
    /names transformers\..*BlipForConditionalGeneration, which is no part of a checkpoint.*use its safetensors/,
  ],
  [
    'an object made without a call',
    zipped(Buffer.concat([py.global('collections', 'OrderedDict'), py.tuple(), operations(0x81)])),
    /operation 0x81/,
  ],
  ['an instance of a class', zipped(Buffer.from('(ios\nsystem\n')), /operation 0x69/],
  [
    'a type that is called',
    zipped(py.call(py.global('torch', 'FloatStorage'), py.tuple())),
    /calls torch\.FloatStorage/,
  ],
  [
    'a pickle without an end',
    zip([{ name: 'a/data.pkl', bytes: () => operations(0x80, 2, 0x7d) }]),
    /ends in the middle/,
  ],
  ['a pickle of protocol 9', zip([{ name: 'a/data.pkl', bytes: () => operations(0x80, 9, 0x2e) }]), /protocol 9/],
  ['an endless pickle', zipped(Buffer.alloc(6_000_000, 0x4e)), /more values than a checkpoint has/],
  ['a text longer than the file', zipped(operations(0x58, 255, 255, 255, 127)), /ends in the middle/],
  // Pickles whose tensors lie.
  [
    'a tensor of 2^62 elements out of one',
    zipped(
      state(pickledTensor({ key: '0', shape: [2 ** 31 - 1, 2 ** 31 - 1], stride: [0, 0], length: 1 })),
      storage(4),
    ),
    /a\.weight \[2147483647, 2147483647\] reaches beyond its storage/,
  ],
  [
    'a storage that claims more than is there',
    zipped(state(pickledTensor({ key: '0', shape: [64] })), storage(8)),
    /a\.weight reaches beyond the bytes of its storage/,
  ],
  [
    'a tensor before its storage',
    zipped(state(pickledTensor({ key: '0', shape: [2], offset: -1, length: 4 })), storage(16)),
    /a tensor is not described as PyTorch does/,
  ],
  [
    'a storage elsewhere on the disk',
    zipped(state(pickledTensor({ key: '../../../etc/passwd', shape: [2] }))),
    /a\.weight lies in a storage that the file does not have/,
  ],
  [
    'a storage of quaternions',
    zipped(state(pickledTensor({ key: '0', shape: [1], type: 'QuaternionStorage' })), storage(4)),
    /names torch\.QuaternionStorage/,
  ],
  // Zips.
  ['a zip of something else', zip([{ name: 'word/document.xml', bytes: () => Buffer.from('<w/>') }]), /no data\.pkl/],
  [
    'a compressed description',
    zip([{ name: 'archive/data.pkl', bytes: () => pickle(py.none), method: 8 }]),
    /data\.pkl is compressed/,
  ],
  [
    'big-endian numbers',
    zipped(state(pickledTensor({ key: '0', shape: [1] })), storage(4), {
      name: 'archive/byteorder',
      bytes: () => Buffer.from('big'),
    }),
    /byte order is big/,
  ],
  [
    'half a zip',
    (folder) => {
      rmSync(path.join(folder, 'model.safetensors'));
      truncateSync(path.join(folder, 'pytorch_model.bin'), 100_000);
    },
    /pytorch_model\.bin is not a sound PyTorch file: End of central directory/,
  ],
  ['nothing', bin((at) => writeFileSync(at, '')), /pytorch_model\.bin is not a sound PyTorch file: it ends at byte 0/],
  ['a web page', bin((at) => writeFileSync(at, '<!doctype html><title>404</title>')), /neither a zip container nor/],
  [
    'a Git LFS pointer',
    file('model.safetensors', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 895000000\n'),
    /model\.safetensors of the model in .* is a Git LFS pointer\. Run git lfs pull there/,
  ],
  // Safetensors.
  [
    'a header of no tensors',
    file('model.safetensors', withHeader({ __metadata__: {} }, [])),
    /not of a BLIP model|lacks tensors/,
  ],
  [
    'a tensor of a type of tomorrow',
    file(
      'model.safetensors',
      withHeader({ a: { dtype: 'F8_E5M2', shape: [1], data_offsets: [0, 1] } }, [new Uint8Array(1)]),
    ),
    /tensor a has the unknown type F8_E5M2/,
  ],
  [
    'a header of brackets',
    file('model.safetensors', Buffer.concat([Buffer.from('40420f0000000000', 'hex'), Buffer.alloc(1_000_000, '[')])),
    /its header is not (?:JSON|an object)/,
  ],
  ['a shape of 2^53', tensors((all) => (all.values().next().value!.shape = [2 ** 53])), /tensor .*: Invalid/],
  ['a tensor named __proto__', tensors((all) => all.set('__proto__', bytes([1]))), /not of this model: __proto__/],
  ['a halved checkpoint', (folder) => truncateSync(path.join(folder, 'model.safetensors'), 50_000), /the data ends at/],
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

function bytes(values: readonly number[]): StoredTensor {
  return { dtype: 'F32', shape: [values.length], bytes: new Uint8Array(Float32Array.from(values).buffer) };
}

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

describe('a model folder of', { concurrency: 2 }, () => {
  for (const [name, change, message] of cases) {
    it(name, async () => {
      const folder = copyOfModel('caption', change);
      const cache = path.join(terminal.folder, path.basename(folder));
      const { code, stdout, stderr } = await terminal.run(['models', 'convert', folder, '--precision', 'fp32'], {
        env: { IMAGE_CAPTIONER_CACHE: cache },
      });
      assert.match(stderr, message);
      assert.equal(code, 3, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, /^image-captioner: [^\n]+\.\n$/, 'one line, a sentence');
      assert.match(stderr, /(?:Download|Correct|Take|Give|Run) .*\.\n$/, 'what to do');
      assert.doesNotMatch(stderr, /\s+at .*:\d+:\d+/);
      const left = existsSync(cache) ? readdirSync(cache, { recursive: true }).map(String) : [];
      assert.deepEqual(
        left.filter((one) => /partial|lock|onnx|weights/.test(one)),
        [],
      );
      assert.equal(existsSync(victim), false, 'nothing was run');
    });
  }
});
