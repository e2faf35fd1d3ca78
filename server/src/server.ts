import * as l10n from '@vscode/l10n';
import type { Connection, InitializeResult } from 'vscode-languageserver';
import {
  DidChangeConfigurationNotification,
  NotebookDocuments,
  PositionEncodingKind,
  TextDocuments,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { InferenceClient } from './blip/index.ts';
import { CaptionCache } from './captionCache.ts';
import { Captions } from './captions.ts';
import { findFiles } from './cli/fileArguments.ts';
import { isDocumentFile } from './documents/languages.ts';
import { languageOfDocument } from './documents/languages.ts';
import { ParseClient } from './documents/parseClient.ts';
import type { ParseOptions } from './documents/imageReference.ts';
import { registerCommands } from './commands.ts';
import { DiagnosticsFeed } from './diagnosticsFeed.ts';
import { registerEditorRequests } from './editorRequests.ts';
import { registerPanel } from './features/panel.ts';
import { ShownSuggestions } from './features/otherSuggestion.ts';
import { Prefetch } from './features/prefetch.ts';
import type { FeatureWorld } from './features/featureWorld.ts';
import { ImageCaptions } from './imageCaptions.ts';
import { forkInference } from './inferenceFork.ts';
import type { Installation } from './installation.ts';
import { registerLanguageFeatures } from './languageFeatures.ts';
import { composeModels } from './models/composeModels.ts';
import { registerModelRequests } from './modelRequests.ts';
import { ModelStateReporter } from './modelState.ts';
import { cellPlace } from './notebookCells.ts';
import { OpenDocuments, pathOf } from './openDocuments.ts';
import { serverCommands, type InitializationOptions } from './protocol.ts';
import type { Settings } from './settings.ts';
import { TextSnapshot } from './textSnapshot.ts';
import { onFilesChanged, watchFiles } from './watchedFiles.ts';
import { WorkspaceImages } from './workspaceImages.ts';
import { WorkspaceSettings } from './workspaceSettings.ts';

/** Resident size past which the inference process is replaced before its next task, bytes. */
const memoryLimit = 3 * 1024 ** 3;

/** Composes the language server: every part is made here and handed what it needs. */
export function startServer(connection: Connection, installation: Installation): void {
  const log = (message: string): void => connection.console.info(message);
  const state = new ModelStateReporter(connection);
  let idleMs = 10 * 60_000;
  const inference = new InferenceClient({
    idleMs: () => idleMs,
    fork: () => forkInference(installation.inferenceProcess),
    memoryLimitBytes: memoryLimit,
    log,
  });
  const { cacheFolder } = installation;
  const cache = new CaptionCache(cacheFolder, log);
  const captions = new Captions({
    inference,
    cache,
    cacheFolder,
    onEvent: (event, model) => state.event(event, model),
  });
  const parser = new ParseClient(installation.parseWorker);
  const closing = new AbortController();
  const texts = new TextDocuments(TextSnapshot);
  const notebooks = new NotebookDocuments(texts);

  connection.onInitialize((params): InitializeResult => {
    const options = (params.initializationOptions ?? {}) as InitializationOptions;
    if (options.translations !== undefined) l10n.config({ contents: { ...options.translations } });
    const folders = (params.workspaceFolders ?? []).map(({ uri }) => uri);
    const settings = new WorkspaceSettings({
      connection,
      pull: params.capabilities.workspace?.configuration === true,
      initial: options.settings,
      log,
    });
    const { registry, cache: hubCache } = composeModels(installation, process.env, process.cwd());
    const settingsFor = (uri: string): Promise<Settings> => settings.for(uri);
    const parseOptions = async (uri: string): Promise<ParseOptions> => ({
      imageComponents: (await settingsFor(uri)).imageComponents,
    });
    const pictures = new WorkspaceImages(folders, settingsFor);
    const cell = (uri: string): ReturnType<typeof cellPlace> => cellPlace(notebooks, uri);
    const documents = new OpenDocuments({ get: (uri) => texts.get(uri), parser, parseOptions, cell });
    const world: FeatureWorld = {
      documents,
      images: new ImageCaptions({ captions, inference, registry }),
      locate: (target, document) => pictures.locate(target, document),
      shown: new ShownSuggestions(),
      diskState: () => pictures.state,
      settings: settingsFor,
      hoverCommands: options.hoverCommands === true,
    };
    const feed = new DiagnosticsFeed(connection, world, installation.root);
    const pull = params.capabilities.textDocument?.diagnostic !== undefined;
    const refresh = (): void => {
      if (!pull) for (const uri of texts.keys()) feed.pushSoon(uri);
      else if (params.capabilities.workspace?.diagnostics?.refreshSupport === true) {
        void connection.languages.diagnostics.refresh();
      }
    };

    const listing = { cwd: pictures.folders[0] ?? process.cwd(), stdin: async () => '', signal: closing.signal };
    registerLanguageFeatures(connection, world, log);
    registerCommands(connection, {
      ...world,
      parser,
      folders: () => pictures.folders,
      listDocuments: async (paths) => {
        const { exclude } = await settingsFor(folders[0] ?? '');
        const choice = { accepts: isDocumentFile, exclude, excludeRoot: pictures.folders[0] ?? process.cwd() };
        const { files } = await findFiles(paths, choice, listing);
        return files;
      },
      openText: (uri) => texts.get(uri),
      annotations: params.capabilities.workspace?.workspaceEdit?.changeAnnotationSupport !== undefined,
      ownProgress: params.capabilities.window?.workDoneProgress === true,
      restart: () => inference.restart(),
    });
    registerEditorRequests(connection, world, parser, (uri) =>
      languageOfDocument(texts.get(uri)?.languageId ?? '', pathOf(uri)),
    );
    registerPanel(connection, world, registry);
    registerModelRequests(connection, {
      cache: hubCache,
      env: process.env,
      settings: () => settingsFor(folders[0] ?? ''),
      log,
    });
    if (pull) {
      feed.answerPulls();
      texts.onDidClose(({ document }) => feed.forget(document.uri));
    } else {
      texts.onDidChangeContent(({ document }) => feed.pushSoon(document.uri));
      texts.onDidClose(({ document }) => feed.clear(document.uri));
    }
    const prefetch = new Prefetch(world, log);
    texts.onDidChangeContent(({ document }) => prefetch.changed(document.uri));
    texts.onDidClose(({ document }) => {
      prefetch.closed(document.uri);
      documents.forget(document.uri);
    });
    let model: string | undefined;
    const readSettings = async (): Promise<void> => {
      const chosen = await settingsFor(folders[0] ?? '');
      idleMs = chosen.idleMinutes === 0 ? Infinity : chosen.idleMinutes * 60_000;
      if (model !== undefined && chosen.model !== model) state.report({ state: 'idle', model: chosen.model });
      ({ model } = chosen);
    };
    connection.onDidChangeConfiguration(async ({ settings: pushed }) => {
      settings.changed(pushed);
      documents.forget();
      refresh();
      await readSettings();
    });
    onFilesChanged(connection, () => pictures.forget(), refresh);
    notebooks.onDidChange(({ cells }) => {
      // A cell's attachments belong to what is read of it, and change without its text.
      const changed = cells?.changed.data ?? [];
      for (const { new: present } of changed) documents.forget(present.document);
      if (changed.length > 0) refresh();
    });
    const { didChangeConfiguration, workspaceFolders } = params.capabilities.workspace ?? {};
    connection.onInitialized(async () => {
      if (didChangeConfiguration?.dynamicRegistration === true) {
        await connection.client.register(DidChangeConfigurationNotification.type, { section: 'imageCaptioner' });
      }
      if (await watchFiles(connection, params.capabilities)) pictures.watched();
      if (workspaceFolders === true) {
        connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
          pictures.foldersChanged(
            added.map(({ uri }) => uri),
            removed.map(({ uri }) => uri),
          );
          refresh();
        });
      }
      await readSettings();
    });
    return { capabilities: capabilities(pull), serverInfo: { name: 'image-captioner' } };
  });
  connection.onShutdown(async () => {
    closing.abort();
    inference.close();
    await parser.close();
  });
  texts.listen(connection);
  notebooks.listen(connection);
  connection.listen();
}

function capabilities(pull: boolean): InitializeResult['capabilities'] {
  return {
    positionEncoding: PositionEncodingKind.UTF16,
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
    notebookDocumentSync: {
      notebookSelector: [{ notebook: { notebookType: 'jupyter-notebook' }, cells: [{ language: 'markdown' }] }],
    },
    hoverProvider: true,
    codeActionProvider: { codeActionKinds: ['quickfix', 'source.fixAll.image-captioner'] },
    completionProvider: { triggerCharacters: ['[', '"', "'"] },
    documentLinkProvider: { resolveProvider: false },
    executeCommandProvider: { commands: Object.values(serverCommands), workDoneProgress: true },
    ...(pull ? { diagnosticProvider: { interFileDependencies: false, workspaceDiagnostics: false } } : {}),
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  };
}
