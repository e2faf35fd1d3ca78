/** A line of the document, or a table's cell's part of one, without the blanks at its end. */
export interface SourceLine {
  readonly text: string;
  /** Where the text begins in the document. */
  readonly start: number;
  /** The column of its first character, tabs reaching to the next eighth; -1 for a blank line. */
  readonly indent: number;
}

export function sourceLine(text: string, start: number): SourceLine {
  const trimmed = text.trimEnd();
  return { text: trimmed, start, indent: trimmed === '' ? -1 : columnOf(trimmed, /^\s*/.exec(trimmed)![0].length) };
}

export function splitLines(text: string): SourceLine[] {
  let start = 0;
  return text.split('\n').map((line) => {
    const found = sourceLine(line, start);
    start += line.length + 1;
    return found;
  });
}

/** The column of the character at this place of the line. */
export function columnOf(text: string, place: number): number {
  let column = 0;
  for (let index = 0; index < place; index += 1) column = text[index] === '\t' ? ((column >> 3) << 3) + 8 : column + 1;
  return column;
}

export function endOf(line: SourceLine): number {
  return line.start + line.text.length;
}

/** The first line after `index` that is neither blank nor indented beyond `column`. */
export function blockEnd(lines: readonly SourceLine[], index: number, column: number): number {
  let next = index + 1;
  while (next < lines.length && (lines[next]!.indent === -1 || lines[next]!.indent > column)) next += 1;
  return next;
}
