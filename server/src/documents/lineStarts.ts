/** Offset of each line's first character, in UTF-16 code units; lines end with `\r\n`, `\n` or `\r`, as in LSP. */
export function lineStarts(text: string): Uint32Array<ArrayBuffer> {
  const starts = [0];
  const lineBreak = /\r\n?|\n/g;
  while (lineBreak.exec(text) !== null) starts.push(lineBreak.lastIndex);
  return Uint32Array.from(starts);
}
