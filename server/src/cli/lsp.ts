import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import type { Installation } from '../installation.ts';
import { startServer } from '../server.ts';
import { UsageError, type CommandIo } from './commandIo.ts';

/** `image-captioner lsp --stdio`: the language server, for editors other than VS Code. Ends with its client. */
export async function lsp(args: string[], io: CommandIo, installation: Installation): Promise<number> {
  if (args.some((arg) => arg !== '--stdio')) throw new UsageError('lsp takes --stdio and nothing else.');
  // Handed the streams themselves, the connection ends the process on `exit` and when its client has gone.
  startServer(createConnection(ProposedFeatures.all, process.stdin, process.stdout), installation);
  return new Promise((resolve) => io.signal.addEventListener('abort', () => resolve(0), { once: true }));
}
