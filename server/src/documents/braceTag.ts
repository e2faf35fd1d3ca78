/** The start tags of Svelte and Astro: HTML's attributes, and braces with JavaScript in them. */
import { closingBrace } from './codeEnds.ts';
import type { TextRange } from './imageReference.ts';

export type BraceLanguage = 'svelte' | 'astro';

export type BraceValue =
  | { readonly kind: 'none' }
  /** `range` is what stands between the quotes (none: unquoted). */
  | { readonly kind: 'text'; readonly range: TextRange; readonly quote: '"' | "'" | null }
  /** `range` is what stands between the braces. */
  | { readonly kind: 'expression'; readonly range: TextRange }
  /** Astro's `` alt=`…` ``; `range` holds the backticks. */
  | { readonly kind: 'template'; readonly range: TextRange };

export type BraceAttribute =
  | { readonly kind: 'named'; readonly name: string; readonly range: TextRange; readonly value: BraceValue }
  | { readonly kind: 'spread'; readonly range: TextRange };

export interface BraceTag {
  readonly name: string;
  /** From `<` past `>`. */
  readonly range: TextRange;
  readonly nameEnd: number;
  readonly attributes: readonly BraceAttribute[];
  readonly selfClosing: boolean;
}

const tagName = /<([A-Za-z][\w.:-]*|(?=>))/y;
const blanks = /\s*/y;
const attributeName = /[^\s=>{}"'`/]+/y;
const equals = /\s*=\s*/y;
const unquoted = /(?:(?!\/>)[^\s"'=<>`{])+/y;

/** The start tag at `start`; null where none is, or it has no end before `limit`. */
export function readTag(source: string, start: number, limit: number, language: BraceLanguage): BraceTag | null {
  const name = match(tagName, source, start);
  if (name === null) return null;
  const attributes: BraceAttribute[] = [];
  const nameEnd = start + name.length;
  let at = nameEnd;
  while (at < limit) {
    at += match(blanks, source, at)?.length ?? 0;
    if (source[at] === '>')
      return { name: name.slice(1), range: { start, end: at + 1 }, nameEnd, attributes, selfClosing: false };
    if (source.startsWith('/>', at)) {
      return { name: name.slice(1), range: { start, end: at + 2 }, nameEnd, attributes, selfClosing: true };
    }
    if (source[at] === '<') return null;
    const attribute = source[at] === '{' ? readBraces(source, at, limit) : readNamed(source, at, limit, language);
    if (attribute === null) at++;
    else {
      if (attribute !== 'comment') attributes.push(attribute);
      at = attribute === 'comment' ? closingBrace(source, at + 1, limit) + 1 : attribute.range.end;
    }
  }
  return null;
}

function match(pattern: RegExp, source: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? null;
}

/** `{...rest}`, `{name}`, `{@attach …}`, a comment. */
function readBraces(source: string, at: number, limit: number): BraceAttribute | 'comment' | null {
  const close = closingBrace(source, at + 1, limit);
  if (close === -1) return null;
  const range = { start: at, end: close + 1 };
  const code = source.slice(at + 1, close).trim();
  if (code.startsWith('...')) return { kind: 'spread', range };
  if (!/^[\w$]+$/.test(code)) return 'comment';
  const start = source.indexOf(code, at + 1);
  return {
    kind: 'named',
    name: code,
    range,
    value: { kind: 'expression', range: { start, end: start + code.length } },
  };
}

function readNamed(source: string, at: number, limit: number, language: BraceLanguage): BraceAttribute | null {
  const name = match(attributeName, source, at);
  if (name === null) return null;
  const nameEnd = at + name.length;
  const sign = match(equals, source, nameEnd);
  const found = sign === null ? null : readValue(source, nameEnd + sign.length, limit, language);
  if (found === null) return { kind: 'named', name, range: { start: at, end: nameEnd }, value: { kind: 'none' } };
  return { kind: 'named', name, range: { start: at, end: found.end }, value: found.value };
}

function readValue(
  source: string,
  at: number,
  limit: number,
  language: BraceLanguage,
): { value: BraceValue; end: number } | null {
  const first = source[at];
  if (first === '"' || first === "'") {
    const close = quoteEnd(source, at + 1, limit, first, language);
    return close === -1
      ? null
      : { value: { kind: 'text', range: { start: at + 1, end: close }, quote: first }, end: close + 1 };
  }
  if (first === '{') {
    const close = closingBrace(source, at + 1, limit);
    if (close === -1) return null;
    // Svelte goes on after the braces: `src={base}/a.png`.
    const rest = language === 'svelte' ? unquotedEnd(source, close + 1, limit) : close + 1;
    if (rest > close + 1) return { value: { kind: 'text', range: { start: at, end: rest }, quote: null }, end: rest };
    return { value: { kind: 'expression', range: { start: at + 1, end: close } }, end: close + 1 };
  }
  if (first === '`' && language === 'astro') {
    const close = /`(?:\\[\s\S]|[^`\\])*`/y;
    const template = match(close, source, at);
    return template === null
      ? null
      : { value: { kind: 'template', range: { start: at, end: at + template.length } }, end: at + template.length };
  }
  const end = language === 'svelte' ? unquotedEnd(source, at, limit) : at + (match(unquoted, source, at)?.length ?? 0);
  return end === at ? null : { value: { kind: 'text', range: { start: at, end }, quote: null }, end };
}

/** In Svelte a quote within braces belongs to their code. */
function quoteEnd(source: string, from: number, limit: number, quote: string, language: BraceLanguage): number {
  for (let at = from; at < limit; at++) {
    if (source[at] === quote) return at;
    if (language !== 'svelte' || source[at] !== '{') continue;
    const close = closingBrace(source, at + 1, limit);
    if (close !== -1) at = close;
  }
  return -1;
}

function unquotedEnd(source: string, from: number, limit: number): number {
  let at = from;
  while (at < limit) {
    const text = match(unquoted, source, at);
    if (text !== null) at += text.length;
    else if (source[at] === '{') {
      const close = closingBrace(source, at + 1, limit);
      if (close === -1) return at;
      at = close + 1;
    } else return at;
  }
  return at;
}
