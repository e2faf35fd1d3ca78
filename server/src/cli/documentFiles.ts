import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { isWithin, normalPath } from '../documents/filePath.ts';
import { diskFileSystem } from '../documents/fileSystem.ts';
import { isDocumentFile, languageOfFile } from '../documents/languages.ts';
import { createLocateWorld, type LocateWorld } from '../documents/locateWorld.ts';
import { rememberingFileSystem } from '../documents/rememberingFileSystem.ts';
import type { CommandIo } from './commandIo.ts';
import { findFiles, repositoryOf, type FileArgument, type FoundFiles } from './fileArguments.ts';
import type { FoundSettings } from './settingsFile.ts';

/** A document of the terminal, read and understood as text. */
export interface DocumentFile extends FileArgument {
  readonly languageId: string;
  /** Without its byte order mark, as offsets count. */
  readonly text: string;
  /** The file begins with a byte order mark: whoever writes it back puts it there again. */
  readonly bom: boolean;
}

/** PATH… → documents: those in folders by their endings, without what ignore files and `exclude` leave out. */
export function findDocuments(args: readonly string[], found: FoundSettings, io: CommandIo): Promise<FoundFiles> {
  const { settings, folder } = found;
  return findFiles(args, { accepts: isDocumentFile, exclude: settings.exclude, excludeRoot: folder }, io);
}

/**
 * Where pictures of these documents are looked for. Roots: the current folder, that of the settings file, the repository
 * around it, and for what lies elsewhere its own repository or the folder that was given.
 */
export function workspaceOf(
  { files, folders }: Pick<FoundFiles, 'files' | 'folders'>,
  found: FoundSettings,
  io: CommandIo,
): LocateWorld {
  const roots = new Set([io.cwd, found.folder, repositoryOf(io.cwd) ?? io.cwd]);
  const elsewhere = [...folders, ...files.map((file) => path.dirname(file.path))];
  for (const folder of elsewhere) {
    const known = [...roots].some((root) => isWithin(normalPath(root), normalPath(folder)));
    if (!known) roots.add(repositoryOf(folder) ?? folder);
  }
  const imageRoots = found.settings.imageRoots.map((root) => path.resolve(found.folder, root));
  return createLocateWorld(rememberingFileSystem(diskFileSystem(process.platform)), [...roots], imageRoots);
}

export type ReadDocument =
  | { readonly ok: true; readonly document: DocumentFile }
  /** A sentence that names the file. */
  | { readonly ok: false; readonly message: string };

/** @throws only the signal's reason */
export async function readDocument(file: FileArgument, signal: AbortSignal): Promise<ReadDocument> {
  const failed = (what: string): ReadDocument => ({ ok: false, message: `${file.name}: ${what}` });
  const bytes = await readBytes(file.path, signal);
  if (typeof bytes === 'string') return failed(bytes);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return failed('is encoded in UTF-16. Save it as UTF-8.');
  }
  if (bytes.includes(0)) return failed('is not a text document, but binary.');
  try {
    // The decoder takes the byte order mark away.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    return { ok: true, document: { ...file, languageId: languageOfFile(file.path), text, bom } };
  } catch {
    return failed('is not valid UTF-8. Save it as UTF-8.');
  }
}

/** The bytes, or what is wrong. */
async function readBytes(file: string, signal: AbortSignal): Promise<Uint8Array | string> {
  try {
    const found = await stat(file);
    if (found.isDirectory()) return 'is a folder where a file is needed.';
    // Opening a pipe or a device may wait for ever.
    if (!found.isFile()) return 'is not a regular file.';
    return await readFile(file, { signal });
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file or folder.';
    if (code === 'EACCES' || code === 'EPERM') return 'cannot be read: permission is denied.';
    return `cannot be read (${code ?? message}).`;
  }
}
