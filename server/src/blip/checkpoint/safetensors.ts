/**
 * Reads safetensors (https://github.com/huggingface/safetensors): 8 bytes of header length, a JSON header, the data.
 * The header is checked before any of it is believed.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import * as v from 'valibot';
import type { BlipError } from '../errors.ts';
import { elementBytes, isElementType, toFloat32, type ElementType } from './floats.ts';
import { invalidCheckpoint } from './modelFaults.ts';
import { readRange } from './readRange.ts';
import { elements, type TensorFile, type TensorInfo } from './tensorFile.ts';

/** The reference implementation's own limit. */
const longestHeader = 100_000_000;

const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Entry = v.object({ dtype: v.string(), shape: v.array(size), data_offsets: v.strictTuple([size, size]) });

interface Entry extends TensorInfo {
  readonly dtype: ElementType;
  readonly begin: number;
  readonly end: number;
}

function invalid(path: string, what: string): BlipError {
  return invalidCheckpoint(`${basename(path)} is not a sound safetensors file: ${what}`);
}

/** @throws BlipError CheckpointInvalid, naming the file and the tensor that is wrong. */
export async function openSafetensors(path: string): Promise<TensorFile> {
  const file = await open(path, 'r');
  try {
    const { entries, dataStart } = await readHeader(file, path);
    return {
      path,
      tensors: entries,
      read: (name) => readTensor(file, path, name, entries.get(name), dataStart),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readHeader(file: FileHandle, path: string): Promise<{ entries: Map<string, Entry>; dataStart: number }> {
  const { size: fileSize } = await file.stat();
  if (fileSize < 8) throw invalid(path, `it has ${fileSize} bytes`);
  const headerSize = new DataView((await readExactly(file, path, 0, 8)).buffer).getBigUint64(0, true);
  if (headerSize > BigInt(Math.min(longestHeader, fileSize - 8))) {
    throw invalid(path, `its header claims ${headerSize} bytes, the file has ${fileSize}`);
  }
  const dataStart = 8 + Number(headerSize);
  const header = parseHeader(path, await readExactly(file, path, 8, Number(headerSize)));
  const entries = new Map<string, Entry>();
  for (const [name, value] of Object.entries(header)) {
    if (name !== '__metadata__') entries.set(name, checkEntry(path, name, value, fileSize - dataStart));
  }
  checkOverlap(path, entries);
  return { entries, dataStart };
}

function parseHeader(path: string, bytes: Uint8Array): object {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw invalid(path, 'its header is not JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw invalid(path, 'its header is not an object');
  return header;
}

function checkEntry(path: string, name: string, value: unknown, dataSize: number): Entry {
  const entry = v.safeParse(Entry, value);
  if (!entry.success) throw invalid(path, `tensor ${name}: ${entry.issues[0].message}`);
  const {
    dtype,
    shape,
    data_offsets: [begin, end],
  } = entry.output;
  if (!isElementType(dtype)) throw invalid(path, `tensor ${name} has the unknown type ${dtype}`);
  if (begin > end || end > dataSize) {
    throw invalid(path, `tensor ${name} lies at ${begin}–${end}, the data ends at ${dataSize}`);
  }
  const bytes = elements(shape) * elementBytes[dtype];
  if (bytes !== end - begin) {
    throw invalid(path, `tensor ${name} [${shape.join(', ')}] needs ${bytes} bytes and has ${end - begin}`);
  }
  return { dtype, shape, begin, end };
}

function checkOverlap(path: string, entries: ReadonlyMap<string, Entry>): void {
  let previous = { name: '', end: 0 };
  for (const [name, { begin, end }] of [...entries].toSorted(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
    if (begin < previous.end) throw invalid(path, `tensors ${previous.name} and ${name} overlap`);
    previous = { name, end };
  }
}

async function readTensor(
  file: FileHandle,
  path: string,
  name: string,
  entry: Entry | undefined,
  dataStart: number,
): Promise<Float32Array> {
  if (entry === undefined) throw invalid(path, `it has no tensor ${name}`);
  return toFloat32(await readExactly(file, path, dataStart + entry.begin, entry.end - entry.begin), entry.dtype);
}

async function readExactly(file: FileHandle, path: string, position: number, length: number): Promise<Uint8Array> {
  return readRange(file, position, length).catch((error: Error) => {
    throw invalid(path, error.message);
  });
}
