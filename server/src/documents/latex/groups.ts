import type { TextRange } from '../imageReference.ts';

/** Where each `{` of live text is closed. */
export type Groups = ReadonlyMap<number, number>;

export function matchGroups(text: string): Groups {
  const groups = new Map<number, number>();
  const open: number[] = [];
  for (const { 0: mark, index } of text.matchAll(/\\[^]|[{}]/g)) {
    if (mark === '{') open.push(index);
    else if (mark === '}' && open.length > 0) groups.set(open.pop()!, index);
  }
  return groups;
}

/** Blanks, and what a comment left of itself. */
export function skipBlanks(text: string, from: number): number {
  let position = from;
  while (position < text.length && /[\s\0]/.test(text[position]!)) position += 1;
  return position;
}

/** The inside of the group that begins here, blanks before it apart. */
export function groupAt(text: string, groups: Groups, from: number): TextRange | null {
  const open = skipBlanks(text, from);
  const close = text[open] === '{' ? groups.get(open) : undefined;
  return close === undefined ? null : { start: open + 1, end: close };
}

/** An optional argument has no paragraphs in it, and is not longer than this. */
const longestOptional = 5000;

/** The inside of `[…]`: it ends at the first bracket that stands in no group. */
export function optionalAt(text: string, groups: Groups, from: number): TextRange | null {
  const open = skipBlanks(text, from);
  if (text[open] !== '[' || !text.slice(open, open + longestOptional).includes(']')) return null;
  const search = /\\[^]|[{}\]]|\n[ \t\r]*\n/g;
  search.lastIndex = open + 1;
  for (let match = search.exec(text); match !== null; match = search.exec(text)) {
    const { 0: mark, index } = match;
    if (mark === ']') return { start: open + 1, end: index };
    if (mark === '}' || mark.startsWith('\n') || index > open + longestOptional) return null;
    if (mark !== '{') continue;
    const close = groups.get(index);
    if (close === undefined) return null;
    search.lastIndex = close + 1;
  }
  return null;
}

/** `<2->`, where beamer allows it. */
export function overlayEnd(text: string, from: number): number {
  const overlay = /<[^<>\n]{0,200}>/y;
  overlay.lastIndex = skipBlanks(text, from);
  const match = overlay.exec(text);
  return match === null ? from : overlay.lastIndex;
}
