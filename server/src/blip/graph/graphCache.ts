/** Converted models on disk: made once for a checkpoint, precision and version, found again by name. */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface GraphFolder {
  readonly path: string;
  /** Gives back what was only lent for this run. */
  dispose(): void;
}

/** Fills a folder with the graphs of a model. */
export type FillFolder = (folder: string) => Promise<void>;

/**
 * Finds the folder `name` in the cache, or makes it: aside, then renamed, so that it is whole or not there, whoever else
 * is making it. Without a cache folder, or where that cannot be written to, the graphs live in a temporary folder.
 */
export async function graphFolder(cacheFolder: string | null, name: string, fill: FillFolder): Promise<GraphFolder> {
  if (cacheFolder !== null) {
    const path = join(cacheFolder, name);
    if (await exists(path)) return { path, dispose: () => {} };
    const aside = `${path}.${randomBytes(6).toString('hex')}.partial`;
    if (await canMake(aside)) {
      await fillAside(aside, fill);
      await moveInto(aside, path);
      return { path, dispose: () => {} };
    }
  }
  return temporaryFolder(fill);
}

async function temporaryFolder(fill: FillFolder): Promise<GraphFolder> {
  const path = await mkdtemp(join(tmpdir(), 'image-captioner-'));
  const dispose = (): void => {
    process.off('exit', dispose);
    rmSync(path, { recursive: true, force: true });
  };
  process.on('exit', dispose);
  try {
    await fill(path);
    return { path, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

async function fillAside(aside: string, fill: FillFolder): Promise<void> {
  try {
    await fill(aside);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
}

/** Another process may have been faster: its result is as good. */
async function moveInto(aside: string, path: string): Promise<void> {
  try {
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    if (!(await exists(path))) throw error;
  }
}

async function canMake(folder: string): Promise<boolean> {
  return mkdir(folder, { recursive: true }).then(
    () => true,
    () => false,
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
