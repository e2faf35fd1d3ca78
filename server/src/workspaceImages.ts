import { URI } from 'vscode-uri';
import { diskFileSystem } from './documents/fileSystem.ts';
import type { ImageTarget } from './documents/imageReference.ts';
import { locateImage } from './documents/locate.ts';
import { createLocateWorld, type LocateWorld } from './documents/locateWorld.ts';
import type { LocatedImage } from './documents/locatedImage.ts';
import type { AnalysedDocument } from './openDocuments.ts';
import type { Settings } from './settings.ts';

/** Locates pictures in the editor's workspace folders; remembers what it read of the disk until files change. */
export class WorkspaceImages {
  readonly #settings: (uri: string) => Promise<Settings>;
  readonly #worlds = new Map<string, LocateWorld>();
  #folders: readonly string[];

  constructor(folderUris: readonly string[], settings: (uri: string) => Promise<Settings>) {
    this.#folders = folderUris.map(folderPath);
    this.#settings = settings;
  }

  /** Absolute paths of the workspace folders. */
  get folders(): readonly string[] {
    return this.#folders;
  }

  async locate(target: ImageTarget, { uri, path }: AnalysedDocument): Promise<LocatedImage> {
    const { imageRoots } = await this.#settings(uri);
    const key = JSON.stringify(imageRoots);
    const world = this.#worlds.get(key) ?? createLocateWorld(diskFileSystem(process.platform), this.#folders, imageRoots);
    this.#worlds.set(key, world);
    return locateImage(target, path, world);
  }

  foldersChanged(added: readonly string[], removed: readonly string[]): void {
    const gone = new Set(removed.map(folderPath));
    this.#folders = [...this.#folders.filter((folder) => !gone.has(folder)), ...added.map(folderPath)];
    this.forget();
  }

  /** Files came or went: what was remembered of the disk no longer holds. */
  forget(): void {
    this.#worlds.clear();
  }
}

function folderPath(uri: string): string {
  return URI.parse(uri).fsPath;
}
