/** Safetensors files made for tests: sound ones, and ones that lie. */
import { readFileSync, writeFileSync } from 'node:fs';

export interface StoredTensor {
  dtype: string;
  shape: number[];
  bytes: Uint8Array;
}

export function writeSafetensors(path: string, tensors: ReadonlyMap<string, StoredTensor>): void {
  let offset = 0;
  // Without a prototype `__proto__` is a name like any other.
  const header = Object.create(null) as Record<string, unknown>;
  for (const [name, { dtype, shape, bytes }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.byteLength] };
    offset += bytes.byteLength;
  }
  writeFileSync(
    path,
    withHeader(
      header,
      [...tensors.values()].map(({ bytes }) => bytes),
    ),
  );
}

/** The bytes of a file with this header, whatever it says. */
export function withHeader(header: unknown, data: readonly Uint8Array[]): Uint8Array {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.byteLength));
  return Buffer.concat([length, json, ...data]);
}

export function readSafetensors(path: string): Map<string, StoredTensor> {
  const file = readFileSync(path);
  const dataStart = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, dataStart)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  return new Map(
    Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(
        ([
          name,
          {
            dtype,
            shape,
            data_offsets: [begin, end],
          },
        ]) => [name, { dtype, shape, bytes: new Uint8Array(file.subarray(dataStart + begin, dataStart + end)) }],
      ),
  );
}
