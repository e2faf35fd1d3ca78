import { URI } from 'vscode-uri';
import { withAttachments, type CellAttachments } from './documents/cellAttachments.ts';
import type { ImageReference, ParsedDocument, ParseOptions } from './documents/imageReference.ts';
import { languageOfDocument } from './documents/languages.ts';
import type { ParseClient } from './documents/parseClient.ts';
import type { ParsedVersion } from './documents/parseLane.ts';
import type { TextSnapshot } from './textSnapshot.ts';

/** A document as it was at one version, and what was found in it. */
export interface AnalysedDocument {
  readonly uri: string;
  readonly version: number;
  readonly languageId: string;
  /** The file it is, or belongs to (a notebook's cell); null for one that was never saved. */
  readonly path: string | null;
  readonly text: TextSnapshot;
  readonly parsed: ParsedDocument;
  /** What an earlier version has in common with it; null: nothing is known of one. */
  readonly since: ParsedVersion['since'];
}

interface Entry {
  readonly version: number;
  readonly languageId: string;
  readonly abort: AbortController;
  readonly analysed: Promise<AnalysedDocument>;
}

/** The notebook of a cell. */
export interface CellPlace {
  /** The notebook's file; null for one that was never saved. */
  readonly path: string | null;
  /** Null: nothing is known of them. */
  readonly attachments: CellAttachments | null;
}

/** The world of the open documents. */
export interface OpenDocumentsOptions {
  readonly get: (uri: string) => TextSnapshot | undefined;
  readonly parser: ParseClient;
  readonly parseOptions: (uri: string) => Promise<ParseOptions>;
  /** Null: no notebook's cell. */
  readonly cell: (uri: string) => CellPlace | null;
}

/** Parses each version of an open document once, whoever asks for it, and drops what a keystroke made stale. */
export class OpenDocuments {
  readonly #options: OpenDocumentsOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: OpenDocumentsOptions) {
    this.#options = options;
  }

  /**
   * The document as it is when the answer is ready: what is typed meanwhile is waited for. Null where it is not open.
   *
   * @throws Error where it cannot be parsed in time
   */
  async analyse(uri: string): Promise<AnalysedDocument | null> {
    for (;;) {
      const text = this.#options.get(uri);
      if (text === undefined) return null;
      const entry = this.#entry(text);
      try {
        const analysed = await entry.analysed;
        if (this.#entries.get(uri) === entry && this.#options.get(uri)?.version === entry.version) return analysed;
      } catch (error) {
        if (!entry.abort.signal.aborted) throw error;
      }
    }
  }

  /** Forgets a closed document, or all of them after a change of settings. */
  forget(uri?: string): void {
    for (const [key, { abort }] of this.#entries) {
      if (uri !== undefined && key !== uri) continue;
      abort.abort(new Error('The document was closed.'));
      this.#entries.delete(key);
      if (uri !== undefined) this.#options.parser.forget(uri);
    }
  }

  #entry(text: TextSnapshot): Entry {
    const { uri, version, languageId } = text;
    const known = this.#entries.get(uri);
    if (known?.version === version && known.languageId === languageId) return known;
    known?.abort.abort(new Error('The document has changed.'));
    const abort = new AbortController();
    const entry: Entry = { version, languageId, abort, analysed: this.#parse(text, abort.signal) };
    entry.analysed.catch(() => undefined); // who asked is told; nobody else need be
    this.#entries.set(uri, entry);
    return entry;
  }

  async #parse(text: TextSnapshot, signal: AbortSignal): Promise<AnalysedDocument> {
    const { uri, version, chunks } = text;
    const cell = this.#options.cell(uri);
    const path = cell === null ? pathOf(uri) : cell.path;
    // A cell is written in its own language, whatever its notebook's file is.
    const languageId = cell === null ? languageOfDocument(text.languageId, path) : text.languageId;
    const options = await this.#options.parseOptions(uri);
    const { parsed, since } = await this.#options.parser.parse({ uri, chunks }, languageId, options, signal);
    const analysed = { uri, version, languageId, path, text, since };
    return { ...analysed, parsed: cell === null ? parsed : withAttachments(parsed, cell.attachments) };
  }
}

/** The reference at an offset, of nested ones the innermost; where one ends and the next begins, the next. */
export function referenceAt(references: readonly ImageReference[], offset: number): ImageReference | undefined {
  const touching = references.filter(({ range }) => range.start <= offset && offset <= range.end);
  const holding = touching.filter(({ range }) => offset < range.end);
  return (holding.length > 0 ? holding : touching).reduce<ImageReference | undefined>(
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
