import * as vscode from 'vscode';
import {
  panelRequests,
  serverCommands,
  type InsertAltTextArguments,
  type ModelState,
  type PanelAttention,
  type PanelModels,
  type PanelPictureResult,
  type PanelPictureSource,
  type PanelReference,
} from '../../server/src/protocol.ts';
import type { LanguageServer } from './languageServer.ts';
import { PanelFollow } from './panelFollow.ts';
import { panelHtml } from './panelHtml.ts';
import { parseFromPanel, type FromPanel, type ToPanel } from './panelMessages.ts';
import { keepUpload, workspacePictures } from './panelPictures.ts';
import { PanelRuns } from './panelRuns.ts';
import { generationSettings, saveGeneration } from './panelSettings.ts';

/** What the panel is opened for: an image file, a place in a document, or wherever the cursor is. */
export type PanelSubject =
  | { readonly kind: 'cursor' }
  | { readonly kind: 'file'; readonly uri: vscode.Uri }
  | { readonly kind: 'place'; readonly document: vscode.TextDocument; readonly position: vscode.Position };

export interface PanelContext {
  readonly server: LanguageServer;
  readonly log: vscode.LogOutputChannel;
  readonly media: vscode.Uri;
  /** Where dropped and pasted pictures are kept. */
  readonly uploads: vscode.Uri;
}

/** Which places the page may load files from: its own, and the workspace's pictures as thumbnails. */
export function panelOptions({ media }: PanelContext): vscode.WebviewOptions {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return { enableScripts: true, localResourceRoots: [media, ...folders.map(({ uri }) => uri)] };
}

/** The extension's end of the panel: it asks the sidecar for what the page wants, and writes what a person chose. */
export class CaptionPanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #context: PanelContext;
  readonly #follow: PanelFollow;
  readonly #runs: PanelRuns;
  readonly #subscriptions: vscode.Disposable[];
  /** Asked for before the page was there; shown when it says it is ready. */
  #subject: PanelSubject | null;
  #ready = false;
  #shown = '';
  #opening = 0;

  /** @param subject null: what the page showed before a reload */
  constructor(panel: vscode.WebviewPanel, context: PanelContext, subject: PanelSubject | null) {
    this.#panel = panel;
    this.#context = context;
    this.#subject = subject;
    this.#follow = new PanelFollow(context.server, (reference) => void this.#followed(reference));
    this.#runs = new PanelRuns(context.server);
    this.#subscriptions = [
      this.#follow,
      this.#runs,
      context.server.onPanelStep((step) => this.#tell({ type: 'step', step })),
      context.server.onModelState((state) => this.#tellPreparing(state)),
      panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('imageCaptioner')) void this.#describe();
      }),
    ];
    panel.webview.options = panelOptions(context);
    panel.webview.html = panelHtml(panel.webview, context.media);
  }

  show(subject: PanelSubject): void {
    this.#panel.reveal(undefined, true);
    this.#subject = subject;
    if (this.#ready) void this.#open();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #tell(message: ToPanel): void {
    void this.#panel.webview.postMessage(message);
  }

  /** A hover may have begun to prepare the model that the panel waits for: its run hears of it here. */
  #tellPreparing(state: ModelState): void {
    if (state.state !== 'converting') return;
    const message = vscode.l10n.t('Preparing the model, once: {0}', state.message);
    for (const run of this.#runs.running)
      this.#tell({ type: 'step', step: { run, kind: 'model', message, fraction: state.fraction } });
  }

  #receive(message: unknown): void {
    const parsed = parseFromPanel(message);
    if (parsed === null) {
      this.#context.log.warn('The panel sent a message that is none of ours; it was ignored.');
      return;
    }
    this.#carryOut(parsed).catch((error: unknown) => {
      const said = error instanceof Error ? error.message : String(error);
      this.#context.log.error(`Panel, ${parsed.type}: ${said}`);
      this.#tell({ type: 'notice', kind: 'problem', message: said });
    });
  }

  async #carryOut(message: FromPanel): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.#begin(message);
      case 'run': {
        const { type: _, ...params } = message;
        return this.#tell({ type: 'result', run: params.run, result: await this.#runs.run(params) });
      }
      case 'cancel':
        return this.#runs.cancel(message.run);
      case 'attention': {
        const client = await this.#context.server.started();
        const map = await client.sendRequest<PanelAttention | null>(panelRequests.attention, message);
        return this.#tell({ ...message, map });
      }
      case 'pictures':
        return this.#tell(await workspacePictures(this.#panel.webview));
      case 'open':
        this.#setFollow(false);
        return this.#picture(fileSource(vscode.Uri.parse(message.uri)), null);
      case 'upload': {
        this.#setFollow(false);
        const file = await keepUpload(this.#context.uploads, message.name, message.bytes);
        return this.#picture(fileSource(file), null);
      }
      case 'follow':
        return this.#setFollow(message.on);
      case 'insert':
        return this.#insert(message.words);
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        return this.#done(vscode.l10n.t('Copied.'));
      case 'save':
        return this.#done(await saveGeneration(message.options, message.target));
    }
  }

  #done(message: string): void {
    this.#tell({ type: 'notice', kind: 'done', message });
  }

  async #begin({ source, follow }: Extract<FromPanel, { type: 'ready' }>): Promise<void> {
    this.#ready = true;
    void this.#describe();
    if (this.#subject !== null) return this.#open();
    this.#shown = ''; // the page has to get its picture again
    if (source !== null) await this.#picture(source, null);
    this.#setFollow(follow);
  }

  /** Models and settings, which the page offers. */
  async #describe(): Promise<void> {
    this.#tell({ type: 'settings', options: generationSettings() });
    const client = await this.#context.server.started();
    this.#tell({ type: 'models', models: await client.sendRequest<PanelModels>(panelRequests.models, {}) });
  }

  async #open(): Promise<void> {
    const subject = this.#subject ?? { kind: 'cursor' };
    this.#subject = null;
    if (subject.kind === 'cursor') return this.#setFollow(true);
    if (subject.kind === 'place') {
      this.#follow.follow(true, subject);
      return this.#tell({ type: 'follow', on: true });
    }
    this.#setFollow(false);
    await this.#picture(fileSource(subject.uri), null);
  }

  #setFollow(on: boolean): void {
    if (!on) this.#tell({ type: 'reference', reference: null });
    this.#follow.follow(on);
    this.#tell({ type: 'follow', on });
  }

  async #followed(reference: PanelReference | null): Promise<void> {
    const source = reference?.source ?? null;
    if (source === null || JSON.stringify(source) === this.#shown) {
      if (reference !== null && source === null)
        return this.#tell({ type: 'unreadable', message: reference.message ?? '', reference });
      return this.#tell({ type: 'reference', reference });
    }
    await this.#picture(source, reference);
  }

  async #picture(source: PanelPictureSource, reference: PanelReference | null): Promise<void> {
    const opening = ++this.#opening;
    const client = await this.#context.server.started();
    const picture = await client.sendRequest<PanelPictureResult>(panelRequests.picture, source);
    if (opening !== this.#opening) return; // another picture was asked for meanwhile
    this.#shown = picture.ok ? JSON.stringify(source) : '';
    if (picture.ok) this.#tell({ type: 'picture', source, picture, reference });
    else this.#tell({ type: 'unreadable', message: picture.message, reference });
  }

  /** By the sidecar's own versioned edit, into the reference that is still the one on screen. */
  async #insert(words: string): Promise<void> {
    const reference = this.#follow.on ? await this.#follow.now() : null;
    if (reference === null || JSON.stringify(reference.source) !== this.#shown)
      throw new Error(vscode.l10n.t('The cursor is not on this image any more: put it there and try again.'));
    const { uri, range } = reference;
    const place: InsertAltTextArguments = { uri, position: range.start, replace: true, words };
    const client = await this.#context.server.started();
    await client.sendRequest('workspace/executeCommand', { command: serverCommands.insertAltText, arguments: [place] });
    const after = await this.#follow.now();
    this.#tell({ type: 'reference', reference: after });
    if (after?.alt === words)
      this.#done(vscode.l10n.t('Inserted into {0}.', vscode.workspace.asRelativePath(vscode.Uri.parse(uri))));
  }
}

/** In a remote window a file is called as the window sees it; the sidecar runs where it lies. */
function fileSource(uri: vscode.Uri): PanelPictureSource {
  const here = uri.scheme === 'file' ? uri : vscode.Uri.file(uri.path);
  return { kind: 'file', uri: here.toString() };
}
