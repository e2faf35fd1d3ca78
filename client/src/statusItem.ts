import * as vscode from 'vscode';
import type { ModelState } from '../../server/src/protocol.ts';
import type { LanguageServer } from './languageServer.ts';
import { documentSelector } from './relevantDocuments.ts';

/** The language status item (beside `{}` in the status bar): which model, and what it does. */
export class StatusItem implements vscode.Disposable {
  readonly #item = vscode.languages.createLanguageStatusItem('imageCaptioner.model', [...documentSelector]);
  readonly #subscription: vscode.Disposable;

  constructor(server: LanguageServer) {
    this.#item.name = vscode.l10n.t('Image Captioner');
    this.#show({ state: 'idle', model: vscode.workspace.getConfiguration('imageCaptioner').get('model', 'built-in') });
    this.#subscription = server.onModelState((state) => this.#show(state));
  }

  #show(state: ModelState): void {
    const { detail, busy } = describe(state);
    const failed = state.state === 'failed';
    this.#item.text = `$(eye) ${state.model}`;
    this.#item.detail = detail;
    this.#item.busy = busy;
    this.#item.severity = failed ? vscode.LanguageStatusSeverity.Error : vscode.LanguageStatusSeverity.Information;
    this.#item.command = failed
      ? { command: 'imageCaptioner.showLog', title: vscode.l10n.t('Show Log') }
      : {
          command: 'workbench.action.openSettings',
          arguments: ['imageCaptioner.model'],
          title: vscode.l10n.t('Choose Model'),
        };
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#item.dispose();
  }
}

function describe(state: ModelState): { readonly detail: string; readonly busy: boolean } {
  switch (state.state) {
    case 'idle':
      return { detail: vscode.l10n.t('Loads with the next caption'), busy: false };
    case 'loading':
      return { detail: vscode.l10n.t('Loading the model'), busy: true };
    case 'converting': {
      const percent = Math.floor(state.fraction * 100);
      return { detail: vscode.l10n.t('Preparing the model, once: {0} ({1} %)', state.message, percent), busy: true };
    }
    case 'ready':
      return { detail: vscode.l10n.t('Ready ({0})', state.precision), busy: false };
    case 'captioning':
      return { detail: vscode.l10n.t('Captioning, {0} waiting', state.waiting), busy: true };
    case 'failed':
    default:
      return { detail: state.message, busy: false };
  }
}
