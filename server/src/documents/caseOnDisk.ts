import { joinPath, parentFolder } from './filePath.ts';
import type { FileSystem } from './fileSystem.ts';

/** Names that differ in case, or in the way accents are composed, fold to the same. */
export function foldCase(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/**
 * The path as the disk spells it below `top` where upper and lower case are not told apart; null where there is nothing
 * of that name in any case.
 */
export async function caseOnDisk(path: string, top: string, fileSystem: FileSystem): Promise<string | null> {
  const parent = parentFolder(path);
  if (path === top || parent === path) return path;
  if (fileSystem.caseSensitive && (await fileSystem.stat(path)) !== null) return path;
  const folder = await caseOnDisk(parent, top, fileSystem);
  if (folder === null) return null;
  const wanted = path.slice(path.lastIndexOf('/') + 1);
  const names = (await fileSystem.list(folder)).map((entry) => entry.name);
  const found = names.find((name) => name === wanted) ?? names.find((name) => foldCase(name) === foldCase(wanted));
  return found === undefined ? null : joinPath(folder, found);
}
