import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile, copyFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type ApplyWorkspaceEditParams,
  type ClientCapabilities,
  type ProtocolConnection,
  type Range,
} from 'vscode-languageserver-protocol/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const evalPictures = path.join(root, 'test', 'fixtures', 'mini-blip-eval');

/** Where a test's cursor stands, and the document without the mark. */
export function withCursor(marked: string): { text: string; offset: number } {
  const offset = marked.indexOf('┃');
  if (offset < 0) throw new Error(`no ┃ in ${marked}`);
  return { text: marked.replace('┃', ''), offset };
}

export interface ServerOptions {
  readonly capabilities?: ClientCapabilities;
  readonly initializationOptions?: Record<string, unknown>;
  readonly settings?: Record<string, unknown>;
  readonly env?: Record<string, string>;
  /** Of Node, before the server's file. */
  readonly nodeArguments?: readonly string[];
  /** Server file and its arguments; absent: the language server's entry. */
  readonly program?: readonly string[];
  /** A program that runs the server: what stands before Node in its command line. */
  readonly under?: readonly string[];
}

/** The real server over a pipe, with a workspace of its own and a client that applies edits as an editor does. */
export class TestServer {
  readonly connection: ProtocolConnection;
  readonly folder: string;
  readonly #child: ChildProcess;
  readonly #documents = new Map<string, TextDocument>();
  /** Cell → its notebook. */
  readonly #notebooks = new Map<string, string>();
  /** Every edit that the server asked for. */
  readonly applied: ApplyWorkspaceEditParams[] = [];
  /** Every message shown to the person. */
  readonly messages: string[] = [];
  readonly progress: { readonly token: unknown; readonly value: Record<string, unknown> }[] = [];
  /** Called before an edit is applied: a test types meanwhile. */
  beforeEdit: (() => Promise<void>) | null = null;
  /** Called with what an applied edit changed. */
  afterEdit: ((before: string, after: string) => void) | null = null;

  constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.folder = folder;
    this.connection = createProtocolConnection(
      new StreamMessageReader(child.stdout!),
      new StreamMessageWriter(child.stdin!),
    );
  }

  static async start(options: ServerOptions = {}): Promise<TestServer> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'image-captioner-'));
    const workspace = path.join(folder, 'workspace');
    await mkdir(workspace);
    const program = options.program ?? ['server/src/main.ts', '--stdio'];
    const [file, ...rest] = program;
    const node = [process.execPath, ...(options.nodeArguments ?? []), path.join(root, file!), ...rest];
    const [command, ...args] = [...(options.under ?? []), ...node];
    const child = spawn(command!, args, {
      cwd: workspace,
      env: { ...process.env, IMAGE_CAPTIONER_CACHE: path.join(folder, 'cache'), ...options.env },
      // Node's own channel is for a probe that a measurement loads.
      stdio: ['pipe', 'pipe', 'inherit', ...(options.nodeArguments === undefined ? [] : (['ipc'] as const))],
    });
    const server = new TestServer(child, workspace);
    const died = new Promise<never>((_, reject) => {
      child.once('exit', (code) => reject(new Error(`the server ended with exit code ${code}`)));
    });
    died.catch(() => undefined); // its end after the tests is no error
    await Promise.race([server.#initialize(options), died]);
    return server;
  }

  async #initialize({ capabilities, initializationOptions, settings = {} }: ServerOptions): Promise<void> {
    const { connection } = this;
    connection.onRequest('workspace/configuration', ({ items }: { items: unknown[] }) => items.map(() => settings));
    connection.onRequest('workspace/applyEdit', (params: ApplyWorkspaceEditParams) => this.applyEdit(params));
    connection.onRequest('window/workDoneProgress/create', () => null);
    connection.onRequest('client/registerCapability', () => null);
    connection.onNotification(
      'window/showMessage',
      ({ message }: { message: string }) => void this.messages.push(message),
    );
    connection.onNotification(
      '$/progress',
      (params: { token: unknown; value: Record<string, unknown> }) => void this.progress.push(params),
    );
    connection.onUnhandledNotification(() => undefined);
    connection.listen();
    await connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: this.uri('.'),
      workspaceFolders: [{ uri: this.uri('.'), name: 'workspace' }],
      capabilities: {
        workspace: {
          configuration: true,
          workspaceFolders: true,
          applyEdit: true,
          workspaceEdit: { documentChanges: true },
        },
        window: { workDoneProgress: true },
        textDocument: { hover: { contentFormat: ['markdown'] }, diagnostic: {} },
        ...capabilities,
      },
      ...(initializationOptions === undefined ? {} : { initializationOptions }),
    });
    await connection.sendNotification('initialized', {});
  }

  uri(name: string): string {
    return pathToFileURL(path.join(this.folder, name)).href.replace(/\/\.$/u, '');
  }

  /** Puts a file into the workspace; a picture by its name in the evaluation set. */
  async file(name: string, content: string | Uint8Array | { readonly picture: string }): Promise<string> {
    const file = path.join(this.folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    if (typeof content === 'object' && 'picture' in content)
      await copyFile(path.join(evalPictures, content.picture), file);
    else await writeFile(file, content);
    return this.uri(name);
  }

  async open(name: string, languageId: string, text: string): Promise<TextDocument> {
    const document = TextDocument.create(this.uri(name), languageId, 1, text);
    this.#documents.set(document.uri, document);
    const textDocument = { uri: document.uri, languageId, version: 1, text };
    await this.connection.sendNotification('textDocument/didOpen', { textDocument });
    return document;
  }

  /** A notebook with Markdown cells, as an editor that syncs notebooks opens it. */
  async openNotebook(
    name: string,
    cells: readonly { readonly text: string; readonly metadata?: object }[],
  ): Promise<TextDocument[]> {
    const uri = this.uri(name);
    const documents = cells.map(({ text }, index) =>
      TextDocument.create(`${cellUri(uri)}#c${index}`, 'markdown', 1, text),
    );
    for (const document of documents) {
      this.#documents.set(document.uri, document);
      this.#notebooks.set(document.uri, uri);
    }
    await this.connection.sendNotification('notebookDocument/didOpen', {
      notebookDocument: {
        uri,
        notebookType: 'jupyter-notebook',
        version: 1,
        cells: documents.map((document, index) => ({
          kind: 1,
          document: document.uri,
          metadata: cells[index]!.metadata,
        })),
      },
      cellTextDocuments: documents.map((document) => ({ ...itemOf(document), text: document.getText() })),
    });
    return documents;
  }

  async #tellChange(textDocument: { uri: string; version: number }, text: string): Promise<void> {
    const changes = [{ text }];
    const notebook = this.#notebooks.get(textDocument.uri);
    if (notebook === undefined) {
      await this.connection.sendNotification('textDocument/didChange', { textDocument, contentChanges: changes });
      return;
    }
    await this.connection.sendNotification('notebookDocument/didChange', {
      notebookDocument: { uri: notebook, version: textDocument.version },
      change: { cells: { textContent: [{ document: textDocument, changes }] } },
    });
  }

  /** Types as a person does: one change, one version further. */
  async type(name: string, range: Range, text: string): Promise<void> {
    const document = this.document(name);
    const version = document.version + 1;
    TextDocument.update(document, [{ range, text }], version);
    const textDocument = { uri: document.uri, version };
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument,
      contentChanges: [{ range, text }],
    });
  }

  document(name: string): TextDocument {
    const document = this.#documents.get(this.uri(name));
    if (document === undefined) throw new Error(`${name} is not open`);
    return document;
  }

  /** Refuses an edit for another version than the present one, as VS Code does. */
  async applyEdit(params: ApplyWorkspaceEditParams): Promise<{ applied: boolean; failureReason?: string }> {
    this.applied.push(params);
    await this.beforeEdit?.();
    for (const change of params.edit.documentChanges ?? []) {
      if (!('textDocument' in change)) throw new Error('only text edits are expected');
      const document = this.#documents.get(change.textDocument.uri);
      if (document === undefined) continue;
      const { version } = change.textDocument;
      if (version !== null && version !== document.version) return { applied: false, failureReason: 'version' };
      const edits = change.edits.map((edit) => ({ range: edit.range, newText: 'newText' in edit ? edit.newText : '' }));
      const text = TextDocument.applyEdits(document, edits);
      const next = document.version + 1;
      this.afterEdit?.(document.getText(), text);
      TextDocument.update(document, [{ text }], next);
      await this.#tellChange({ uri: document.uri, version: next }, text);
    }
    return { applied: true };
  }

  /** Sends a request about a place in an open document. */
  async at<T>(method: string, name: string, offset: number, more: Record<string, unknown> = {}): Promise<T> {
    const document = this.document(name);
    const params = { textDocument: { uri: document.uri }, position: document.positionAt(offset), ...more };
    return this.connection.sendRequest<T>(method, params);
  }

  get process(): ChildProcess {
    return this.#child;
  }

  get processId(): number | undefined {
    return this.#child.pid;
  }

  async stop(): Promise<void> {
    await this.connection.sendRequest('shutdown').catch(() => undefined);
    await this.connection.sendNotification('exit').catch(() => undefined);
    await new Promise((resolve) => (this.#child.exitCode === null ? this.#child.once('exit', resolve) : resolve(null)));
    this.connection.dispose();
    await rm(path.dirname(this.folder), { recursive: true, force: true });
  }
}

/** A cell's document as VS Code names it. */
function cellUri(notebook: string): string {
  return notebook.replace(/^file:/u, 'vscode-notebook-cell:');
}

function itemOf({ uri, languageId, version }: TextDocument): { uri: string; languageId: string; version: number } {
  return { uri, languageId, version };
}
