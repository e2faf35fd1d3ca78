import type { ClientCapabilities, Connection } from 'vscode-languageserver';
import { DidChangeWatchedFilesNotification } from 'vscode-languageserver/node';
import { imageExtensions } from './documents/imageExtensions.ts';

/** Files that decide where a target points: pictures, and what maps imports to folders. */
const globs = [
  `**/*.{${imageExtensions.flatMap((ending) => [ending, ending.toUpperCase()]).join(',')}}`,
  '**/{ts,js}config*.json',
];

/** Stillness after a change of files, milliseconds: a checkout changes hundreds. */
const delay = 150;

/**
 * Asks the editor to tell of changed pictures.
 *
 * @returns whether it will; else nobody tells
 */
export async function watchFiles(connection: Connection, { workspace }: ClientCapabilities): Promise<boolean> {
  if (workspace?.didChangeWatchedFiles?.dynamicRegistration !== true) return false;
  const watchers = globs.map((globPattern) => ({ globPattern }));
  await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
  return true;
}

/** Calls `changed` at once for every change, and `settled` when they have come to rest. */
export function onFilesChanged(connection: Connection, changed: () => void, settled: () => void): void {
  let timer: NodeJS.Timeout | undefined;
  connection.onDidChangeWatchedFiles(() => {
    changed();
    clearTimeout(timer);
    timer = setTimeout(settled, delay);
    timer.unref();
  });
}
