/**
 * Reads `pytorch_model.bin`: the zip container since PyTorch 1.6, and the stream of pickles before it. Tensors are
 * read by range, one at a time; nothing that the file names is run.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { BlipError } from '../errors.ts';
import { invalidCheckpoint } from './modelFaults.ts';
import { readLegacy } from './pytorchLegacy.ts';
import { byteRange, gather, type StoredTensor } from './pytorchTensors.ts';
import { PickleError } from './pickledValues.ts';
import type { PytorchContent } from './pytorchContent.ts';
import { readZip } from './pytorchZip.ts';
import { readRange } from './readRange.ts';
import type { TensorFile } from './tensorFile.ts';

/** @throws BlipError CheckpointInvalid, naming the file and what is wrong with it */
export async function openPytorch(path: string): Promise<TensorFile> {
  const file = await open(path, 'r');
  try {
    const head = await readRange(file, 0, 4);
    const isZip = head[0] === 0x50 && head[1] === 0x4b;
    const { tensors, storages } = isZip ? await readZip(file) : await readLegacy(file);
    for (const [name, tensor] of tensors) checkRange(name, tensor, storages);
    return {
      path,
      tensors,
      read: (name) => inMessages(path, () => readTensor(file, name, tensors.get(name), storages)),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw asInvalid(path, error);
  }
}

function checkRange(name: string, tensor: StoredTensor, storages: PytorchContent['storages']): void {
  const storage = storages.get(tensor.view.storage.key);
  if (storage === undefined) throw new PickleError(`tensor ${name} lies in a storage that the file does not have`);
  const { start, length } = byteRange(tensor);
  if (start + length > storage.length) throw new PickleError(`tensor ${name} reaches beyond the bytes of its storage`);
}

async function readTensor(
  file: FileHandle,
  name: string,
  tensor: StoredTensor | undefined,
  storages: PytorchContent['storages'],
): Promise<Float32Array> {
  if (tensor === undefined) throw new PickleError(`it has no tensor ${name}`);
  const { start, length } = byteRange(tensor);
  const { position } = storages.get(tensor.view.storage.key)!;
  return gather(tensor, await readRange(file, position + start, length));
}

async function inMessages<T>(path: string, work: () => Promise<T>): Promise<T> {
  return work().catch((error: unknown) => {
    throw asInvalid(path, error);
  });
}

function asInvalid(path: string, error: unknown): unknown {
  if (error instanceof BlipError) return error;
  return invalidCheckpoint(
    `${basename(path)} is not a sound PyTorch file: ${(error as Error).message}`,
    'Download the model again, or use its safetensors',
    error,
  );
}
