import { foldCase } from './caseOnDisk.ts';
import { joinPath } from './filePath.ts';
import type { FileSystem } from './fileSystem.ts';
import { namesAnImage } from './imageExtensions.ts';

/** The pictures of a workspace folder by name, for Obsidian's links that leave the folders out. */
export interface FileNameIndex {
  /** Absolute paths below `root` whose path ends with `ending` (whole segments, in any case). */
  endingWith(ending: string, root: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** After files have come or gone. */
  forget(): void;
}

/** Beyond this a folder is no vault but a disk. */
const mostEntries = 300_000;

export function createFileNameIndex(fileSystem: FileSystem): FileNameIndex {
  const byRoot = new Map<string, Promise<ReadonlyMap<string, readonly string[]>>>();

  async function walk(root: string, signal: AbortSignal | undefined): Promise<ReadonlyMap<string, readonly string[]>> {
    const names = new Map<string, string[]>();
    const folders = [root];
    let seen = 0;
    for (let folder = folders.pop(); folder !== undefined && seen < mostEntries; folder = folders.pop()) {
      signal?.throwIfAborted();
      for (const entry of await fileSystem.list(folder)) {
        seen += 1;
        const path = joinPath(folder, entry.name);
        if (path === null || entry.name.startsWith('.') || entry.name === 'node_modules') continue;
        if (entry.kind === 'folder') folders.push(path);
        else if (entry.kind !== 'other' && namesAnImage(entry.name)) {
          const key = foldCase(entry.name);
          names.set(key, [...(names.get(key) ?? []), path]);
        }
      }
    }
    return names;
  }

  function namesOf(root: string, signal: AbortSignal | undefined): Promise<ReadonlyMap<string, readonly string[]>> {
    const known = byRoot.get(root);
    if (known !== undefined) return known;
    const names = walk(root, signal);
    byRoot.set(root, names);
    // A walk that was cancelled is not an answer to the next question.
    names.catch(() => byRoot.delete(root));
    return names;
  }

  return {
    async endingWith(ending, root, signal) {
      const folded = foldCase(ending);
      const name = folded.slice(folded.lastIndexOf('/') + 1);
      const paths = (await namesOf(root, signal)).get(name) ?? [];
      return paths.filter((path) => foldCase(path).endsWith(`/${folded}`));
    },
    forget: () => byRoot.clear(),
  };
}
