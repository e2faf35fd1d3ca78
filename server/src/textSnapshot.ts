import type { Position, Range, TextDocument } from 'vscode-languageserver-textdocument';

/** As much of a text document as is asked of one that does not change any more. */
export type DocumentText = Pick<
  TextDocument,
  'uri' | 'languageId' | 'version' | 'lineCount' | 'getText' | 'positionAt' | 'offsetAt'
>;

/** What a snapshot is of. */
export interface SnapshotSource {
  readonly uri: string;
  readonly languageId: string;
  readonly version: number;
  readonly text: string;
  /** Offset of each line's first character, as `lineStarts` (documents/lineStarts.ts) finds them. */
  readonly lineStarts: Uint32Array;
}

/**
 * A document as it was at one version. Where its lines start has been found in the parse worker: for 2 MB that takes
 * longer than the server's own thread has.
 */
export class TextSnapshot implements DocumentText {
  readonly #source: SnapshotSource;

  constructor(source: SnapshotSource) {
    this.#source = source;
  }

  get uri(): string {
    return this.#source.uri;
  }

  get languageId(): string {
    return this.#source.languageId;
  }

  get version(): number {
    return this.#source.version;
  }

  get lineCount(): number {
    return this.#source.lineStarts.length;
  }

  getText(range?: Range): string {
    const { text } = this.#source;
    return range === undefined ? text : text.slice(this.offsetAt(range.start), this.offsetAt(range.end));
  }

  /** Between `\r` and `\n` is no place: such an offset is the line's end. */
  positionAt(offset: number): Position {
    const { text, lineStarts } = this.#source;
    const within = Math.max(0, Math.min(offset, text.length));
    const line = lastAtMost(lineStarts, within);
    const start = lineStarts[line]!;
    return { line, character: this.#beforeLineBreak(within, start) - start };
  }

  offsetAt({ line, character }: Position): number {
    const { text, lineStarts } = this.#source;
    if (line >= lineStarts.length) return text.length;
    const start = lineStarts[line] ?? 0;
    if (line < 0 || character <= 0) return start;
    return this.#beforeLineBreak(Math.min(start + character, lineStarts[line + 1] ?? text.length), start);
  }

  #beforeLineBreak(offset: number, lineStart: number): number {
    let end = offset;
    while (end > lineStart && isLineBreak(this.#source.text.charCodeAt(end - 1))) end -= 1;
    return end;
  }
}

function isLineBreak(unit: number): boolean {
  return unit === 10 || unit === 13;
}

/** Index of the last of the ascending numbers that is not above `limit`; the first is 0. */
function lastAtMost(numbers: Uint32Array, limit: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (numbers[middle]! <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
