import { simpleBorder } from './blockSyntax.ts';
import { type SourceLine, sourceLine } from './sourceLines.ts';

export interface TableCell {
  readonly lines: readonly SourceLine[];
  /** A line may be put into it: the last column of a simple table is as long as it likes. */
  readonly room: boolean;
}

export interface TableCells {
  readonly cells: readonly TableCell[];
  /** The line after the table. */
  readonly end: number;
}

/** Tables larger than this, or drawn so that finding their cells takes long, are not looked into. */
const mostLines = 5000;
const mostSteps = 2_000_000;

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;

/** A line of a drawn table, character by character as wide as they show. */
interface DrawnLine {
  readonly source: SourceLine;
  /** Place in the line's text of each column. */
  readonly places: readonly number[];
}

function drawn(source: SourceLine, from: number): DrawnLine {
  const places: number[] = [];
  for (let place = from; place < source.text.length; place += 1) {
    if (/\p{Mn}/u.test(source.text[place]!)) continue;
    places.push(place);
    if (wide.test(source.text[place]!)) places.push(place);
  }
  return { source, places };
}

/** `+---+---+`: cells between lines and bars, which may span several of them (docutils' GridTableParser). */
export function gridCells(lines: readonly SourceLine[], index: number, column: number): TableCells {
  let end = index;
  while (lines[end] !== undefined && lines[end]!.indent === column && /^\s*[+|]/.test(lines[end]!.text)) end += 1;
  if (end - index > mostLines) return { cells: [], end };
  const from = lines[index]!.text.length - lines[index]!.text.trimStart().length;
  return { cells: new Grid(lines.slice(index, end).map((line) => drawn(line, from))).cells(), end };
}

class Grid {
  #steps = 0;
  readonly lines: readonly DrawnLine[];

  constructor(lines: readonly DrawnLine[]) {
    this.lines = lines;
  }

  cells(): TableCell[] {
    const cells: TableCell[] = [];
    const found: { top: number; bottom: number; left: number; right: number }[] = [];
    for (const [top, line] of this.lines.entries()) {
      for (let left = 0; left < line.places.length; left += 1) {
        if (this.#at(top, left) !== '+' || this.#steps > mostSteps) continue;
        const corner = this.#cell(top, left);
        if (corner !== null) found.push({ top, left, ...corner });
      }
    }
    for (const { top, bottom, left, right } of found) {
      const inside = this.lines.slice(top + 1, bottom).map(({ source, places }) => {
        const start = places[left + 1] ?? source.text.length;
        return sourceLine(source.text.slice(start, places[right] ?? source.text.length), source.start + start);
      });
      cells.push({ lines: inside, room: false });
    }
    return cells;
  }

  /** The smallest cell whose upper left corner this is. */
  #cell(top: number, left: number): { readonly bottom: number; readonly right: number } | null {
    for (let right = left + 1; this.#isLine(top, right); right += 1) {
      if (this.#at(top, right) !== '+') continue;
      for (let bottom = top + 1; this.#isBar(bottom, right) && this.#isBar(bottom, left); bottom += 1) {
        if (this.#at(bottom, right) === '+' && this.#at(bottom, left) === '+' && this.#closes(bottom, left, right)) {
          return { bottom, right };
        }
      }
    }
    return null;
  }

  #closes(bottom: number, left: number, right: number): boolean {
    for (let column = left + 1; column < right; column += 1) if (!this.#isLine(bottom, column)) return false;
    return true;
  }

  #isLine(row: number, column: number): boolean {
    return /[-=+]/.test(this.#at(row, column));
  }

  #isBar(row: number, column: number): boolean {
    return /[|+]/.test(this.#at(row, column));
  }

  /** '' where nothing is drawn, or too much has been looked at. */
  #at(row: number, column: number): string {
    this.#steps += 1;
    const line = this.#steps > mostSteps ? undefined : this.lines[row];
    return line?.source.text[line.places[column] ?? Infinity] ?? '';
  }
}

/** `=====  =====`: a row begins where its first column holds something. */
export function simpleCells(lines: readonly SourceLine[], index: number, column: number): TableCells {
  const border = lines[index]!.text;
  const columns = [...border.matchAll(/=+/g)].map(({ index: place }) => place);
  const cells: TableCell[] = [];
  let rows: SourceLine[] = [];
  const close = (): void => {
    if (rows.length > 0) cells.push(...cellsOfRow(rows, columns));
    rows = [];
  };
  let borders = 0;
  let next = index + 1;
  for (; next < lines.length && next - index <= mostLines; next += 1) {
    const line = lines[next]!;
    const isBorder = line.indent === column && simpleBorder.test(line.text.trim());
    const after = lines[next + 1];
    if (isBorder) {
      close();
      borders += 1;
      // The first may be that of a head.
      if (borders === 2 || after === undefined || after.indent === -1) return { cells, end: next + 1 };
    } else if (line.indent !== -1 && line.indent < column) break;
    else if (!/^\s*-[- ]*$/.test(line.text) || line.indent === -1) {
      if (line.text.slice(columns[0], columns[1]).trim() !== '') close();
      rows.push(line);
    } else close();
  }
  // Without the border below it is no table.
  return { cells: [], end: index + 1 };
}

function cellsOfRow(rows: readonly SourceLine[], columns: readonly number[]): TableCell[] {
  return columns.map((start, index) => ({
    lines: rows.map(({ text, start: offset }) =>
      sourceLine(text.slice(start, columns[index + 1]), offset + Math.min(start, text.length)),
    ),
    room: index === columns.length - 1,
  }));
}
