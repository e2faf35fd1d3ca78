import type { FileStat, FileSystem, FolderEntry } from '../../server/src/documents/fileSystem.ts';

export interface MemoryDisk {
  readonly caseSensitive?: boolean;
  /** Paths that are neither file nor folder: pipes, devices. */
  readonly devices?: readonly string[];
}

export interface MemoryFileSystem extends FileSystem {
  /** How often the disk was asked anything. */
  readonly calls: { stat: number; list: number; readText: number };
}

/** Absolute path → text. Folders are there because files are in them. */
export function memoryFileSystem(files: Readonly<Record<string, string>>, disk: MemoryDisk = {}): MemoryFileSystem {
  const caseSensitive = disk.caseSensitive ?? true;
  const key = (path: string): string => (caseSensitive ? path : path.toLowerCase());
  const texts = new Map(Object.entries(files).map(([path, text]) => [key(path), text]));
  const folders = new Map<string, Map<string, FolderEntry>>();
  const devices = new Set((disk.devices ?? []).map(key));
  for (const path of [...Object.keys(files), ...(disk.devices ?? [])]) {
    const parts = path.split('/');
    for (let depth = parts.length - 1; depth >= 1; depth -= 1) {
      const folder = key(parts.slice(0, depth).join('/') || '/');
      const name = parts[depth] ?? '';
      const kind = depth < parts.length - 1 ? 'folder' : devices.has(key(path)) ? 'other' : 'file';
      folders.set(folder, (folders.get(folder) ?? new Map<string, FolderEntry>()).set(name, { name, kind }));
    }
  }
  const calls = { stat: 0, list: 0, readText: 0 };
  const statOf = (path: string): FileStat | null => {
    const text = texts.get(path);
    if (devices.has(path)) return { kind: 'other', size: 0, modified: 0 };
    if (text !== undefined) return { kind: 'file', size: text.length, modified: 0 };
    return folders.has(path) ? { kind: 'folder', size: 0, modified: 0 } : null;
  };
  return {
    caseSensitive,
    calls,
    stat(path) {
      calls.stat += 1;
      return Promise.resolve(statOf(key(path)));
    },
    list(folder) {
      calls.list += 1;
      return Promise.resolve([...(folders.get(key(folder)) ?? new Map<string, FolderEntry>()).values()]);
    },
    readText(path) {
      calls.readText += 1;
      return Promise.resolve(texts.get(key(path)) ?? null);
    },
  };
}
