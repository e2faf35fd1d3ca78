/**
 * A tolerant reader of HTML with JavaScript in braces, for Astro (whose own compiler is WebAssembly behind a promise, or
 * native code) and for Svelte documents with errors in them (whose compiler then gives nothing). It knows what a page's
 * structure hangs on: tags, void elements, raw text, implied ends, comments, and where code ends; markup within code
 * (`{shown && <img …>}`) is read in place.
 */
import { type BraceLanguage, type BraceTag, readTag } from './braceTag.ts';
import { closingBrace, startsExpression, tokenEnd } from './codeEnds.ts';
import type { TextRange } from './imageReference.ts';

export interface BraceElement {
  readonly kind: 'element';
  readonly tag: BraceTag;
  readonly children: BraceNode[];
  /** Inside a `<style>`, `<script>` or other raw text. */
  readonly raw: TextRange | null;
  end: number;
}

/** `{…}`; `children` is the markup in it. */
export interface BraceExpression {
  readonly kind: 'expression';
  /** Without the braces. */
  readonly code: { readonly start: number; end: number };
  readonly children: BraceNode[];
}

export type BraceNode =
  | BraceElement
  | BraceExpression
  | { readonly kind: 'text'; readonly range: TextRange }
  | { readonly kind: 'comment'; readonly range: TextRange };

const voidElements = new Set(
  'area base br col embed hr img input link meta param source track wbr enhanced:img'.split(' '),
);
const rawElements = new Set(['script', 'style', 'textarea', 'noembed', 'xmp']);
const paragraphEnds =
  'address article aside blockquote div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre section table ul';
/** Open element → start tags that end it. */
const impliedEnds: Readonly<Record<string, ReadonlySet<string>>> = {
  p: new Set(paragraphEnds.split(' ')),
  li: new Set(['li']),
  dt: new Set(['dt', 'dd']),
  dd: new Set(['dt', 'dd']),
  td: new Set(['td', 'th', 'tr', 'tbody', 'tfoot']),
  th: new Set(['td', 'th', 'tr', 'tbody', 'tfoot']),
  tr: new Set(['tr', 'tbody', 'tfoot']),
  option: new Set(['option', 'optgroup']),
};

/** A brace or a tag that ends no sooner is none. */
const longestCode = 50_000;

const closing = /<\/([A-Za-z][\w.:-]*)?[^>]*>/y;
const ordinaryText = /[^<{]+/y;
const ordinaryCode = /[^<{}"'`/]+/y;

interface Reader {
  readonly source: string;
  readonly limit: number;
  readonly language: BraceLanguage;
  readonly open: (BraceElement | BraceExpression)[];
  readonly roots: BraceNode[];
  /** Of the expressions that are open: how many braces within each. */
  readonly depths: number[];
  /** Braces and tags that nothing closed. */
  unclosed: number;
  at: number;
}

export function readBraceMarkup(source: string, start: number, language: BraceLanguage): BraceNode[] {
  const reader: Reader = {
    source,
    limit: source.length,
    language,
    open: [],
    roots: [],
    depths: [],
    unclosed: 0,
    at: start,
  };
  while (reader.at < reader.limit) {
    if (reader.open.at(-1)?.kind === 'expression') readCode(reader);
    else readContent(reader);
  }
  for (const node of reader.open) if (node.kind === 'element') node.end = reader.limit;
  return reader.roots;
}

function into(reader: Reader): BraceNode[] {
  return reader.open.at(-1)?.children ?? reader.roots;
}

function readContent(reader: Reader): void {
  const { source, at } = reader;
  ordinaryText.lastIndex = at;
  const text = ordinaryText.exec(source);
  if (text !== null) return addText(reader, at + text[0].length);
  if (source[at] === '{') return openBrace(reader);
  if (source.startsWith('<!', at)) return readComment(reader);
  closing.lastIndex = at;
  const close = closing.exec(source);
  if (close !== null) return closeElement(reader, close[1] ?? '', at + close[0].length);
  const tag = readBoundedTag(reader);
  if (tag === null) addText(reader, at + 1);
  else openElement(reader, tag);
}

function addText(reader: Reader, end: number): void {
  into(reader).push({ kind: 'text', range: { start: reader.at, end } });
  reader.at = end;
}

function readComment(reader: Reader): void {
  const isComment = reader.source.startsWith('<!--', reader.at);
  const mark = isComment ? '-->' : '>';
  const found = reader.source.indexOf(mark, reader.at + (isComment ? 4 : 2));
  const end = found === -1 ? reader.limit : found + mark.length;
  if (isComment) into(reader).push({ kind: 'comment', range: { start: reader.at, end } });
  reader.at = end;
}

/** Where the search for an end stops: after some that came to nothing, soon. */
function searchLimit({ at, limit, unclosed }: Reader): number {
  return Math.min(limit, at + (unclosed < 50 ? longestCode : 200));
}

function readBoundedTag(reader: Reader): BraceTag | null {
  const tag = readTag(reader.source, reader.at, searchLimit(reader), reader.language);
  if (tag === null) reader.unclosed++;
  return tag;
}

/** Svelte's braces hold code alone; Astro's may hold markup, and are read piece by piece. */
function openBrace(reader: Reader): void {
  const { source, at, limit, language } = reader;
  if (language === 'astro') {
    const expression: BraceExpression = { kind: 'expression', code: { start: at + 1, end: limit }, children: [] };
    into(reader).push(expression);
    reader.open.push(expression);
    reader.depths.push(0);
    reader.at = at + 1;
    return;
  }
  // `{/each}` is no regular expression.
  const from = at + (/^\/[a-z]/.test(source.slice(at + 1, at + 3)) ? 2 : 1);
  const close = closingBrace(source, from, searchLimit(reader));
  if (close === -1) {
    reader.unclosed++;
    return addText(reader, at + 1);
  }
  into(reader).push({ kind: 'expression', code: { start: at + 1, end: close }, children: [] });
  reader.at = close + 1;
}

function readCode(reader: Reader): void {
  const { source, at, limit } = reader;
  ordinaryCode.lastIndex = at;
  const plain = ordinaryCode.exec(source);
  if (plain !== null) {
    reader.at = at + plain[0].length;
    return;
  }
  const expression = reader.open.at(-1) as BraceExpression;
  const char = source[at]!;
  if (char === '}' && reader.depths.at(-1) === 0) {
    expression.code.end = at;
    reader.open.pop();
    reader.depths.pop();
    reader.at = at + 1;
    return;
  }
  if (char === '{') reader.depths[reader.depths.length - 1]!++;
  else if (char === '}') reader.depths[reader.depths.length - 1]!--;
  else if (char === '<' && startsExpression(source, at, expression.code.start)) {
    if (source.startsWith('<!--', at)) return readComment(reader);
    const tag = readBoundedTag(reader);
    if (tag !== null) return openElement(reader, tag);
  }
  reader.at = tokenEnd(source, at, limit, expression.code.start);
}

function openElement(reader: Reader, tag: BraceTag): void {
  const { source } = reader;
  const name = tag.name.toLowerCase();
  for (let top = reader.open.at(-1); top?.kind === 'element' && endsBefore(top, name); top = reader.open.at(-1)) {
    top.end = tag.range.start;
    reader.open.pop();
  }
  reader.at = tag.range.end;
  const isRaw = !tag.selfClosing && (rawElements.has(name) || isVerbatim(tag));
  const raw = isRaw ? { start: tag.range.end, end: rawEnd(source, tag) } : null;
  const element: BraceElement = { kind: 'element', tag, children: [], raw, end: raw?.end ?? tag.range.end };
  into(reader).push(element);
  if (raw !== null) {
    const after = source.indexOf('>', raw.end);
    element.end = after === -1 ? reader.limit : after + 1;
    reader.at = element.end;
  } else if (!tag.selfClosing && !voidElements.has(tag.name)) reader.open.push(element);
}

function endsBefore(element: BraceElement, next: string): boolean {
  return impliedEnds[element.tag.name.toLowerCase()]?.has(next) ?? false;
}

/** Astro's `is:raw`. */
function isVerbatim(tag: BraceTag): boolean {
  return tag.attributes.some((attribute) => attribute.kind === 'named' && attribute.name === 'is:raw');
}

function rawEnd(source: string, tag: BraceTag): number {
  const end = new RegExp(`</${tag.name.replaceAll('.', String.raw`\.`)}\\s*>`, 'gi');
  end.lastIndex = tag.range.end;
  return end.exec(source)?.index ?? source.length;
}

/** An end tag closes its own element and what is open within; one that matches nothing in its expression closes nothing. */
function closeElement(reader: Reader, name: string, end: number): void {
  for (let index = reader.open.length - 1; index >= 0; index--) {
    const node = reader.open[index]!;
    if (node.kind === 'expression') break;
    if (node.tag.name !== name) continue;
    for (const closed of reader.open.splice(index)) if (closed.kind === 'element') closed.end = end;
    break;
  }
  reader.at = end;
}
