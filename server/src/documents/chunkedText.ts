import { countWhile } from './countWhile.ts';
import type { TextEdit } from './imageReference.ts';

/** A place as LSP counts it, from 0; `character` in UTF-16 code units. */
interface Place {
  readonly line: number;
  readonly character: number;
}

interface Chunk {
  readonly text: string;
  /** Offsets within the chunk right behind its line breaks. */
  readonly lineStarts: readonly number[];
}

/** Characters of a chunk: as many as are read again for each keystroke. */
const usual = 4096;

/**
 * A text that does not change. What an edit makes of it shares all but the chunks that the edit touches, and so costs
 * what changed. A chunk never ends within `\r\n`. Lines end with `\r\n`, `\n` or `\r`, as in LSP.
 */
export class ChunkedText {
  readonly #chunks: readonly Chunk[];
  /** Offset of each chunk, and the text's length. */
  readonly #offsets: Uint32Array;
  /** How many line breaks stand before each chunk, and in the whole text. */
  readonly #breaks: Uint32Array;
  readonly length: number;
  readonly lineCount: number;
  #whole: string | null = null;

  private constructor(chunks: readonly Chunk[]) {
    this.#chunks = chunks;
    this.#offsets = new Uint32Array(chunks.length + 1);
    this.#breaks = new Uint32Array(chunks.length + 1);
    for (const [index, { text, lineStarts }] of chunks.entries()) {
      this.#offsets[index + 1] = this.#offsets[index]! + text.length;
      this.#breaks[index + 1] = this.#breaks[index]! + lineStarts.length;
    }
    this.length = this.#offsets[chunks.length]!;
    this.lineCount = this.#breaks[chunks.length]! + 1;
  }

  static of(text: string): ChunkedText {
    const made = new ChunkedText(chunksOf(text));
    made.#whole = text;
    return made;
  }

  /** The whole text; put together once. */
  toString(): string {
    this.#whole ??= this.#chunks.map(({ text }) => text).join('');
    return this.#whole;
  }

  slice(start: number, end: number): string {
    if (start >= end) return '';
    const first = this.#chunkAt(start);
    const last = this.#chunkAt(end);
    const from = this.#offsets[first]!;
    return this.#join(first, last + 1).slice(start - from, end - from);
  }

  withEdit({ range: { start, end }, newText }: TextEdit): ChunkedText {
    const chunks = this.#chunks;
    let first = this.#chunkAt(start);
    const last = this.#chunkAt(end);
    // At a chunk's start: a `\n` may come to stand behind a `\r`, and nothing may be left of the chunk.
    if (first > 0 && start === this.#offsets[first]) first--;
    const from = this.#offsets[first]!;
    const before = this.#join(first, last + 1);
    const text = before.slice(0, start - from) + newText + before.slice(end - from);
    return new ChunkedText([...chunks.slice(0, first), ...chunksOf(text), ...chunks.slice(last + 1)]);
  }

  /** The edit that makes this text of another one. Of chunks that both have nothing is read. */
  editFrom(was: ChunkedText): TextEdit {
    const most = Math.min(was.#chunks.length, this.#chunks.length);
    let first = 0;
    while (first < most && isSame(was.#chunks[first]!, this.#chunks[first]!)) first++;
    let after = 0;
    while (after < most - first && isSame(was.#chunks.at(-1 - after)!, this.#chunks.at(-1 - after)!)) after++;
    const from = this.#offsets[first]!;
    const old = was.#join(first, was.#chunks.length - after);
    const now = this.#join(first, this.#chunks.length - after);
    const shorter = Math.min(old.length, now.length);
    let start = 0;
    while (start < shorter && old.charCodeAt(start) === now.charCodeAt(start)) start++;
    let end = 0;
    while (end < shorter - start && old.charCodeAt(old.length - 1 - end) === now.charCodeAt(now.length - 1 - end))
      end++;
    return {
      range: { start: from + start, end: from + old.length - end },
      newText: now.slice(start, now.length - end),
    };
  }

  /** Between `\r` and `\n` is no place: such an offset is the line's end. */
  placeAt(offset: number): Place {
    const within = Math.max(0, Math.min(offset, this.length));
    const index = this.#chunkAt(within);
    const { lineStarts } = this.#chunks[index]!;
    const before = countAtMost(lineStarts, lineStarts.length, within - this.#offsets[index]!);
    const line = this.#breaks[index]! + before;
    const start = before > 0 ? this.#offsets[index]! + lineStarts[before - 1]! : this.#lineStart(line);
    return { line, character: this.#beforeLineBreak(within, start) - start };
  }

  offsetAt({ line, character }: Place): number {
    if (line >= this.lineCount) return this.length;
    const start = line < 0 ? 0 : this.#lineStart(line);
    if (line < 0 || character <= 0) return start;
    const next = line + 1 < this.lineCount ? this.#lineStart(line + 1) : this.length;
    return this.#beforeLineBreak(Math.min(start + character, next), start);
  }

  #join(first: number, behind: number): string {
    if (behind === first + 1) return this.#chunks[first]!.text;
    return this.#chunks
      .slice(first, behind)
      .map(({ text }) => text)
      .join('');
  }

  /** The last chunk that starts at the offset or before it. */
  #chunkAt(offset: number): number {
    return countAtMost(this.#offsets, this.#chunks.length, offset) - 1;
  }

  #lineStart(line: number): number {
    if (line === 0) return 0;
    // The chunk that holds the line break before it.
    const index = countAtMost(this.#breaks, this.#breaks.length, line - 1) - 1;
    return this.#offsets[index]! + this.#chunks[index]!.lineStarts[line - 1 - this.#breaks[index]!]!;
  }

  #beforeLineBreak(offset: number, lineStart: number): number {
    let end = offset;
    while (end > lineStart && isLineBreak(this.#unitAt(end - 1))) end -= 1;
    return end;
  }

  #unitAt(offset: number): number {
    const index = this.#chunkAt(offset);
    return this.#chunks[index]!.text.charCodeAt(offset - this.#offsets[index]!);
  }
}

/** Chunks that are not shared are compared too: an editor may send a text as a whole. */
function isSame(a: Chunk, b: Chunk): boolean {
  return a === b || a.text === b.text;
}

/** At least one. */
function chunksOf(text: string): Chunk[] {
  const chunks: Chunk[] = [];
  let start = 0;
  do {
    // The rest, where it is no longer than half a chunk more, goes with the last one.
    let end = text.length - start < usual * 1.5 ? text.length : start + usual;
    if (text.charCodeAt(end - 1) === 13 && text.charCodeAt(end) === 10) end++;
    const part = text.slice(start, end);
    chunks.push({ text: part, lineStarts: lineStartsIn(part) });
    start = end;
  } while (start < text.length);
  return chunks;
}

function lineStartsIn(text: string): number[] {
  const starts: number[] = [];
  const lineBreak = /\r\n?|\n/g;
  while (lineBreak.exec(text) !== null) starts.push(lineBreak.lastIndex);
  return starts;
}

function isLineBreak(unit: number): boolean {
  return unit === 10 || unit === 13;
}

/** How many of the first `count` numbers, which ascend, are not above `limit`. */
function countAtMost(numbers: ArrayLike<number>, count: number, limit: number): number {
  return countWhile(count, (index) => numbers[index]! <= limit);
}
