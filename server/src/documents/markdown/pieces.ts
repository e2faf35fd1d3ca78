/**
 * A Markdown document in pieces that can be parsed by themselves. micromark takes time that grows faster than the text;
 * most pieces of a document hold no image and need no parsing at all; and of those that do, one changes with a keystroke.
 *
 * A line that is not indented and stands after a blank one closes every list, quote, table and paragraph: nothing but
 * fenced code, math and some HTML blocks reaches over it, and those are followed here by CommonMark's rules.
 */
import { htmlBlockNames } from 'micromark-util-html-tag-name';
import type { TextRange } from '../imageReference.ts';
import { divide, type Piece } from './longPieces.ts';

interface Line extends TextRange {
  /** Where the next line starts. */
  readonly next: number;
}

/** What a blank line does not end. */
type Open =
  | { readonly kind: 'fence'; readonly end: RegExp }
  | { readonly kind: 'math'; readonly end: RegExp }
  | { readonly kind: 'html'; readonly end: RegExp };

const fenceStart = /^ {0,3}(?:(`{3,})(?!.*`)|(~{3,}))/;
const mathStart = /^ {0,3}\$\$(?!.*\$\$)/;
/** CommonMark's HTML blocks 1 to 5: how each starts, and the line that ends it. */
const htmlStarts: readonly (readonly [start: RegExp, end: RegExp])[] = [
  [/^ {0,3}<(?:script|pre|style|textarea)(?=[\s>]|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^ {0,3}<!--/, /-->/],
  [/^ {0,3}<\?/, /\?>/],
  [/^ {0,3}<!\[CDATA\[/, /\]\]>/],
  [/^ {0,3}<![a-z]/i, />/],
];
/** HTML blocks 6 and 7, which a blank line ends. */
const tagName = /^ {0,3}<\/?([a-z][a-z0-9-]*)(?=[\s/>]|$)/i;
const attribute = String.raw`\s+[a-z_:][\w.:-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>\x60]+))?`;
const completeTag = new RegExp(String.raw`^ {0,3}<(?:/[a-z][\w-]*|[a-z][\w-]*(?:${attribute})*\s*/?)\s*>\s*$`, 'i');
const blockTags: ReadonlySet<string> = new Set(htmlBlockNames);
/** A list item with what it starts with, or a footnote. */
const item = /^( {0,3})(?:([-*+]|\d{1,9}[.)])( {1,4}(?=\S)| *)|\[\^[^\]\s]+\]:)/;
/** What a line must start with to matter here. */
const blockCharacters = new Set('`~$<-*+[0123456789');

const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;

/** `from`: where the front matter ends. */
export function pieces(text: string, from: number): Piece[] {
  const cutter = new PieceCutter(text, from);
  for (let at = from; at < text.length;) {
    const line = lineAt(text, at);
    cutter.read(line);
    at = line.next;
  }
  return cutter.finish().flatMap((piece) => divide(text, piece));
}

function lineAt(text: string, start: number): Line {
  let end = start;
  let code = text.charCodeAt(end);
  while (end < text.length && code !== lineFeed && code !== carriageReturn) code = text.charCodeAt(++end);
  const breakLength = code === carriageReturn && text.charCodeAt(end + 1) === lineFeed ? 2 : 1;
  return { start, end, next: Math.min(end + breakLength, text.length) };
}

class PieceCutter {
  readonly #text: string;
  readonly #found: Piece[] = [];
  readonly #lastMathMark: number;
  #start: number;
  #open: Open | null = null;
  /** Within an HTML block that a blank line ends. */
  #html = false;
  #afterBlank = true;
  /** How far the open list item's or footnote's content is indented; 0: there is none. */
  #indent = 0;

  constructor(text: string, from: number) {
    this.#text = text;
    this.#start = from;
    this.#lastMathMark = text.lastIndexOf('$$');
  }

  read(line: Line): void {
    if (this.#open !== null) this.#readOpen(this.#open, line);
    else if (this.#isBlank(line)) {
      this.#afterBlank = true;
      this.#html = false;
    } else this.#readText(line);
  }

  finish(): Piece[] {
    this.#cut(this.#text.length, this.#open === null || this.#open.kind === 'html' ? 'text' : 'code');
    return this.#found;
  }

  #readOpen(open: Open, line: Line): void {
    if (!open.end.test(this.#text.slice(line.start, line.end))) return;
    this.#open = null;
    if (open.kind === 'html') return;
    this.#cut(line.next, 'code');
    this.#afterBlank = true;
  }

  #readText(line: Line): void {
    const fresh = this.#afterBlank;
    this.#afterBlank = false;
    const first = this.#text.charCodeAt(line.start);
    const isHeading = !this.#html && this.#text.startsWith('#', line.start);
    if (first !== space && first !== tab && (fresh || isHeading)) this.#cut(line.start, 'text');
    if (this.#html) return;
    const content = this.#contentStart(line);
    if (!blockCharacters.has(this.#text[content]!)) return;
    if (this.#indent > 0 && content - line.start >= this.#indent) return;
    this.#readBlockStart(this.#text.slice(line.start, line.end), line, fresh);
  }

  #readBlockStart(words: string, line: Line, fresh: boolean): void {
    const interruptsNothing = fresh || this.#start === line.start;
    // Within a paragraph `$$` may close as well as open; there the syntax of text reads it.
    const opened = opens(words, interruptsNothing && this.#lastMathMark > line.end);
    if (opened !== null) {
      if (opened.kind !== 'html') this.#cut(line.start, 'text');
      if (opened.kind !== 'html' || !opened.end.test(words)) this.#open = opened;
      return;
    }
    const tag = tagName.exec(words)?.[1]?.toLowerCase();
    if (tag !== undefined) this.#html = blockTags.has(tag) || (interruptsNothing && completeTag.test(words));
    else this.#indent = contentIndent(words) ?? this.#indent;
  }

  #cut(at: number, kind: Piece['kind']): void {
    if (at > this.#start) this.#found.push({ start: this.#start, end: at, kind, tableHead: null });
    this.#start = at;
    this.#indent = 0;
  }

  #contentStart(line: Line): number {
    let at = line.start;
    while (this.#text.charCodeAt(at) === space) at++;
    return at;
  }

  #isBlank(line: Line): boolean {
    for (let at = line.start; at < line.end; at++) {
      const code = this.#text.charCodeAt(at);
      if (code !== space && code !== tab) return false;
    }
    return true;
  }
}

function opens(line: string, mayBeMath: boolean): Open | null {
  const fence = fenceStart.exec(line);
  const marker = fence?.[1] ?? fence?.[2];
  if (marker !== undefined) {
    return { kind: 'fence', end: new RegExp(String.raw`^ {0,3}${marker[0]!}{${marker.length},}[ \t]*$`) };
  }
  if (mayBeMath && mathStart.test(line)) return { kind: 'math', end: /\$\$/ };
  for (const [start, end] of htmlStarts) if (start.test(line)) return { kind: 'html', end };
  return null;
}

/** How far what belongs to this list item or footnote is indented; null where the line starts neither. */
function contentIndent(line: string): number | null {
  const found = item.exec(line);
  if (found === null) return null;
  const [, before = '', marker, spaces = ''] = found;
  if (marker === undefined) return 4;
  if (spaces === '' && /^\s*\S+\S/.test(line.slice(before.length + marker.length))) return null;
  return before.length + marker.length + Math.max(1, spaces.length > 4 ? 1 : spaces.length);
}
