import type { TextDocumentContentChangeEvent } from 'vscode-languageserver';
import type { Position, Range } from 'vscode-languageserver-textdocument';
import { ChunkedText } from './documents/chunkedText.ts';

/** A document as it was at one version. The next version shares with it all that no edit touched. */
export class TextSnapshot {
  readonly uri: string;
  readonly languageId: string;
  readonly version: number;
  readonly chunks: ChunkedText;

  constructor(uri: string, languageId: string, version: number, chunks: ChunkedText) {
    this.uri = uri;
    this.languageId = languageId;
    this.version = version;
    this.chunks = chunks;
  }

  static create(this: void, uri: string, languageId: string, version: number, text: string): TextSnapshot {
    return new TextSnapshot(uri, languageId, version, ChunkedText.of(text));
  }

  /** The version that the changes, one after the other, make of it. */
  static update(
    this: void,
    { uri, languageId, chunks }: TextSnapshot,
    changes: readonly TextDocumentContentChangeEvent[],
    version: number,
  ): TextSnapshot {
    const changed = changes.reduce(
      (text, change) => ('range' in change ? withChange(text, change.range, change.text) : ChunkedText.of(change.text)),
      chunks,
    );
    return new TextSnapshot(uri, languageId, version, changed);
  }

  get lineCount(): number {
    return this.chunks.lineCount;
  }

  getText(range?: Range): string {
    if (range === undefined) return this.chunks.toString();
    return this.chunks.slice(this.offsetAt(range.start), this.offsetAt(range.end));
  }

  positionAt(offset: number): Position {
    return this.chunks.placeAt(offset);
  }

  offsetAt(position: Position): number {
    return this.chunks.offsetAt(position);
  }
}

function withChange(text: ChunkedText, { start, end }: Range, newText: string): ChunkedText {
  const places = [text.offsetAt(start), text.offsetAt(end)];
  return text.withEdit({ range: { start: Math.min(...places), end: Math.max(...places) }, newText });
}
