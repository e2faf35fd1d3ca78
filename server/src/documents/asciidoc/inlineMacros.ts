import type { TextRange } from '../imageReference.ts';
import { passthroughs } from './passthroughs.ts';

/** `image:target[list]`; offsets into the text that was searched. */
export interface InlineImage {
  readonly range: TextRange;
  readonly target: TextRange;
  /** Between the brackets. */
  readonly list: TextRange;
}

/** `link:x[…]`, `https://x[…]`, `<<id,…>>` with a picture in it. */
export interface InlineLink {
  readonly range: TextRange;
  readonly content: TextRange;
  readonly destination: string;
}

export interface InlineFindings {
  readonly images: readonly InlineImage[];
  readonly links: readonly InlineLink[];
}

const nothing: InlineFindings = { images: [], links: [] };

/** `skipped`: what stands in the text but is not read (comment lines). */
export function findInlineMacros(text: string, skipped: readonly TextRange[]): InlineFindings {
  if (!text.includes('image:')) return nothing;
  const plain = blanked(text, skipped);
  const masked = blanked(plain, passthroughs(plain));
  const images = findImages(masked);
  return images.length === 0 ? nothing : { images, links: findLinks(masked, images) };
}

/** What is not read keeps its length, so that every offset stays right. */
function blanked(text: string, ranges: readonly TextRange[]): string {
  if (ranges.length === 0) return text;
  let result = '';
  let position = 0;
  for (const { start, end } of ranges) {
    if (start < position) continue;
    result += text.slice(position, start) + '\u0096'.repeat(end - start);
    position = end;
  }
  return result + text.slice(position);
}

/** As Asciidoctor's InlineImageMacroRx finds them, in time that grows with the text alone. */
function findImages(text: string): InlineImage[] {
  const images: InlineImage[] = [];
  const openings = new Occurrences(text, '[');
  const newlines = new Occurrences(text, '\n');
  const closings = new Occurrences(text, ']');
  let from = 0;
  for (;;) {
    const start = text.indexOf('image:', from);
    if (start === -1) return images;
    const targetStart = start + 'image:'.length;
    const open = openings.after(targetStart);
    if (open === -1) return images;
    from = targetStart;
    const first = text[targetStart]!;
    const startsAsTarget = first !== ':' && first !== '[' && !/\s/.test(first);
    const newline = newlines.after(targetStart);
    if (!startsAsTarget || (newline !== -1 && newline < open) || /\s/.test(text[open - 1]!)) continue;
    const close = unescapedAfter(closings, text, open + 1);
    if (close === -1) continue;
    from = close + 1;
    // `\image:` is how the author says that it is none.
    if (text[start - 1] === '\\') continue;
    images.push({
      range: { start, end: close + 1 },
      target: { start: targetStart, end: open },
      list: { start: open + 1, end: close },
    });
  }
}

/** The first bracket that no backslash hides; right after the opening one it closes in any case. */
function unescapedAfter(closings: Occurrences, text: string, from: number): number {
  let close = closings.after(from);
  while (close > from && text[close - 1] === '\\') close = closings.after(close + 1);
  return close;
}

/** Lengths are bounded, so that a line without end is read once and not once for each beginning in it. */
const linkOpening =
  /(?:link:|mailto:|xref:)[^\s[\]]{0,2000}\[|(?:https?|file|ftp|irc):\/\/[^\s[\]<>]{0,2000}\[|<<[^\s,<>]{0,200},/g;

function findLinks(text: string, images: readonly InlineImage[]): InlineLink[] {
  const links: InlineLink[] = [];
  const brackets = new Occurrences(text, ']');
  const angles = new Occurrences(text, '>>');
  let end = 0;
  let image = 0;
  for (const match of text.matchAll(linkOpening)) {
    const start = match.index;
    const content = start + match[0].length;
    while (images[image] !== undefined && images[image]!.range.end <= content) image += 1;
    if (start < end || (images[image] !== undefined && images[image]!.range.start < content)) continue;
    const closing = match[0].startsWith('<<') ? angles : brackets;
    let close = closing.after(content);
    for (let inside = image; close !== -1 && images[inside] !== undefined; inside += 1) {
      const { range } = images[inside]!;
      if (range.start >= close) break;
      close = closing.after(range.end);
    }
    if (close === -1 || images[image] === undefined || images[image]!.range.start > close) continue;
    end = close + (closing === angles ? 2 : 1);
    const destination = match[0].replace(/^(?:link:|<<)/, '').slice(0, -1);
    links.push({ range: { start, end }, content: { start: content, end: close }, destination });
  }
  return links;
}

/** Where a string occurs next; asked for places that only move on, it reads the text once. */
class Occurrences {
  #known = -2;
  readonly text: string;
  readonly wanted: string;

  constructor(text: string, wanted: string) {
    this.text = text;
    this.wanted = wanted;
  }

  after(position: number): number {
    if (this.#known === -1) return -1;
    if (this.#known < position) this.#known = this.text.indexOf(this.wanted, position);
    return this.#known;
  }
}
