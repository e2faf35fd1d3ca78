import type { TextRange } from '../imageReference.ts';
import type { StringNode } from './syntax.ts';

/** Each reads what begins at a place; the end of the text ends what is left open. */

export function stringAt(text: string, start: number): StringNode {
  const close = /\\[^]|"/g;
  close.lastIndex = start + 1;
  for (let match = close.exec(text); match !== null; match = close.exec(text)) {
    if (match[0] !== '"') continue;
    return {
      kind: 'string',
      value: unescapeString(text.slice(start + 1, match.index)),
      range: { start, end: match.index + 1 },
    };
  }
  return { kind: 'string', value: '', range: { start, end: text.length } };
}

/** Typst's own escapes; any other backslash stands for itself. */
function unescapeString(inside: string): string {
  return inside.replace(/\\(?:u\{([0-9a-fA-F]{1,6})\}|([\\"nrt]))/g, (whole, hex?: string, mark?: string) => {
    if (hex !== undefined) return codePoint(Number.parseInt(hex, 16)) ?? whole;
    return { n: '\n', r: '\r', t: '\t' }[mark!] ?? mark!;
  });
}

function codePoint(value: number): string | null {
  return value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff) ? null : String.fromCodePoint(value);
}

/** `` `…` ``, ```` ```…``` ````; two backticks hold nothing. */
export function rawEnd(text: string, start: number): number {
  let ticks = 1;
  while (text[start + ticks] === '`') ticks += 1;
  if (ticks === 2) return start + 2;
  const close = text.indexOf('`'.repeat(ticks), start + ticks);
  return close === -1 ? text.length : close + ticks;
}

// `//…` and `/*…*/`, which nest; null where none begins.
export function commentAt(text: string, start: number): TextRange | null {
  if (text.startsWith('//', start)) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    return { start, end: text[end - 1] === '\r' ? end - 1 : end };
  }
  if (!text.startsWith('/*', start)) return null;
  let depth = 0;
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  for (let match = mark.exec(text); match !== null; match = mark.exec(text)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return { start, end: mark.lastIndex };
  }
  return { start, end: text.length };
}

const name = /[\p{XID_Start}_][\p{XID_Continue}_-]*/uy;

export function nameAt(text: string, start: number): string | null {
  name.lastIndex = start;
  return name.exec(text)?.[0] ?? null;
}

const link = /https?:\/\/[\w!#$%&*+,\-./:;=?@~']*/y;

/** A bare link's slashes begin no comment. */
export function linkEnd(text: string, start: number): number | null {
  link.lastIndex = start;
  return link.exec(text) === null ? null : link.lastIndex;
}
