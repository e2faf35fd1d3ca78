/** PyTorch checkpoints made for tests: the pickle that describes the tensors, and the zip around it. */
import { writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

const bytes = (...codes: readonly number[]): Buffer => Buffer.from(codes);

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

/** Python values as pickle's operations that build them. */
export const py = {
  none: bytes(0x4e),
  true: bytes(0x88),
  false: bytes(0x89),
  int: (value: number): Buffer => Buffer.concat([bytes(0x4a), uint32(value >>> 0)]),
  text: (value: string): Buffer => Buffer.concat([bytes(0x58), uint32(Buffer.byteLength(value)), Buffer.from(value)]),
  tuple: (...items: readonly Buffer[]): Buffer => Buffer.concat([bytes(0x28), ...items, bytes(0x74)]),
  dict: (entries: readonly (readonly [Buffer, Buffer])[]): Buffer =>
    Buffer.concat([bytes(0x7d, 0x28), ...entries.flat(), bytes(0x75)]),
  global: (module: string, name: string): Buffer => Buffer.from(`c${module}\n${name}\n`),
  call: (callable: Buffer, args: Buffer): Buffer => Buffer.concat([callable, args, bytes(0x52)]),
  persistent: (id: Buffer): Buffer => Buffer.concat([id, bytes(0x51)]),
};

/** A whole pickle: protocol 2, one value, the end. */
export function pickle(value: Buffer): Buffer {
  return Buffer.concat([bytes(0x80, 2), value, bytes(0x2e)]);
}

export interface TensorView {
  readonly key: string;
  readonly shape: readonly number[];
  readonly type?: string;
  /** Elements of its storage; as many as the shape has when not given. */
  readonly length?: number;
  readonly offset?: number;
  readonly stride?: readonly number[];
}

/** As `torch.save` describes a tensor. */
export function pickledTensor({ key, shape, type = 'FloatStorage', offset = 0, ...rest }: TensorView): Buffer {
  const rows = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, dim) => product * dim, 1));
  const { length = shape.reduce((product, dim) => product * dim, 1), stride = rows } = rest;
  const id = py.tuple(py.text('storage'), py.global('torch', type), py.text(key), py.text('cpu'), py.int(length));
  const sizes = (values: readonly number[]): Buffer => py.tuple(...values.map(py.int));
  const hooks = py.call(py.global('collections', 'OrderedDict'), py.tuple());
  const args = py.tuple(py.persistent(id), py.int(offset), sizes(shape), sizes(stride), py.false, hooks);
  return py.call(py.global('torch._utils', '_rebuild_tensor_v2'), args);
}

export interface ZipEntry {
  readonly name: string;
  readonly bytes: () => Uint8Array;
  /** What the entry's header says of it: 0, stored as it is, when not given. */
  readonly method?: number;
}

/** Writes a zip of entries that are stored as they are, one in memory at a time. */
export function writeZip(file: number, entries: Iterable<ZipEntry>): void {
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, bytes: content, method = 0 } of entries) {
    const data = content();
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version needed
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.byteLength, 14);
    common.writeUInt32LE(data.byteLength, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const ending = Buffer.alloc(14);
    ending.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), common, ending, Buffer.from(name)]));
    at += write(file, Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name)]));
    at += write(file, data);
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).byteLength, 12);
  end.writeUInt32LE(at, 16);
  write(file, Buffer.concat([...directory, end]));
}

function write(file: number, data: Uint8Array): number {
  for (let done = 0; done < data.byteLength;) done += writeSync(file, data, done);
  return data.byteLength;
}
