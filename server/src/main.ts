/** The language server's entry: `--stdio` or `--node-ipc`. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { findInstallation } from './installation.ts';
import { startServer } from './server.ts';

startServer(createConnection(ProposedFeatures.all), findInstallation(import.meta.url, process.env));
