import { parentFolder } from './filePath.ts';
import type { FileStat, FileSystem, FolderEntry } from './fileSystem.ts';

/**
 * A disk whose answers are remembered, for one run over many documents: sites point at the same pictures and look in the
 * same folders again and again. What changes meanwhile is not seen.
 */
export function rememberingFileSystem(disk: FileSystem): FileSystem {
  const stats = new Map<string, Promise<FileStat | null>>();
  const lists = new Map<string, Promise<readonly FolderEntry[]>>();

  const stat = (path: string): Promise<FileStat | null> => remembered(stats, path, statUnder);
  /** In a folder that is not there nothing needs to be looked for. */
  const statUnder = async (path: string): Promise<FileStat | null> => {
    const parent = parentFolder(path);
    if (parent !== path && (await stat(parent))?.kind !== 'folder') return null;
    return disk.stat(path);
  };
  return {
    caseSensitive: disk.caseSensitive,
    stat,
    list: (folder) => remembered(lists, folder, (path) => disk.list(path)),
    readText: (path) => disk.readText(path),
  };
}

function remembered<T>(known: Map<string, Promise<T>>, key: string, ask: (key: string) => Promise<T>): Promise<T> {
  let answer = known.get(key);
  if (answer === undefined) {
    answer = ask(key);
    known.set(key, answer);
  }
  return answer;
}
