import { createFileNameIndex } from './fileNameIndex.ts';
import type { FileNameIndex } from './fileNameIndex.ts';
import { normalPath } from './filePath.ts';
import type { FileSystem } from './fileSystem.ts';
import { createModuleAliases } from './moduleAliases.ts';
import type { ModuleAliases } from './moduleAliases.ts';

/** What locating looks at. One for as long as the workspace's folders and settings stay the same. */
export interface LocateWorld {
  readonly fileSystem: FileSystem;
  /** Absolute, with `/`. */
  readonly workspaceRoots: readonly string[];
  /** The setting: absolute, or relative to each workspace root. */
  readonly imageRoots: readonly string[];
  /** Remembers tsconfig and jsconfig files: call its `forget` when one has changed. */
  readonly aliases: ModuleAliases;
  /** Remembers the workspace's pictures by name: call its `forget` when files come or go. */
  readonly names: FileNameIndex;
}

export function createLocateWorld(
  fileSystem: FileSystem,
  workspaceRoots: readonly string[],
  imageRoots: readonly string[],
): LocateWorld {
  return {
    fileSystem,
    workspaceRoots: workspaceRoots.map(normalPath),
    imageRoots: imageRoots.map(normalPath),
    aliases: createModuleAliases(fileSystem),
    names: createFileNameIndex(fileSystem),
  };
}
