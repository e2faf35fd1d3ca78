import type { TextRange } from '../imageReference.ts';

export interface Piece extends TextRange {
  /** `code`: a fenced block or display math as a whole. */
  readonly kind: 'text' | 'code';
  /** The head of the table that these rows belong to, where a long table was divided; else null. */
  readonly tableHead: TextRange | null;
}

/**
 * Pieces that nothing divides (a list of a thousand lines, a table of as many rows, one endless paragraph) are divided
 * here: micromark's time grows with the square of what it reads at once. Between the items of a list and the rows of a
 * table this changes nothing; text without either is cut only where it is longer than anybody writes.
 */
const longest = 8_000;
const longestParagraph = 24_000;

const tableStart =
  /^(?=[^\n\r]*\|)[^\n\r]*(?:\r\n|\n|\r) {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*(?=[\n\r])/m;
const itemStart = /(?:\n|\r)(?=(?:[-*+]|\d{1,9}[.)]) +\S)/g;

export function divide(text: string, piece: Piece): Piece[] {
  const length = piece.end - piece.start;
  if (piece.kind === 'code' || length <= longest) return [piece];
  const words = text.slice(piece.start, piece.end);
  const table = tableStart.exec(words);
  if (table !== null) {
    const head = { start: piece.start + table.index, end: piece.start + table.index + table[0].length };
    return cutAt(piece, lineStarts(text, piece, head.end), head);
  }
  const items = [...words.matchAll(itemStart)].map(({ index }) => piece.start + index + 1);
  const parts = cutAt(piece, items, null);
  return parts.flatMap((part) =>
    part.end - part.start <= longestParagraph ? [part] : cutAt(part, paragraphCuts(text, part), null),
  );
}

/** Parts of about the longest length, from one possible cut to another. Those after the head carry it. */
function cutAt(piece: Piece, cuts: readonly number[], head: Piece['tableHead']): Piece[] {
  const parts: Piece[] = [];
  let start = piece.start;
  const add = (end: number): void => {
    parts.push({ ...piece, start, end, tableHead: head !== null && start >= head.end ? head : null });
    start = end;
  };
  for (const [index, cut] of cuts.entries()) {
    if (cut >= piece.end) break;
    const next = cuts[index + 1] ?? piece.end;
    if (cut > start && next - start > longest) add(cut);
  }
  if (piece.end > start) add(piece.end);
  return parts;
}

function lineStarts(text: string, piece: Piece, from: number): number[] {
  const starts: number[] = [];
  const lineBreak = /\r\n|\n|\r/g;
  lineBreak.lastIndex = from;
  for (
    let found = lineBreak.exec(text);
    found !== null && lineBreak.lastIndex < piece.end;
    found = lineBreak.exec(text)
  ) {
    starts.push(lineBreak.lastIndex);
  }
  return starts;
}

/** Behind a sentence, a line or an image; never within a word, as a picture in base64 is one. */
function paragraphCuts(text: string, piece: Piece): number[] {
  const cuts: number[] = [];
  for (let at = piece.start; piece.end - at > longest;) {
    const part = text.slice(at, at + longest);
    const behind = Math.max(...['\n', ') ', '. ', '> '].map((mark) => part.lastIndexOf(mark) + mark.length));
    const space = Math.max(part.lastIndexOf(' '), part.lastIndexOf('\r')) + 1;
    at = behind > longest / 2 ? at + behind : space > longest / 2 ? at + space : nextSpace(text, at + longest);
    cuts.push(at);
  }
  return cuts;
}

function nextSpace(text: string, from: number): number {
  const space = /\s/g;
  space.lastIndex = from;
  return space.exec(text) === null ? text.length : space.lastIndex;
}
