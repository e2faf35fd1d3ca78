import { TextDocument } from 'vscode-languageserver-textdocument';
import { URI } from 'vscode-uri';
import type { ImageReference, ParsedDocument, ParseOptions } from './documents/imageReference.ts';
import { languageOfDocument } from './documents/languages.ts';
import type { ParseClient } from './documents/parseClient.ts';

/** A document as it was at one version, and what was found in it. */
export interface AnalysedDocument {
  readonly uri: string;
  readonly version: number;
  readonly languageId: string;
  /** The file it is, or belongs to (a notebook's cell); null for one that was never saved. */
  readonly path: string | null;
  readonly text: TextDocument;
  readonly parsed: ParsedDocument;
}

interface Entry {
  readonly version: number;
  readonly languageId: string;
  readonly abort: AbortController;
  readonly analysed: Promise<AnalysedDocument>;
}

/** The world of the open documents. */
export interface OpenDocumentsOptions {
  readonly get: (uri: string) => TextDocument | undefined;
  readonly parser: ParseClient;
  readonly parseOptions: (uri: string) => Promise<ParseOptions>;
}

/** Parses each version of an open document once, whoever asks for it, and drops what a keystroke made stale. */
export class OpenDocuments {
  readonly #options: OpenDocumentsOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: OpenDocumentsOptions) {
    this.#options = options;
  }

  /** The document's present version; null where it is not open. Rejects where a newer version came meanwhile. */
  async analyse(uri: string): Promise<AnalysedDocument | null> {
    const text = this.#options.get(uri);
    if (text === undefined) return null;
    const known = this.#entries.get(uri);
    if (known?.version === text.version && known.languageId === text.languageId) return known.analysed;
    known?.abort.abort(new Error('The document has changed.'));
    const abort = new AbortController();
    const analysed = this.#parse(text, abort.signal);
    const entry: Entry = { version: text.version, languageId: text.languageId, abort, analysed };
    this.#entries.set(uri, entry);
    // A failed parse is not for ever: the next question tries again.
    analysed.catch(() => this.#entries.get(uri) === entry && this.#entries.delete(uri));
    return analysed;
  }

  /** Forgets a closed document, or all of them after a change of settings. */
  forget(uri?: string): void {
    for (const [key, { abort }] of this.#entries) {
      if (uri !== undefined && key !== uri) continue;
      abort.abort(new Error('The document was closed.'));
      this.#entries.delete(key);
    }
  }

  async #parse(text: TextDocument, signal: AbortSignal): Promise<AnalysedDocument> {
    // The text object is changed in place by the next keystroke: what belongs to this version is taken now.
    const { uri, version } = text;
    const path = pathOf(uri);
    const languageId = languageOfDocument(text.languageId, path);
    const snapshot = TextDocument.create(uri, languageId, version, text.getText());
    const options = await this.#options.parseOptions(uri);
    const parsed = await this.#options.parser.parse(snapshot.getText(), languageId, options, signal);
    return { uri, version, languageId, path, text: snapshot, parsed };
  }
}

/** The reference at an offset; of nested ones the innermost. */
export function referenceAt(references: readonly ImageReference[], offset: number): ImageReference | undefined {
  return references
    .filter(({ range }) => range.start <= offset && offset <= range.end)
    .reduce<ImageReference | undefined>(
      (best, next) => (best === undefined || length(next) <= length(best) ? next : best),
      undefined,
    );
}

function length({ range }: ImageReference): number {
  return range.end - range.start;
}

/** A notebook's cell (`vscode-notebook-cell:/…/a.ipynb#id`) belongs to its notebook's file. */
export function pathOf(uri: string): string | null {
  const parsed = URI.parse(uri);
  if (parsed.scheme === 'file') return parsed.fsPath;
  if (parsed.scheme === 'vscode-notebook-cell') return URI.from({ scheme: 'file', path: parsed.path }).fsPath;
  return null;
}
