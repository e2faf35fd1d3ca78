import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  modelStateNotification,
  panelStepNotification,
  type ModelState,
  type PanelStep,
} from '../../server/src/protocol.ts';

/** The sidecar as the editor sees it: started on first need, one at a time. */
export class LanguageServer implements vscode.Disposable {
  readonly #extension: vscode.Uri;
  readonly #log: vscode.LogOutputChannel;
  readonly #modelState = new vscode.EventEmitter<ModelState>();
  readonly #panelStep = new vscode.EventEmitter<PanelStep>();
  readonly #subscriptions: vscode.Disposable[] = [this.#modelState, this.#panelStep];
  #started: Promise<LanguageClient> | undefined;

  readonly onModelState = this.#modelState.event;
  readonly onPanelStep = this.#panelStep.event;

  constructor(extension: vscode.Uri, log: vscode.LogOutputChannel) {
    this.#extension = extension;
    this.#log = log;
    // The sidecar is told at its start whether it may follow the workspace's settings.
    this.#subscriptions.push(
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        if (this.#started !== undefined) void this.restart();
      }),
    );
  }

  /** The running sidecar; starts it where it does not run. A failed start is tried again by the next one who asks. */
  started(): Promise<LanguageClient> {
    this.#started ??= this.#start().catch((error: unknown) => {
      this.#started = undefined;
      throw error;
    });
    return this.#started;
  }

  async #start(): Promise<LanguageClient> {
    // Loaded here, not above: reading the client's library takes longer than all else that activation does.
    const { createLanguageClient } = await import('./languageClient.ts');
    const client = createLanguageClient(this.#extension, this.#log);
    client.onNotification(modelStateNotification, (state: ModelState) => this.#modelState.fire(state));
    client.onNotification(panelStepNotification, (step: PanelStep) => this.#panelStep.fire(step));
    await client.start();
    return client;
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
      (client) => client.dispose(),
      () => undefined, // it never ran; who asked for it has been told
    );
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}
