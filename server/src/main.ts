/** The language server's entry: `--stdio` or `--node-ipc`. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { findInstallation } from './installation.ts';
import { startServer } from './server.ts';

if (process.argv.includes('--stdio') || (process.argv.includes('--node-ipc') && process.send !== undefined)) {
  // A closed pipe ends the connection, a closed channel does not: nobody would ever speak to this process again.
  process.once('disconnect', () => process.exit(1));
  startServer(createConnection(ProposedFeatures.all), findInstallation(import.meta.url, process.env));
} else {
  process.stderr.write('The language server of Image Captioner is started by an editor, with --stdio or --node-ipc.\n');
  process.exitCode = 2;
}
