/**
 * PyTorch's format before 1.6: five pickles one after the other (a magic number, a version, the machine's sizes, the
 * state dict, the keys of its storages), then each storage as its length and its bytes.
 */
import type { FileHandle } from 'node:fs/promises';
import { elementBytes } from './floats.ts';
import { readPickle } from './pickle.ts';
import { PickleError, type PickledValue } from './pickledValues.ts';
import type { PytorchContent } from './pytorchContent.ts';
import { stateDict, type StoredTensor } from './pytorchTensors.ts';
import { readRange } from './readRange.ts';

/** 0x1950a86a20f9469cfc6c, as it stands in the file. */
const magic = Uint8Array.of(0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e);
/** The descriptions of the largest checkpoints are a hundredth of this, bytes. */
const longestDescription = 64 * 1024 * 1024;

/** @throws PickleError */
export async function readLegacy(file: FileHandle): Promise<PytorchContent> {
  const { size } = await file.stat();
  const bytes = await readRange(file, 0, Math.min(size, longestDescription));
  if (magic.some((byte, index) => bytes[index] !== byte)) {
    throw new PickleError('it is neither a zip container nor a PyTorch file of before 1.6');
  }
  const version = readPickle(bytes, magic.length);
  if (version.value !== 1001) throw new PickleError('it is of another legacy version than 1001');
  const machine = readPickle(bytes, version.end);
  if (!(machine.value instanceof Map) || machine.value.get('little_endian') !== true) {
    throw new PickleError('it was not written on a little-endian machine');
  }
  const state = readPickle(bytes, machine.end);
  const keys = readPickle(bytes, state.end);
  const tensors = stateDict(state.value);
  return { tensors, storages: await places(file, storageKeys(keys.value), keys.end, tensors, size) };
}

function storageKeys(value: PickledValue): string[] {
  if (!Array.isArray(value)) throw new PickleError('it has no list of storages');
  return (value as readonly PickledValue[]).map((key) => {
    if (typeof key !== 'string') throw new PickleError('a storage has no name');
    return key;
  });
}

async function places(
  file: FileHandle,
  keys: readonly string[],
  start: number,
  tensors: ReadonlyMap<string, StoredTensor>,
  fileSize: number,
): Promise<PytorchContent['storages']> {
  const types = new Map([...tensors.values()].map((tensor) => [tensor.view.storage.key, tensor.dtype] as const));
  const found = new Map<string, { position: number; length: number }>();
  let at = start;
  for (const key of keys) {
    const count = Number(new DataView((await readRange(file, at, 8)).buffer).getBigUint64(0, true));
    // A storage that no tensor uses could not be skipped, for nobody says how large its elements are.
    const type = types.get(key);
    if (type === undefined) throw new PickleError(`storage ${key} belongs to no tensor`);
    const length = count * elementBytes[type];
    if (at + 8 + length > fileSize) throw new PickleError(`storage ${key} reaches beyond the end of the file`);
    found.set(key, { position: at + 8, length });
    at += 8 + length;
  }
  return found;
}
