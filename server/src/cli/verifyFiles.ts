import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Models } from '../models/composeModels.ts';
import type { ModelDownloader } from '../models/download.ts';
import type { ModelLocation } from '../models/modelLocation.ts';
import { wrongHash } from '../models/verifyFile.ts';
import type { CommandIo } from './commandIo.ts';

export interface VerifiedFile {
  readonly file: string;
  readonly state: 'right' | 'damaged' | 'unknown';
  /** Why nothing is known. */
  readonly reason?: string;
}

interface VerifyWorld {
  readonly models: Models;
  readonly downloader: ModelDownloader;
  readonly io: CommandIo;
}

/**
 * A model's files against their hashes. The hub's cache names them by its links; where Python moved a file for want of
 * links nothing on this machine tells, and the hub is asked.
 */
export async function verifyFiles(location: ModelLocation, world: VerifyWorld): Promise<VerifiedFile[]> {
  const results: VerifiedFile[] = [];
  for (const file of (await readdir(location.folder)).toSorted()) {
    const at = path.join(location.folder, file);
    if (!(await stat(at)).isFile()) continue;
    const known = await hashOf(location, file, world);
    if ('reason' in known) results.push({ file, state: 'unknown', reason: known.reason });
    else {
      const wrong = await wrongHash(at, known.hash, world.io.signal);
      results.push({ file, state: wrong === null ? 'right' : 'damaged' });
    }
  }
  return results;
}

export function wordsOf({ state, reason }: VerifiedFile): string {
  return state === 'unknown' ? `no hash is known for it: ${reason}` : state;
}

type Known = { readonly hash: string } | { readonly reason: string };

async function hashOf(
  { id, source, folder }: ModelLocation,
  file: string,
  { models, downloader, io }: VerifyWorld,
): Promise<Known> {
  if (source !== 'hub') return { reason: 'only those of the hub have one' };
  const commit = path.basename(folder);
  const noted = await models.cache.hashOf(id, commit, file);
  if (noted !== null) return { hash: noted };
  try {
    const hash = await downloader.hashOf(id, commit, file, io.signal);
    io.stderr(`${file}: the cache does not tell its hash, ${downloader.endpoint} was asked for it\n`);
    return { hash };
  } catch (error) {
    io.signal.throwIfAborted();
    return { reason: `the cache has no links, which would tell it, and ${(error as Error).message}` };
  }
}
