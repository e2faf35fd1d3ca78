/**
 * Converted models on disk: made once for a checkpoint, precision and version, found again by name. A folder is whole
 * when its manifest names every file with its size; anything else is made anew.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { BlipError } from '../errors.ts';
import { lifeOf, processLock, processName } from './processLock.ts';

/** Raised whenever the graphs change: converted models of another version are made anew. */
export const converterVersion = 8;

/** What became of a conversion, kept beside the graphs. */
export interface Conversion {
  readonly precision: 'int8' | 'fp32';
  /** What the self-check decided, in a sentence; null where nothing was checked. */
  readonly verdict: string | null;
  /** Whether several pictures may be seen or written about in one run: what is made of one is the same beside others. */
  readonly batches: boolean;
}

export interface GraphFolder extends Conversion {
  readonly path: string;
  /** Gives back what was only lent for this run. */
  readonly dispose: () => void;
}

/** Fills a folder with the graphs of a model. */
export type FillFolder = (folder: string) => Promise<Conversion>;

const Manifest = v.object({
  precision: v.picklist(['int8', 'fp32']),
  verdict: v.nullable(v.string()),
  batches: v.boolean(),
  files: v.record(v.string(), v.number()),
});

const manifestName = 'graphs.json';
/** What was begun on another machine is removed when it is this old; on this one, when its process has ended. */
const abandonedMs = 60 * 60 * 1000;

/** How a conversion waits for its turn. */
export interface Waiting {
  /** Told once, where another process is converting the same model. */
  readonly onWait: () => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds the folder `name` in the cache, or makes it: aside, then renamed, so that it is whole or not there. Of several
 * processes that want it one makes it, and the others wait for that. Without a cache folder, or where that cannot be
 * written to, the graphs live in a temporary folder.
 */
export async function graphFolder(
  cacheFolder: string | null,
  name: string,
  fill: FillFolder,
  { onWait, signal }: Waiting = { onWait: () => {} },
): Promise<GraphFolder> {
  if (cacheFolder === null) return temporaryFolder(fill);
  const path = join(cacheFolder, name);
  // Each time, for a conversion of a large model that was cancelled leaves two gigabytes; a few names are soon read.
  await removeAbandoned(cacheFolder).catch(() => {}); // not there yet, or not ours to change
  const found = await readWhole(path);
  if (found !== null) return found;
  if (!(await canMake(cacheFolder))) return temporaryFolder(fill);
  const release = await processLock(`${path}.lock`, onWait, signal).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    return null; // full or read-only
  });
  if (release === null) return temporaryFolder(fill);
  try {
    return (await readWhole(path)) ?? (await make(path, fill));
  } catch (error) {
    // The captions are worth a conversion that is not kept.
    if (!isFull(error)) throw error;
  } finally {
    await release();
  }
  return temporaryFolder(fill, cacheFolder);
}

async function make(path: string, fill: FillFolder): Promise<GraphFolder> {
  await removeAbandoned(dirname(path)); // who held the lock before may have ended only now
  const aside = `${path}.${processName()}.${randomBytes(6).toString('hex')}.partial`;
  try {
    await mkdir(aside);
    await fillWithManifest(aside, fill);
    return await moveInto(aside, path);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** The folder, where all files are there and of the size they were written with; else null. */
async function readWhole(path: string): Promise<GraphFolder | null> {
  try {
    const { files, ...conversion } = v.parse(Manifest, JSON.parse(await readFile(join(path, manifestName), 'utf8')));
    for (const [name, size] of Object.entries(files)) {
      if ((await stat(join(path, name))).size !== size) return null;
    }
    return { ...conversion, path, dispose: () => {} };
  } catch {
    return null; // not there, or damaged: either way it is made anew
  }
}

async function fillWithManifest(folder: string, fill: FillFolder): Promise<Conversion> {
  const conversion = await fill(folder);
  const files: Record<string, number> = {};
  for (const name of await readdir(folder)) files[name] = (await stat(join(folder, name))).size;
  await writeFile(join(folder, manifestName), JSON.stringify({ ...conversion, files }));
  return conversion;
}

/**
 * Puts the folder in its place. Another process may have been faster: its result is as good. What is damaged there is
 * moved out of the way first, since a folder is only renamed to where none is.
 */
async function moveInto(aside: string, path: string): Promise<GraphFolder> {
  for (let attempt = 0; ; attempt += 1) {
    const failure = await rename(aside, path).then(
      () => null,
      (error: unknown) => error,
    );
    const whole = await readWhole(path);
    if (whole !== null) return whole;
    if (attempt === 3) throw failure ?? new Error(`${path} changed while it was being made`);
    const damaged = `${aside}.damaged.partial`;
    await rename(path, damaged).catch(() => {}); // someone else was at it
    await rm(damaged, { recursive: true, force: true });
  }
}

/** @param full the cache folder that had no room, for the message where there is none here either */
async function temporaryFolder(fill: FillFolder, full: string | null = null): Promise<GraphFolder> {
  const path = await mkdtemp(join(tmpdir(), 'image-captioner-'));
  const dispose = (): void => {
    process.off('exit', dispose);
    rmSync(path, { recursive: true, force: true });
  };
  process.on('exit', dispose);
  try {
    return { ...(await fill(path)), path, dispose };
  } catch (error) {
    dispose();
    throw isFull(error)
      ? noRoom(
          error,
          [full, tmpdir()].filter((folder) => folder !== null),
        )
      : error;
  }
}

function isFull(error: unknown): error is NodeJS.ErrnoException {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

function noRoom(cause: Error, folders: readonly string[]): BlipError {
  return new BlipError(
    'ModelUnavailable',
    `The model could not be converted: there is no room left in ${folders.join(' nor in ')}. Free some, or choose another cache folder.`,
    { cause },
  );
}

/** What processes left that were killed, whichever model they were at. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.partial')) continue;
    const maker = /\.([0-9a-f]{8}-\d+)\./u.exec(name)?.[1] ?? '';
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    const life = lifeOf(maker);
    const abandoned = life === 'ended' || (life === 'unknown' && Date.now() - mtimeMs > abandonedMs);
    if (abandoned) await rm(path, { recursive: true, force: true });
  }
}

async function canMake(folder: string): Promise<boolean> {
  return mkdir(folder, { recursive: true }).then(
    () => true,
    () => false,
  );
}
