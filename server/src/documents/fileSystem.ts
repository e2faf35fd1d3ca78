import { readFile, readdir, stat } from 'node:fs/promises';

export interface FileStat {
  /** `other`: devices, pipes, sockets: never opened. Links have been followed. */
  readonly kind: 'file' | 'folder' | 'other';
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
}

/** What locating asks of the disk. Nothing throws: what is absent, forbidden or impossible to name is null or empty. */
export interface FileSystem {
  /** Whether `A.png` and `a.png` are two files. */
  readonly caseSensitive: boolean;
  stat(path: string): Promise<FileStat | null>;
  list(folder: string): Promise<readonly FolderEntry[]>;
  readText(path: string): Promise<string | null>;
}

/** The machine's own disk. `caseSensitive` is what its system does by default. */
export function diskFileSystem(platform: NodeJS.Platform): FileSystem {
  return {
    caseSensitive: platform !== 'win32' && platform !== 'darwin',
    async stat(path) {
      try {
        const found = await stat(path);
        const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
        return { kind, size: found.size, modified: found.mtimeMs };
      } catch {
        return null;
      }
    },
    async list(folder) {
      try {
        const entries = await readdir(folder, { withFileTypes: true });
        return entries.map((entry) => ({
          name: entry.name,
          kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'other',
        }));
      } catch {
        return [];
      }
    },
    async readText(path) {
      try {
        return (await stat(path)).isFile() ? await readFile(path, 'utf8') : null;
      } catch {
        return null;
      }
    },
  };
}
