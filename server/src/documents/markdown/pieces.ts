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

/** A list item or a footnote that is open. */
interface Item {
  /** How far what belongs to it is indented. */
  readonly indent: number;
  readonly marker: string;
  /** It is one even right behind a paragraph's line. */
  readonly interrupts: boolean;
}

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
/** A list item, or a footnote. Five blanks and more are one, and code. */
const itemStart = /^( {0,3})(?:([-*+]|\d{1,9}[.)])( {1,4}(?=\S))?|\[\^[^\]\s]+\]:)/;
/** What a line must start with to matter here. */
const blockCharacters = new Set('`~$<>-*_+[0123456789');
/** A quote or a thematic break: it ends the list before it. */
const otherBlock = /^ {0,3}(?:>|([-*_])[ \t]*(?:\1[ \t]*){2,}$)/;
const heading = /^#{1,6}(?:[ \t]|$)/;
/** Surely a paragraph's line, whatever stood before. */
const plainText = /^\p{L}[^|]*$/u;

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
  /** Within an HTML block that a blank line ends. `maybe`: only if no paragraph was open before it. */
  #html: 'no' | 'maybe' | 'yes' = 'no';
  /** Whether the line before belongs to a paragraph, which some HTML blocks cannot interrupt. */
  #paragraph: 'no' | 'maybe' | 'yes' = 'no';
  /** It cannot be known here whether code was opened: the rest is one piece. */
  #lost = false;
  #afterBlank = true;
  #item: (Item & { readonly sure: boolean }) | null = null;

  constructor(text: string, from: number) {
    this.#text = text;
    this.#start = from;
    this.#lastMathMark = text.lastIndexOf('$$');
  }

  read(line: Line): void {
    if (this.#open !== null) this.#readOpen(this.#open, line);
    else if (this.#isBlank(line)) {
      this.#afterBlank = true;
      this.#html = 'no';
      this.#paragraph = 'no';
    } else this.#readText(line);
  }

  finish(): Piece[] {
    this.#cut(this.#text.length, this.#open === null || this.#open.kind === 'html' ? 'text' : 'code');
    return this.#found;
  }

  #readOpen(open: Open, line: Line): void {
    if (!open.end.test(this.#text.slice(line.start, line.end))) return;
    this.#open = null;
    this.#paragraph = 'no';
    if (open.kind !== 'html') this.#cut(line.next, 'code');
  }

  #readText(line: Line): void {
    const fresh = this.#afterBlank;
    const before = this.#paragraph;
    this.#afterBlank = false;
    const words = this.#text.slice(line.start, line.end);
    const isHeading = this.#html === 'no' && heading.test(words);
    if (isHeading || (fresh && words[0] !== ' ' && words[0] !== '\t')) this.#cut(line.start, 'text');
    this.#paragraph = isHeading ? 'no' : plainText.test(words) ? 'yes' : 'maybe';
    if (this.#html === 'yes' || isHeading) return;
    const content = words.trimStart();
    const isBlock = blockCharacters.has(content[0]!);
    if (this.#item !== null && words.length - content.length >= this.#item.indent) {
      if (isBlock && !this.#item.sure && opens(content, false) !== null) this.#lost = true;
    } else if (isBlock) this.#readBlockStart(words, line, before);
    else this.#readLazyLine(before);
  }

  /** A line that continues an item's paragraph without being indented, or ends the list where there is none. */
  #readLazyLine(before: 'no' | 'maybe' | 'yes'): void {
    if (this.#item !== null && before !== 'yes') this.#item = { ...this.#item, sure: false };
  }

  #readBlockStart(words: string, line: Line, before: 'no' | 'maybe' | 'yes'): void {
    // Within a paragraph `$$` may close as well as open; there the syntax of text reads it.
    const opened = opens(words, before === 'no' && this.#lastMathMark > line.end);
    if (opened !== null) {
      if (this.#html === 'maybe') this.#lost = true;
      if (opened.kind !== 'html') this.#cut(line.start, 'text');
      if (opened.kind !== 'html' || !opened.end.test(words)) this.#open = opened;
      this.#item = null;
      return;
    }
    const tag = tagName.exec(words)?.[1]?.toLowerCase();
    if (tag === undefined ? otherBlock.test(words) : blockTags.has(tag)) this.#item = null;
    else if (tag === undefined) this.#readItem(words, before);
    if (tag === undefined) return;
    if (blockTags.has(tag)) this.#html = 'yes';
    else if (before === 'yes' || !completeTag.test(words)) this.#readLazyLine(before);
    else this.#html = before === 'no' ? 'yes' : 'maybe';
  }

  #readItem(words: string, before: 'no' | 'maybe' | 'yes'): void {
    const item = itemOf(words);
    const isSibling = item !== null && this.#item?.marker === item.marker;
    if (item === null || !(item.interrupts || isSibling || before !== 'yes')) return this.#readLazyLine(before);
    this.#item = { ...item, sure: item.interrupts || isSibling || before === 'no' };
    this.#paragraph = item.interrupts && plainText.test(words.slice(item.indent)) ? 'yes' : 'maybe';
  }

  #cut(at: number, kind: Piece['kind']): void {
    if (this.#lost && at < this.#text.length) return;
    if (at > this.#start) {
      this.#found.push({ start: this.#start, end: at, kind: this.#lost ? 'text' : kind, tableHead: null });
    }
    this.#start = at;
    this.#item = null;
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

function itemOf(line: string): Item | null {
  const found = itemStart.exec(line);
  if (found === null) return null;
  const [, before = '', marker, spaces = ''] = found;
  if (marker === undefined) return { indent: 4, marker: '[', interrupts: true };
  const rest = line.slice(before.length + marker.length);
  if (rest !== '' && !/^[ \t]/.test(rest)) return null;
  const indent = before.length + marker.length + Math.max(1, spaces.length);
  const interrupts = rest.trim() !== '' && (marker.length === 1 || marker === '1.' || marker === '1)');
  return { indent, marker: marker.at(-1)!, interrupts };
}
