import * as vscode from 'vscode';
import { panelRequests, type PanelReference, type PanelReferenceParams } from '../../server/src/protocol.ts';
import type { LanguageServer } from './languageServer.ts';

/** The cursor rests this long before anyone is asked. */
const restMs = 150;

interface Place {
  readonly document: vscode.TextDocument;
  readonly position: vscode.Position;
}

/** Follows the editor's cursor from image to image. What it asked is cancelled when the cursor moves on. */
export class PanelFollow implements vscode.Disposable {
  readonly #server: LanguageServer;
  readonly #found: (reference: PanelReference | null) => void;
  readonly #subscriptions: vscode.Disposable[];
  #asked = new vscode.CancellationTokenSource();
  #timer: NodeJS.Timeout | undefined;
  #place: Place | undefined;
  #on = false;

  /** @param found hears of the reference at the cursor, and of null where the cursor is on no image */
  constructor(server: LanguageServer, found: (reference: PanelReference | null) => void) {
    this.#server = server;
    this.#found = found;
    this.#subscriptions = [
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.#moved(textEditor)),
      // The panel itself taking the focus leaves no active editor: the last one stays followed.
      vscode.window.onDidChangeActiveTextEditor((editor) => editor !== undefined && this.#moved(editor)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (document === this.#place?.document && contentChanges.length > 0) this.#soon();
      }),
    ];
  }

  get on(): boolean {
    return this.#on;
  }

  /** Begins (with the active editor, or the place given) or ends. */
  follow(on: boolean, place?: Place): void {
    this.#on = on;
    this.#cancel();
    if (!on) return;
    const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
    if (place !== undefined) this.#place = place;
    else if (editor !== undefined) this.#place = { document: editor.document, position: editor.selection.active };
    void this.#look();
  }

  /** The reference as it is now, for an edit; null where there is none any more. */
  async now(): Promise<PanelReference | null> {
    return this.#ask(new vscode.CancellationTokenSource().token);
  }

  #moved({ document, selection }: vscode.TextEditor): void {
    if (!this.#on || document.uri.scheme === 'output') return;
    this.#place = { document, position: selection.active };
    this.#soon();
  }

  #soon(): void {
    if (!this.#on) return;
    this.#cancel();
    this.#timer = setTimeout(() => void this.#look(), restMs);
  }

  async #look(): Promise<void> {
    const { token } = this.#asked;
    try {
      const reference = await this.#ask(token);
      if (!token.isCancellationRequested) this.#found(reference);
    } catch (error) {
      // A document that changed while it was read asks again by itself.
      if (!token.isCancellationRequested && error instanceof Error && !/changed|closed/i.test(error.message))
        throw error;
    }
  }

  async #ask(token: vscode.CancellationToken): Promise<PanelReference | null> {
    if (this.#place === undefined) return null;
    const { document, position } = this.#place;
    const client = await this.#server.started();
    if (token.isCancellationRequested) return null;
    const params: PanelReferenceParams = {
      uri: client.code2ProtocolConverter.asUri(document.uri),
      position: client.code2ProtocolConverter.asPosition(position),
    };
    return client.sendRequest<PanelReference | null>(panelRequests.referenceAt, params, token);
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    this.#asked.cancel();
    this.#asked.dispose();
    this.#asked = new vscode.CancellationTokenSource();
  }

  dispose(): void {
    this.#on = false;
    this.#cancel();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}
