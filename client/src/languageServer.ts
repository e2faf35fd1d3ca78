import * as vscode from 'vscode';
import { LanguageClient, RevealOutputChannelOn, TransportKind } from 'vscode-languageclient/node';
import type { LanguageClientOptions, NodeModule } from 'vscode-languageclient/node';
import { modelStateNotification, type InitializationOptions, type ModelState } from '../../server/src/protocol.ts';
import { documentSelector } from './relevantDocuments.ts';

/** The only commands that a link in a hover may run; a document cannot smuggle in another one. */
const hoverCommands: readonly string[] = [
  'imageCaptioner.server.insertAltText',
  'imageCaptioner.captionWorkspace',
  'imageCaptioner.openPanel',
  'imageCaptioner.showLog',
];

/** The sidecar as the editor sees it: a language server in a Node process of its own, started on first need. */
export class LanguageServer implements vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #modelState = new vscode.EventEmitter<ModelState>();
  readonly #subscriptions: vscode.Disposable[] = [this.#modelState];
  #started: Promise<LanguageClient> | undefined;

  readonly onModelState = this.#modelState.event;

  constructor(extension: vscode.Uri, log: vscode.LogOutputChannel) {
    this.#client = new LanguageClient(
      'imageCaptioner',
      'Image Captioner',
      serverProcess(extension),
      clientOptions(log),
    );
    this.#subscriptions.push(
      this.#client.onNotification(modelStateNotification, (state: ModelState) => this.#modelState.fire(state)),
      // The sidecar is told at its start whether it may follow the workspace's settings.
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.restart()),
    );
  }

  /** The running sidecar; starts it where it does not run. A failed start is tried again by the next one who asks. */
  started(): Promise<LanguageClient> {
    this.#started ??= this.#client.start().then(
      () => this.#client,
      (error: unknown) => {
        this.#started = undefined;
        throw error;
      },
    );
    return this.#started;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.started();
  }

  async stop(): Promise<void> {
    const started = this.#started;
    this.#started = undefined;
    if (started === undefined) return;
    await started.then(
      (client) => client.stop(),
      () => undefined, // it never ran; who asked for it has been told
    );
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
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
