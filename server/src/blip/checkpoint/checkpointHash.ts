/** The name of a checkpoint by its content: what caches of graphs and captions are keyed by. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Large files are hashed in pieces between which the process can answer. */
const pieceBytes = 1024 * 1024;
/** Below this, hashing is quicker than remembering. */
const smallFile = 4n * 1024n * 1024n;

/**
 * SHA-256 over files, in the order given, each file's content hashed first. Reading two gigabytes takes seconds, so the
 * hash of a file is remembered in `cacheFolder` by its path, size and times; in the Hugging Face cache, where a large
 * file is named by its hash, it is not even read once.
 *
 * @param cacheFolder null: nothing is remembered.
 * @param onUnknown told of each large file that was not hashed before: it will take a while.
 */
export async function hashFiles(
  paths: readonly string[],
  cacheFolder: string | null,
  signal?: AbortSignal,
  onUnknown: () => void = () => {},
): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(await hashFile(path, cacheFolder, onUnknown, signal));
  return hash.digest('hex');
}

async function hashFile(
  path: string,
  cacheFolder: string | null,
  onUnknown: () => void,
  signal?: AbortSignal,
): Promise<string> {
  const real = await realpath(path);
  const blob = basename(real);
  if (blob !== basename(path) && /^[0-9a-f]{64}$/.test(blob)) return blob;
  const { size, mtimeNs, ctimeNs, ino } = await stat(real, { bigint: true });
  const identity = createHash('sha256').update([real, size, mtimeNs, ctimeNs, ino].join('\0')).digest('hex');
  const memory = cacheFolder === null || size < smallFile ? null : join(cacheFolder, 'hashes', identity);
  const known = memory === null ? '' : await readFile(memory, 'utf8').catch(() => '');
  if (/^[0-9a-f]{64}$/.test(known)) return known;
  if (memory !== null) onUnknown();
  const content = await hashContent(real, signal);
  if (memory !== null) await remember(memory, content);
  return content;
}

async function hashContent(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: pieceBytes })) {
    signal?.throwIfAborted();
    hash.update(piece as Uint8Array);
  }
  return hash.digest('hex');
}

/** A cache folder that cannot be written to costs time, nothing else. */
async function remember(path: string, content: string): Promise<void> {
  const aside = `${path}.${process.pid}`;
  try {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(aside, content);
    await rename(aside, path);
  } catch {
    await rm(aside, { force: true }).catch(() => undefined);
  }
}
