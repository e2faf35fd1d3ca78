import type { TextRange } from '../imageReference.ts';
import { type BlockMetadata, metadataEntry } from './blockSyntax.ts';

/** What an alt within a table has to mind: the bar, the `!` of a table in a cell, or more than is worth writing for. */
export type CellPlace = 'cell' | 'nested-cell' | 'unwritable';

export interface TableCell {
  readonly range: TextRange;
  /** `a`: a document of its own; any other: text. */
  readonly style: string;
  readonly place: CellPlace;
}

/** The cells that show text (those of style `l` are literal), in order. */
export function splitTable(
  text: string,
  content: TextRange,
  delimiter: string,
  metadata: BlockMetadata,
  around: CellPlace | null,
): TableCell[] {
  const format = metadataEntry(metadata, 'format')?.value ?? formats[delimiter[0]!] ?? 'psv';
  const body = text.slice(content.start, content.end);
  if (format !== 'psv') return [...lineCells(body, content.start)];
  const separator = metadataEntry(metadata, 'separator')?.value ?? delimiter[0]!;
  const place = placeOf(separator, around);
  const columns = columnStyles(metadataEntry(metadata, 'cols')?.value ?? '');
  const grid = new Grid(columns.length);
  const cells: TableCell[] = [];
  for (const { start, end, spec } of rawCells(body, separator)) {
    for (let copy = 0; copy < spec.copies; copy += 1) {
      const column = grid.place(spec.columns, spec.rows);
      const style = spec.style ?? columns[column] ?? '';
      const range = trimmed(body, start, end, content.start);
      // Copies of a cell share their source: one reference.
      if (copy === 0 && style !== 'l') cells.push({ range, style, place });
    }
  }
  return cells;
}

function trimmed(body: string, start: number, end: number, offset: number): TextRange {
  const raw = body.slice(start, end);
  const from = start + (raw.length - raw.trimStart().length);
  return { start: offset + from, end: offset + from + raw.trim().length };
}

const formats: Readonly<Record<string, string>> = { ',': 'csv', ':': 'dsv' };

function placeOf(separator: string, around: CellPlace | null): CellPlace {
  if (around === 'unwritable' || (separator !== '|' && separator !== '!')) return 'unwritable';
  return separator === '!' || around === 'nested-cell' ? 'nested-cell' : 'cell';
}

function* lineCells(body: string, offset: number): Generator<TableCell> {
  for (const { 0: line, index } of body.matchAll(/[^\n]+/g)) {
    const start = offset + index;
    yield { range: { start, end: start + line.trimEnd().length }, style: '', place: 'unwritable' };
  }
}

interface CellSpec {
  readonly columns: number;
  readonly rows: number;
  readonly copies: number;
  readonly style: string | null;
}

const noSpec: CellSpec = { columns: 1, rows: 1, copies: 1, style: null };
const spec = String.raw`(?:(?=[\d.])(\d{1,3})?(?:\.(\d{1,3})?)?([*+]))?(?:[<^>](?:\.[<^>]?)?|(?:[<^>]?\.)?[<^>])?([a-z])?`;
const wholeSpec = new RegExp(String.raw`^[ \t]*${spec}$`);
const lastSpec = new RegExp(String.raw`^${spec}$`);

function readSpec(match: RegExpExecArray): CellSpec {
  const [, first, second, mark, style] = match;
  const [columns, rows] = [Number(first ?? 1) || 1, Number(second ?? 1) || 1];
  if (mark === '*') return { ...noSpec, copies: columns, style: style ?? null };
  return { columns, rows, copies: 1, style: style ?? null };
}

interface RawCell {
  readonly start: number;
  readonly end: number;
  readonly spec: CellSpec;
}

/** Text between separators; what stands right before one may be the specification of the cell that it opens. */
function* rawCells(body: string, separator: string): Generator<RawCell> {
  let cell: { start: number; spec: CellSpec } | null = null;
  let segment = 0;
  for (let at = body.indexOf(separator); at !== -1; at = body.indexOf(separator, at + separator.length)) {
    if (body[at - 1] === '\\') continue;
    const newline = body.slice(segment, at).lastIndexOf('\n');
    const atLineStart = newline !== -1 || segment === 0;
    const from = segment + newline + 1;
    const before = body.slice(from, at);
    const { end, opened } = atLineStart ? specAtLineStart(before, from) : specAfterText(before, from);
    if (cell !== null) yield { ...cell, end };
    else if (body.slice(0, end).trim() !== '') yield { start: 0, end, spec: noSpec };
    cell = { start: at + separator.length, spec: opened };
    segment = at + separator.length;
  }
  if (cell !== null) yield { ...cell, end: body.length };
  else if (body.trim() !== '') yield { start: 0, end: body.length, spec: noSpec };
}

interface Split {
  /** Where the cell before ends. */
  readonly end: number;
  readonly opened: CellSpec;
}

function specAtLineStart(before: string, from: number): Split {
  const match = wholeSpec.exec(before);
  return match === null ? specAfterText(before, from) : { end: from, opened: readSpec(match) };
}

function specAfterText(before: string, from: number): Split {
  const blank = Math.max(before.lastIndexOf(' '), before.lastIndexOf('\t'));
  const match = blank === -1 ? null : lastSpec.exec(before.slice(blank + 1));
  if (match === null) return { end: from + before.length, opened: noSpec };
  return { end: from + before.slice(0, blank).trimEnd().length, opened: readSpec(match) };
}

/** `cols="1,2a,3*<l"` → a style a column. */
function columnStyles(cols: string): string[] {
  return cols.split(/[,;]/).flatMap((column) => {
    const match = /^\s*(?:(\d{1,3})\*)?.*?([a-z])?\s*$/s.exec(column);
    const copies = Math.min(Number(match?.[1] ?? 1), 500);
    return Array.from({ length: copies }, () => match?.[2] ?? '');
  });
}

/** In which column the next cell comes to stand, with those that reach down from rows above. */
class Grid {
  readonly #taken: number[];
  #column = 0;

  constructor(columns: number) {
    this.#taken = Array.from({ length: columns }, () => 0);
  }

  place(columns: number, rows: number): number {
    for (let tries = 0; tries < this.#taken.length && this.#taken[this.#column]! > 0; tries += 1) this.#step();
    const column = this.#column;
    for (let count = 0; count < Math.min(columns, this.#taken.length); count += 1) {
      this.#taken[this.#column] = rows;
      this.#step();
    }
    return column;
  }

  /** Past a column: one row less is taken of it. */
  #step(): void {
    this.#taken[this.#column]! -= 1;
    this.#column = (this.#column + 1) % this.#taken.length;
  }
}
