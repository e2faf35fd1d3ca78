/** PyTorch's zip container (since 1.6): `NAME/data.pkl` describes the tensors, `NAME/data/KEY` holds a storage each. */
import { read } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { fromRandomAccessReaderPromise, RandomAccessReader, type Entry, type ZipFile } from 'yauzl';
import { readPickle } from './pickle.ts';
import { PickleError } from './pickledValues.ts';
import type { PytorchContent } from './pytorchContent.ts';
import { stateDict } from './pytorchTensors.ts';
import { readRange } from './readRange.ts';

/** A description this long is no checkpoint's, bytes. */
const longestPickle = 64 * 1024 * 1024;
const mostEntries = 100_000;

/** @throws PickleError, or the zip reader's own errors */
export async function readZip(file: FileHandle): Promise<PytorchContent> {
  const { size } = await file.stat();
  const zip = await fromRandomAccessReaderPromise(new BoundedReader(file, size), size, { autoClose: false });
  if (zip.entryCount > mostEntries) throw new PickleError(`it has ${zip.entryCount} entries`);
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
  const description = [...entries.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (description === undefined) throw new PickleError('it has no data.pkl');
  const folder = description.slice(0, -'data.pkl'.length);
  await checkByteOrder(zip, file, entries.get(`${folder}byteorder`));
  const { value } = readPickle(await bytesOf(zip, file, entries.get(description)!));
  const storages = new Map<string, { position: number; length: number }>();
  for (const [name, entry] of entries) {
    if (!name.startsWith(`${folder}data/`)) continue;
    storages.set(name.slice(folder.length + 'data/'.length), await placeOf(zip, entry));
  }
  return { tensors: stateDict(value), storages };
}

/** The zip reader's own throws where nobody can catch it, when a zip names a place that no file has. */
class BoundedReader extends RandomAccessReader {
  readonly #file: FileHandle;
  readonly #size: number;

  constructor(file: FileHandle, size: number) {
    super();
    this.#file = file;
    this.#size = size;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    if (position >= 0 && position + length <= this.#size) {
      return read(this.#file.fd, buffer, offset, length, position, callback);
    }
    setImmediate(callback, new PickleError('it names places outside itself'));
  }
}

async function checkByteOrder(zip: ZipFile, file: FileHandle, entry: Entry | undefined): Promise<void> {
  if (entry === undefined) return;
  const order = new TextDecoder().decode(await bytesOf(zip, file, entry)).trim();
  if (order !== 'little') throw new PickleError(`its byte order is ${order}, only little is read`);
}

async function bytesOf(zip: ZipFile, file: FileHandle, entry: Entry): Promise<Uint8Array> {
  const { position, length } = await placeOf(zip, entry);
  if (length > longestPickle) throw new PickleError(`${entry.fileName} has ${length} bytes`);
  return readRange(file, position, length);
}

/** PyTorch stores without compressing, so that storages can be read in place. */
async function placeOf(zip: ZipFile, entry: Entry): Promise<{ position: number; length: number }> {
  if (entry.compressionMethod !== 0) throw new PickleError(`${entry.fileName} is compressed, which PyTorch never does`);
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  return { position: fileDataStart, length: entry.uncompressedSize };
}
