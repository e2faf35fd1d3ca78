import { URI } from 'vscode-uri';
import { diskFileSystem } from './documents/fileSystem.ts';
import type { ImageTarget } from './documents/imageReference.ts';
import { locateImage } from './documents/locate.ts';
import { createLocateWorld, type LocateWorld } from './documents/locateWorld.ts';
import type { LocatedImage } from './documents/locatedImage.ts';
import { rememberingFileSystem } from './documents/rememberingFileSystem.ts';
import type { AnalysedDocument } from './openDocuments.ts';
import type { Settings } from './settings.ts';

/** What was read of the disk, for a while. */
interface Memory {
  readonly since: number;
  readonly worlds: Map<string, LocateWorld>;
  /** Pictures by their targets; a document asks for the same ones at each keystroke. */
  readonly located: Map<string, Promise<LocatedImage>>;
}

/**
 * How long the disk is remembered, milliseconds: `watched` where the editor tells of changes, which it does not for
 * folders outside of the workspace; `unwatched` where it tells of none.
 */
const lifetimes = { watched: 20_000, unwatched: 1_500 } as const;

/** Locates pictures in the editor's workspace folders; remembers what it read of the disk until files change. */
export class WorkspaceImages {
  readonly #settings: (uri: string) => Promise<Settings>;
  #memory = emptyMemory();
  #lifetime: number = lifetimes.unwatched;
  #folders: readonly string[];

  constructor(folderUris: readonly string[], settings: (uri: string) => Promise<Settings>) {
    this.#folders = folderUris.map(folderPath);
    this.#settings = settings;
  }

  /** Absolute paths of the workspace folders. */
  get folders(): readonly string[] {
    return this.#folders;
  }

  /** Another object once anything may have changed on the disk. */
  get state(): object {
    if (performance.now() - this.#memory.since > this.#lifetime) this.forget();
    return this.#memory;
  }

  async locate(target: ImageTarget, { uri, path }: AnalysedDocument): Promise<LocatedImage> {
    const { imageRoots } = await this.#settings(uri);
    if (target.data !== undefined) return { kind: 'data', url: target.data };
    const memory = this.state as Memory;
    const { written, resolution, prefixes, extensions } = target;
    const key = JSON.stringify([path && folderOf(path), written, resolution, prefixes, extensions, imageRoots]);
    let located = memory.located.get(key);
    if (located === undefined) {
      located = locateImage(target, path, this.#world(memory, imageRoots));
      memory.located.set(key, located);
    }
    return located;
  }

  foldersChanged(added: readonly string[], removed: readonly string[]): void {
    const gone = new Set(removed.map(folderPath));
    this.#folders = [...this.#folders.filter((folder) => !gone.has(folder)), ...added.map(folderPath)];
    this.forget();
  }

  /** Files came or went: what was remembered of the disk no longer holds. */
  forget(): void {
    this.#memory = emptyMemory();
  }

  /** From now on the editor tells of changes. */
  watched(): void {
    this.#lifetime = lifetimes.watched;
  }

  #world({ worlds }: Memory, imageRoots: readonly string[]): LocateWorld {
    const key = JSON.stringify(imageRoots);
    const disk = (): ReturnType<typeof rememberingFileSystem> =>
      rememberingFileSystem(diskFileSystem(process.platform));
    const world = worlds.get(key) ?? createLocateWorld(disk(), this.#folders, imageRoots);
    worlds.set(key, world);
    return world;
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')));
}

function emptyMemory(): Memory {
  return { since: performance.now(), worlds: new Map(), located: new Map() };
}

function folderPath(uri: string): string {
  return URI.parse(uri).fsPath;
}
