import * as vscode from 'vscode';
import {
  referenceForImageRequest,
  type ReferenceForImageParams,
  type ReferenceForImageResult,
} from '../../server/src/protocol.ts';
import type { LanguageServer } from './languageServer.ts';
import { pagesByName } from './relevantDocuments.ts';

const { Empty } = vscode.DocumentDropOrPasteEditKind;
const kind = Empty.append('imageCaptioner', 'reference');
/** VS Code writes paths and Markdown links itself, and stays first: ours is one more choice in the list it shows. */
const yieldTo = [Empty.append('markdown', 'link'), Empty.append('uri')];
const filesDropped = 'text/uri-list';
const imageName = /\.(?:apng|avif|gif|jfif|jpe?g|png|svg|tiff?|webp)$/i;

/** Languages that a reference can be written in. */
const languages = [
  'markdown',
  'quarto',
  'mdx',
  'html',
  'php',
  'handlebars',
  'vue',
  'svelte',
  'astro',
  'javascriptreact',
  'typescriptreact',
  'asciidoc',
  'latex',
  'typst',
  'restructuredtext',
];
const selector: vscode.DocumentSelector = [
  ...languages.map((language) => ({ language, scheme: 'file' })),
  { scheme: 'file', pattern: pagesByName },
  { scheme: 'vscode-notebook-cell', language: 'markdown' },
];

/**
 * Writes the reference to a dropped or pasted image file, with its caption. VS Code waits for all providers before it
 * inserts anything, so a caption that takes longer than this is left out; it is there the next time.
 */
const patienceMs = 1500;

class ImageReferenceProvider implements vscode.DocumentDropEditProvider, vscode.DocumentPasteEditProvider {
  readonly #server: LanguageServer;

  constructor(server: LanguageServer) {
    this.#server = server;
  }

  async provideDocumentDropEdits(
    document: vscode.TextDocument,
    _position: vscode.Position,
    data: vscode.DataTransfer,
    token: vscode.CancellationToken,
  ): Promise<vscode.DocumentDropEdit | undefined> {
    const text = await this.#reference(document, data, token);
    if (text === undefined) return undefined;
    const edit = new vscode.DocumentDropEdit(text, title(), kind);
    edit.yieldTo = yieldTo;
    return edit;
  }

  async provideDocumentPasteEdits(
    document: vscode.TextDocument,
    _ranges: readonly vscode.Range[],
    data: vscode.DataTransfer,
    _context: vscode.DocumentPasteEditContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.DocumentPasteEdit[]> {
    const text = await this.#reference(document, data, token);
    if (text === undefined) return [];
    const edit = new vscode.DocumentPasteEdit(text, title(), kind);
    edit.yieldTo = yieldTo;
    return [edit];
  }

  /** Undefined where there is no image, no caption that the model is sure of, or none in time. */
  async #reference(
    document: vscode.TextDocument,
    data: vscode.DataTransfer,
    token: vscode.CancellationToken,
  ): Promise<string | undefined> {
    const request = await requestFor(document, data);
    if (request === undefined) return undefined;
    const asked = this.#server
      .started()
      .then((client) => client.sendRequest<ReferenceForImageResult | null>(referenceForImageRequest, request, token));
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), patienceMs));
    const result = await Promise.race([asked, late]);
    return result === null || result.alt === '' ? undefined : result.text;
  }
}

function title(): string {
  return vscode.l10n.t('Insert Image with Alt Text');
}

/** One image file, lying on this machine; anything else is left to VS Code. */
async function requestFor(
  document: vscode.TextDocument,
  data: vscode.DataTransfer,
): Promise<ReferenceForImageParams | undefined> {
  const dropped = (await data.get(filesDropped)?.asString())
    ?.split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'));
  const [only, ...others] = dropped ?? [];
  if (only === undefined || others.length > 0) return undefined;
  const image = vscode.Uri.parse(only);
  // In a remote window the list names files as the window sees them; the extension runs where they lie.
  const here = image.scheme === 'file' || image.scheme === 'vscode-remote';
  if (!here || !imageName.test(image.path)) return undefined;
  return { textDocument: { uri: document.uri.toString() }, imageUri: vscode.Uri.file(image.path).toString() };
}

export function registerPasteImage(server: LanguageServer): vscode.Disposable[] {
  const provider = new ImageReferenceProvider(server);
  return [
    vscode.languages.registerDocumentDropEditProvider(selector, provider, {
      providedDropEditKinds: [kind],
      dropMimeTypes: [filesDropped],
    }),
    vscode.languages.registerDocumentPasteEditProvider(selector, provider, {
      providedPasteEditKinds: [kind],
      pasteMimeTypes: [filesDropped],
    }),
  ];
}
