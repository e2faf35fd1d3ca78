/** Checkpoints made to run something, or to take all memory, given to the real terminal. */
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  bin,
  call,
  file,
  tensors,
  testMalformed,
  zip,
  zipped,
  type MalformedModel,
} from '../support/malformedModel.ts';
import { pickle, pickledTensor, py, type ZipEntry } from '../support/pytorchBytes.ts';
import { withHeader } from '../support/safetensors.ts';

const storage = (bytes: number): ZipEntry => {
  return { name: 'archive/data/0', bytes: () => new Uint8Array(bytes) };
};
const state = (tensor: Buffer): Buffer => py.dict([[py.text('a.weight'), tensor]]);
/** A pickle's operations that are no value of `py`. */
const operations = (...codes: readonly number[]): Buffer => Buffer.from(codes);

const cases: readonly MalformedModel[] = [
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
  [
    'a tensor named __proto__',
    tensors((all) => all.set('__proto__', { dtype: 'F32', shape: [1], bytes: new Uint8Array(4) })),
    /not of this model: __proto__/,
  ],
  ['a halved checkpoint', (folder) => truncateSync(path.join(folder, 'model.safetensors'), 50_000), /the data ends at/],
];

testMalformed(cases);
