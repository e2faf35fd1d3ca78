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

class CaptionedDrop extends vscode.DocumentDropEdit {
  readonly request: ReferenceForImageParams;

  constructor(request: ReferenceForImageParams) {
    super('', title(), kind);
    this.request = request;
    this.yieldTo = yieldTo;
  }
}

class CaptionedPaste extends vscode.DocumentPasteEdit {
  readonly request: ReferenceForImageParams;

  constructor(request: ReferenceForImageParams) {
    super('', title(), kind);
    this.request = request;
    this.yieldTo = yieldTo;
  }
}

function title(): string {
  return vscode.l10n.t('Insert Image with Alt Text');
}

/** Writes the reference to a dropped or pasted image file, with its caption. The caption is made when it is chosen. */
class ImageReferenceProvider
  implements vscode.DocumentDropEditProvider<CaptionedDrop>, vscode.DocumentPasteEditProvider<CaptionedPaste>
{
  readonly #server: LanguageServer;

  constructor(server: LanguageServer) {
    this.#server = server;
  }

  async provideDocumentDropEdits(
    document: vscode.TextDocument,
    _position: vscode.Position,
    data: vscode.DataTransfer,
  ): Promise<CaptionedDrop | undefined> {
    const request = await requestFor(document, data);
    return request === undefined ? undefined : new CaptionedDrop(request);
  }

  async resolveDocumentDropEdit(edit: CaptionedDrop, token: vscode.CancellationToken): Promise<CaptionedDrop> {
    edit.insertText = await this.#reference(edit.request, token);
    return edit;
  }

  async provideDocumentPasteEdits(
    document: vscode.TextDocument,
    _ranges: readonly vscode.Range[],
    data: vscode.DataTransfer,
  ): Promise<CaptionedPaste[]> {
    const request = await requestFor(document, data);
    return request === undefined ? [] : [new CaptionedPaste(request)];
  }

  async resolveDocumentPasteEdit(edit: CaptionedPaste, token: vscode.CancellationToken): Promise<CaptionedPaste> {
    edit.insertText = await this.#reference(edit.request, token);
    return edit;
  }

  async #reference(request: ReferenceForImageParams, token: vscode.CancellationToken): Promise<string> {
    const client = await this.#server.started();
    const result = await client.sendRequest<ReferenceForImageResult | null>(referenceForImageRequest, request, token);
    return result?.text ?? '';
  }
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
