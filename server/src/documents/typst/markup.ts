import type { Cursor } from './cursor.ts';
import type { ContentItem, ContentNode, TypstNode } from './syntax.ts';
import { linkEnd, rawEnd, stringAt } from './tokens.ts';

/** Reads what stands after `#`; null, and nothing read, where no code does. */
export type EmbeddedCode = () => TypstNode | null;

const special = /[\\[\]#$`/<]|https?:\/\/|\n[ \t\r]*(?=\n|=+[ \t]|[-+/][ \t]|\d+\.[ \t])/g;
const label = /<[\w\-:.]+>/y;

/** From `start` until the `]` that closes it, which is not read, or the end of the text. */
export function readMarkup(cursor: Cursor, start: number, closes: boolean, code: EmbeddedCode): ContentNode {
  const items: ContentItem[] = [];
  let copied = cursor.position;
  let brackets = 0;
  const copyTo = (end: number): void => {
    const range = { start: copied, end };
    if (end > copied) items.push({ kind: 'text', text: cursor.text.slice(copied, end), range });
  };
  for (;;) {
    special.lastIndex = cursor.position;
    const match = special.exec(cursor.text);
    cursor.position = match?.index ?? cursor.text.length;
    if (match === null || (match[0] === ']' && closes && brackets === 0)) break;
    const at = cursor.position;
    if (match[0] === '[') brackets += 1;
    else if (match[0] === ']') brackets = Math.max(0, brackets - 1);
    const item = readMark(cursor, match[0], code);
    if (item === null) continue;
    copyTo(at);
    copied = cursor.position;
    items.push(item);
  }
  copyTo(cursor.position);
  return { kind: 'content', items, range: cursor.since(start) };
}

/** Moves past the mark; null where it is text. */
function readMark(cursor: Cursor, mark: string, code: EmbeddedCode): ContentItem | null {
  const start = cursor.position;
  cursor.position += mark.length;
  if (mark.startsWith('\n')) return { kind: 'break', range: cursor.since(start) };
  if (mark.startsWith('http')) cursor.position = linkEnd(cursor.text, start) ?? cursor.position;
  else if (mark === '\\') cursor.position += 1;
  else if (mark === '`') cursor.position = rawEnd(cursor.text, start);
  else if (mark === '/' || mark === '<') {
    cursor.position = start;
    if ((mark === '/' && cursor.skipComment()) || (mark === '<' && cursor.take(label) !== null)) {
      return { kind: 'code', node: cursor.other(start, []), range: cursor.since(start) };
    }
    cursor.position += 1;
  } else if (mark === '#' || mark === '$') {
    const node = mark === '#' ? code() : readMath(cursor, start, code);
    if (node !== null) return { kind: 'code', node, range: cursor.since(start) };
  }
  return null;
}

const mathSpecial = /[\\$"#]|\/[/*]/g;

/** After the opening dollar sign up to the closing one: only what follows a `#` matters. */
export function readMath(cursor: Cursor, start: number, code: EmbeddedCode): TypstNode {
  const children: (TypstNode | null)[] = [];
  for (;;) {
    mathSpecial.lastIndex = cursor.position;
    const match = mathSpecial.exec(cursor.text);
    cursor.position = match?.index ?? cursor.text.length;
    if (match === null) break;
    if (match[0] === '"') cursor.position = stringAt(cursor.text, cursor.position).range.end;
    else if (match[0].length === 2) cursor.skipComment();
    else {
      cursor.position += match[0] === '\\' ? 2 : 1;
      if (match[0] === '$') break;
      if (match[0] === '#') children.push(code());
    }
  }
  return cursor.other(start, children);
}
