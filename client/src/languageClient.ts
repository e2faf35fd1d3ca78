import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import {
  ExecuteCommandRequest,
  LanguageClient,
  RevealOutputChannelOn,
  TransportKind,
  WorkDoneProgress,
} from 'vscode-languageclient/node';
import type { ExecuteCommandParams, LanguageClientOptions, NodeModule } from 'vscode-languageclient/node';
import type { InitializationOptions } from '../../server/src/protocol.ts';
import { proxyEnvironment, type ProxySettings } from './proxyEnvironment.ts';
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

/** Runs a command of the server's. @param show hears how far it is, percent; null where that is not known */
export async function runWithProgress<Result>(
  client: LanguageClient,
  command: Pick<ExecuteCommandParams, 'command' | 'arguments'>,
  show: (message: string, percentage: number | null) => void,
  cancellation: vscode.CancellationToken,
): Promise<Result> {
  const workDoneToken = `${command.command}.${randomUUID()}`;
  const listening = client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
    if (value.kind !== 'end') show(value.message ?? '', value.percentage ?? null);
  });
  try {
    return (await client.sendRequest(
      ExecuteCommandRequest.type,
      { ...command, workDoneToken },
      cancellation,
    )) as Result;
  } finally {
    listening.dispose();
  }
}

function serverProcess(extension: vscode.Uri): NodeModule {
  return {
    module: vscode.Uri.joinPath(extension, 'dist', 'server', 'main.js').fsPath,
    transport: TransportKind.ipc,
    options: { env: { ...process.env, ...proxyEnvironment(proxySettings(), process.env) } },
  };
}

function proxySettings(): ProxySettings {
  const http = vscode.workspace.getConfiguration('http');
  return { proxy: http.get<string>('proxy', ''), noProxy: http.get<readonly string[]>('noProxy', []) };
}

function clientOptions(log: vscode.LogOutputChannel): LanguageClientOptions {
  return {
    documentSelector: [...documentSelector],
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: (): InitializationOptions => ({
      hoverCommands: true,
      workspaceTrusted: vscode.workspace.isTrusted,
      ...(vscode.l10n.bundle === undefined ? {} : { translations: vscode.l10n.bundle }),
    }),
    markdown: { isTrusted: { enabledCommands: hoverCommands } },
    diagnosticPullOptions: { onChange: true, onSave: true },
  };
}
