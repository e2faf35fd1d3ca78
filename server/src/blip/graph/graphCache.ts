/**
 * Converted models on disk: made once for a checkpoint, precision and version, found again by name. A folder is whole
 * when its manifest names every file with its size; anything else is made anew.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { BlipError } from '../errors.ts';

/** What became of a conversion, kept beside the graphs. */
export interface Conversion {
  readonly precision: 'int8' | 'fp32';
  /** What the self-check decided, in a sentence; null where nothing was checked. */
  readonly verdict: string | null;
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
  files: v.record(v.string(), v.number()),
});

const manifestName = 'graphs.json';
/** What a process that was killed left behind is removed when it is this old. */
const abandonedMs = 60 * 60 * 1000;

/**
 * Finds the folder `name` in the cache, or makes it: aside, then renamed, so that it is whole or not there, whoever else
 * is making it. Without a cache folder, or where that cannot be written to, the graphs live in a temporary folder.
 */
export async function graphFolder(cacheFolder: string | null, name: string, fill: FillFolder): Promise<GraphFolder> {
  if (cacheFolder === null) return temporaryFolder(fill);
  const path = join(cacheFolder, name);
  const found = await readWhole(path);
  if (found !== null) return found;
  const aside = `${path}.${randomBytes(6).toString('hex')}.partial`;
  if (!(await canMake(aside))) return temporaryFolder(fill);
  await removeAbandoned(path);
  try {
    await fillWithManifest(aside, fill);
    return await moveInto(aside, path);
  } catch (error) {
    throw fullDisk(error, cacheFolder) ?? error;
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

async function temporaryFolder(fill: FillFolder): Promise<GraphFolder> {
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
    throw fullDisk(error, tmpdir()) ?? error;
  }
}

function fullDisk(error: unknown, folder: string): BlipError | null {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return null;
  return new BlipError(
    'ModelUnavailable',
    `The model could not be converted: there is no room left in ${folder}. Free some, or choose another cache folder.`,
    { cause: error },
  );
}

async function removeAbandoned(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${basename(path)}.`) || !name.endsWith('.partial')) continue;
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > abandonedMs) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function canMake(folder: string): Promise<boolean> {
  return mkdir(folder, { recursive: true }).then(
    () => true,
    () => false,
  );
}
