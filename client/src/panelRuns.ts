import * as vscode from 'vscode';
import { panelRequests, type PanelRunParams, type PanelRunResult } from '../../server/src/protocol.ts';
import type { LanguageServer } from './languageServer.ts';

/** The panel's captioning runs: each can be cancelled by its name, and all of them with the panel. */
export class PanelRuns implements vscode.Disposable {
  readonly #server: LanguageServer;
  readonly #running = new Map<string, vscode.CancellationTokenSource>();

  constructor(server: LanguageServer) {
    this.#server = server;
  }

  /** Code `Aborted` where it was cancelled; the sidecar's own end comes as a message too. */
  async run(params: PanelRunParams): Promise<PanelRunResult> {
    const cancellation = new vscode.CancellationTokenSource();
    this.#running.set(params.run, cancellation);
    try {
      const client = await this.#server.started();
      if (cancellation.token.isCancellationRequested) return aborted;
      return await client.sendRequest<PanelRunResult>(panelRequests.run, params, cancellation.token);
    } catch (error) {
      if (cancellation.token.isCancellationRequested) return aborted;
      return { ok: false, code: 'ModelUnavailable', message: error instanceof Error ? error.message : String(error) };
    } finally {
      this.#running.delete(params.run);
      cancellation.dispose();
    }
  }

  /** Runs that have no result yet. */
  get running(): readonly string[] {
    return [...this.#running.keys()];
  }

  cancel(run: string): void {
    this.#running.get(run)?.cancel();
  }

  dispose(): void {
    for (const cancellation of this.#running.values()) cancellation.cancel();
  }
}

const aborted: PanelRunResult = { ok: false, code: 'Aborted', message: 'Cancelled.' };
