import { countWhile } from '../documents/countWhile.ts';

export interface LinePosition {
  /** From 1. */
  readonly line: number;
  /** From 1, UTF-16. */
  readonly column: number;
}

/** Offsets → lines and columns as compilers print them. CR, LF and CRLF end a line. */
export function linesOf(text: string): (offset: number) => LinePosition {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\r|\n/gu)) starts.push(match.index + match[0].length);
  return (offset) => {
    const line = countWhile(starts.length, (index) => starts[index]! <= offset);
    return { line, column: offset - starts[line - 1]! + 1 };
  };
}
