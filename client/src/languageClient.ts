import * as vscode from 'vscode';
import { LanguageClient, RevealOutputChannelOn, TransportKind } from 'vscode-languageclient/node';
import type { LanguageClientOptions, NodeModule } from 'vscode-languageclient/node';
import type { InitializationOptions } from '../../server/src/protocol.ts';
import { documentSelector } from './relevantDocuments.ts';

/** The only commands that a link in a hover may run; a document cannot smuggle in another one. */
const hoverCommands: readonly string[] = [
  'imageCaptioner.server.insertAltText',
  'imageCaptioner.captionWorkspace',
  'imageCaptioner.openPanel',
  'imageCaptioner.showLog',
];

/** The client of the sidecar, a language server that VS Code's own runtime runs in a process of its own. */
export function createLanguageClient(extension: vscode.Uri, log: vscode.LogOutputChannel): LanguageClient {
  return new LanguageClient('imageCaptioner', 'Image Captioner', serverProcess(extension), clientOptions(log));
}

function serverProcess(extension: vscode.Uri): NodeModule {
  return {
    module: vscode.Uri.joinPath(extension, 'dist', 'server', 'main.js').fsPath,
    transport: TransportKind.ipc,
    options: { env: { ...process.env, ...proxyEnvironment() } },
  };
}

/** VS Code's proxy, for downloads of models; the environment's own one comes first. */
function proxyEnvironment(): Record<string, string> {
  const proxy = vscode.workspace.getConfiguration('http').get<string>('proxy', '');
  const given = process.env['HTTPS_PROXY'] ?? process.env['https_proxy'];
  return proxy !== '' && given === undefined ? { HTTPS_PROXY: proxy } : {};
}

function clientOptions(log: vscode.LogOutputChannel): LanguageClientOptions {
  return {
    documentSelector: [...documentSelector],
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: (): InitializationOptions => ({
      hoverCommands: true,
      workspaceTrusted: vscode.workspace.isTrusted,
    }),
    markdown: { isTrusted: { enabledCommands: hoverCommands } },
    diagnosticPullOptions: { onChange: true, onSave: true },
  };
}
