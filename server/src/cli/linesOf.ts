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
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  };
}
