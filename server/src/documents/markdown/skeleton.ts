/**
 * A Markdown document as the HTML that it becomes, as far as pictures are concerned: blocks, links, words, the raw HTML
 * as it stands, and an `<img>` for every image of Markdown's own. What HTML means for a picture (the link or the figure
 * around it, a hidden parent, the words behind it) is then known in one place, `htmlReferences`, and elements that open in
 * one block and close in another are understood as a browser would.
 */
import type { Image, ImageReference as ImageByReference, Link, LinkReference, Paragraph, RootContent } from 'mdast';
import type { TextRange } from '../imageReference.ts';
import { embedImage } from './embedImage.ts';
import type { FoundImage, ImagePlace } from './foundImage.ts';
import { inlineImage } from './inlineImage.ts';
import { learnImage } from './learnImage.ts';
import type { Piece } from './longPieces.ts';
import { MappedText } from './offsetMap.ts';
import { markdownWithin } from './markdownInHtml.ts';
import { type Definitions, definitionsFor, parsePiece, type ParsedPiece, rangeInDocument } from './parsedPiece.ts';
import { positionOf } from './tree.ts';

/** What the blocks around a node say of it. */
interface Place {
  readonly parsed: ParsedPiece;
  readonly inTable: boolean;
  /** In a list whose items are not set apart: their paragraphs are none. */
  readonly tight: boolean;
}

/** Where an inline node stands among its siblings. */
interface Siblings {
  readonly alone: boolean;
  readonly first: boolean;
  readonly next: RootContent | undefined;
}

const elements: Readonly<Record<string, string>> = {
  blockquote: 'blockquote',
  table: 'table',
  tableRow: 'tr',
  tableCell: 'td',
  emphasis: 'em',
  strong: 'strong',
  delete: 'del',
  footnoteDefinition: 'section',
};

export class Skeleton {
  readonly html = new MappedText();
  /** By where each starts in the document. */
  readonly images = new Map<number, FoundImage>();
  readonly #text: string;
  readonly #definitions: Definitions;
  readonly #pandoc: boolean;

  constructor(text: string, definitions: Definitions, pandoc: boolean) {
    this.#text = text;
    this.#definitions = definitions;
    this.#pandoc = pandoc;
  }

  addPiece(parsed: ParsedPiece): void {
    this.#addAll(parsed.tree.root.children, { parsed, inTable: false, tight: false });
  }

  /** Words between elements, unparsed: they hold no image. */
  addWords(range: TextRange): void {
    this.html.add(`<p>${escaped(this.#text.slice(range.start, range.end))}</p>\n`);
  }

  #addAll(nodes: readonly RootContent[], place: Place): void {
    const alone = nodes.filter(isNoSpace).length === 1;
    for (const [index, node] of nodes.entries())
      this.#add(node, place, { alone, first: index === 0, next: nodes[index + 1] });
  }

  #add(node: RootContent, place: Place, siblings: Siblings): void {
    switch (node.type) {
      case 'text':
        return this.html.add(escaped(node.value));
      case 'html':
        return this.#addRawHtml(node.value, positionOf(node), place);
      case 'image':
      case 'imageReference':
      case 'wikiEmbed':
      case 'learnImage':
        return this.#addImage(node, place, siblings);
      case 'link':
      case 'linkReference':
        return this.#addLink(node, place);
      case 'paragraph':
        return this.#addParagraph(node, place);
      case 'heading':
        return this.#addElement(`h${node.depth}`, node.children, place);
      case 'list':
        return this.#addElement(node.ordered ? 'ol' : 'ul', node.children, { ...place, tight: !isLoose(node) });
      case 'listItem':
        return this.#addElement('li', node.children, place);
      case 'inlineCode':
        return this.html.add(`<code>${escaped(node.value)}</code>`);
      case 'code':
        return this.#addCode(node.lang ?? '', node.value, positionOf(node), place);
      case 'break':
        return this.html.add('<br>');
      case 'mathText':
        return this.html.add(`<span>${escaped(node.value)}</span>`);
      case 'thematicBreak':
        return this.html.add('<hr>\n');
      case 'footnoteReference':
        return this.html.add('<sup>*</sup>');
      default: {
        const name = elements[node.type];
        if (name === undefined || !('children' in node)) return this.html.add(' ');
        const inTable = place.inTable || node.type === 'table';
        return this.#addElement(name, node.children, { ...place, inTable, tight: false });
      }
    }
  }

  #addElement(name: string, children: readonly RootContent[], place: Place): void {
    this.html.add(`<${name}>`);
    this.#addAll(children, place);
    this.html.add(`</${name}>`);
    if (name !== 'em' && name !== 'strong' && name !== 'del') this.html.add('\n');
  }

  #addParagraph(node: Paragraph, place: Place): void {
    if (!place.tight) return this.#addElement('p', node.children, place);
    this.#addAll(node.children, place);
    this.html.add('\n');
  }

  #addLink(node: Link | LinkReference, place: Place): void {
    const range = rangeInDocument(place.parsed, positionOf(node));
    if (range === null) return;
    const to = node.type === 'link' ? node : this.#definitions.get(node.identifier);
    const title = to?.title ? ` title="${escaped(to.title)}"` : '';
    this.html.insert(`<a href="${escaped(to?.url ?? '')}"${title}>`, range.start);
    this.#addAll(node.children, place);
    this.html.insert('</a>', range.end);
  }

  #addImage(node: ImageNode, place: Place, siblings: Siblings): void {
    const range = rangeInDocument(place.parsed, positionOf(node));
    if (range === null) return;
    const { next } = siblings;
    const attributes = next?.type === 'spanAttributes' ? rangeInDocument(place.parsed, positionOf(next)) : null;
    const found = this.#read(node, place.parsed, {
      text: this.#text,
      range,
      inTable: place.inTable,
      alone: siblings.alone,
      first: siblings.first,
      pandoc: this.#pandoc,
      attributes,
    });
    if (found === null) return this.html.add(' ');
    this.images.set(range.start, found);
    const { alt, kind } = found.reference;
    const words = alt !== null ? ` alt="${escaped(alt)}"` : kind === 'decorative' ? ' alt=""' : '';
    const title = found.title === null ? '' : ` title="${escaped(found.title)}"`;
    this.html.separate(range.start);
    this.html.replace(`<img src="x"${words}${title}>`, range);
  }

  #read(node: ImageNode, parsed: ParsedPiece, place: ImagePlace): FoundImage | null {
    if (node.type === 'wikiEmbed') return embedImage(place);
    if (node.type === 'learnImage') return learnImage(place);
    const label = node.labelRange && rangeInDocument(parsed, node.labelRange);
    if (!label) return null;
    if (node.type === 'imageReference') {
      const destination = this.#definitions.get(node.identifier);
      return destination === undefined ? null : inlineImage(node, label, destination, place);
    }
    const nowhere = { start: label.end + 2, end: label.end + 2 };
    const range = (node.destinationRange && rangeInDocument(parsed, node.destinationRange)) ?? nowhere;
    return inlineImage(node, label, { url: node.url, title: node.title ?? null, range }, place);
  }

  /** Quarto passes a block of `{=html}` through as it is. */
  #addCode(language: string, value: string, range: TextRange, place: Place): void {
    if (this.#pandoc && language === '{=html}') this.#addHtml(value, firstLineSkipped(this.#text, range, place), place);
    else this.html.add('<pre></pre>\n');
  }

  #addRawHtml(value: string, node: TextRange, place: Place): void {
    const range = rangeInDocument(place.parsed, node);
    const inner = markdownWithin(value, this.#pandoc);
    if (range === null || inner === null || this.#text.slice(range.start, range.end) !== value) {
      return this.#addHtml(value, node, place);
    }
    this.#copyPart(range.start, inner.start);
    const within = { start: range.start + inner.start, end: range.start + inner.end };
    const piece: Piece = { ...within, kind: 'text', tableHead: null };
    this.addPiece(parsePiece(this.#text, piece, definitionsFor(this.#text, piece, this.#definitions)));
    this.#copyPart(within.end, value.length - inner.end);
  }

  #copyPart(start: number, length: number): void {
    this.html.separate(start);
    this.html.copy(this.#text.slice(start, start + length), start);
  }

  /** Line by line: `value` lacks what the lines of the document have before it (`> `, a list item's indentation). */
  #addHtml(value: string, node: TextRange, place: Place): void {
    const range = rangeInDocument(place.parsed, node);
    if (range === null) return;
    this.html.separate(range.start);
    let at = range.start;
    for (const line of value.split(/(?<=\r\n|\n|\r(?!\n))/)) {
      const written = this.#text.slice(at, nextLine(this.#text, at));
      const end = Math.min(at + written.replace(/[\r\n]+$/, '').length, range.end);
      this.html.copy(line, end - line.replace(/[\r\n]+$/, '').length);
      at += written.length;
    }
    this.html.add(missingEnd(value));
  }
}

type ImageNode = Image | ImageByReference | Extract<RootContent, { type: 'wikiEmbed' | 'learnImage' }>;

/** A comment or a tag that is cut off would swallow all that follows. */
function missingEnd(html: string): string {
  if (html.lastIndexOf('<!--') > html.lastIndexOf('-->')) return '-->';
  return /<\/?[a-z][^<>]*$/i.test(html) ? `'">` : '';
}

function isNoSpace(node: RootContent): boolean {
  return node.type !== 'spanAttributes' && (node.type !== 'text' || node.value.trim() !== '');
}

function isLoose(list: Extract<RootContent, { type: 'list' }>): boolean {
  return list.spread === true || list.children.some(({ spread }) => spread === true);
}

function nextLine(text: string, from: number): number {
  const lineBreak = /\r\n|\n|\r/g;
  lineBreak.lastIndex = from;
  return lineBreak.exec(text) === null ? text.length : lineBreak.lastIndex;
}

function firstLineSkipped(text: string, range: TextRange, { parsed }: Place): TextRange {
  const by = parsed.piece.start - parsed.lead;
  return { start: nextLine(text, range.start + by) - by, end: range.end };
}

/** Braces and `@` too: in a page's text they would be a template's. U+E000 stands for a template's output there. */
const special: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '{': '&#123;',
  '@': '&#64;',
  '\uE000': ' ',
};

function escaped(text: string): string {
  return text.replace(/[&<>"{@\uE000]/g, (character) => special[character]!);
}
