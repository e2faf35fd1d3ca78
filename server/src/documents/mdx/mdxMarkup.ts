import type { Link, LinkReference, RootContent } from 'mdast';
import type { Scope } from '../bindings.ts';
import type { DocumentComment, TextRange } from '../imageReference.ts';
import { addStartTag, tagEnd } from '../jsxTags.ts';
import { output, rendered } from '../jsxTree.ts';
import type { FoundImage, ImagePlace } from '../markdown/foundImage.ts';
import { inlineImage } from '../markdown/inlineImage.ts';
import { type Definitions, rangeInDocument } from '../markdown/parsedPiece.ts';
import { positionOf } from '../markdown/tree.ts';
import type { MarkupAttribute, MarkupElement } from '../markup.ts';
import { MarkupBuilder } from '../markupBuilder.ts';
import type { MdxTree } from './mdxPieces.ts';
import { parseExpressionAt, parseProgram } from '../programSyntax.ts';

/** Deeper than this nobody nests. */
const deepest = 200;

/** What the blocks around a node say of it. */
interface Place {
  readonly parsed: MdxTree;
  readonly inTable: boolean;
  /** In a list whose items are not set apart: their paragraphs are none. */
  readonly tight: boolean;
  /** How many quotes: their marks stand at the start of each line, also within a tag. */
  readonly quotes: number;
  readonly depth: number;
}

type ImageNode = Extract<RootContent, { type: 'image' | 'imageReference' }>;

const elements: Readonly<Record<string, string>> = {
  blockquote: 'blockquote',
  table: 'table',
  tableRow: 'tr',
  tableCell: 'td',
  emphasis: 'em',
  strong: 'strong',
  delete: 'del',
  footnoteDefinition: 'section',
  listItem: 'li',
};

/** An MDX document as the markup that it becomes, as far as pictures are concerned. */
export class MdxMarkup {
  readonly builder = new MarkupBuilder();
  readonly comments: DocumentComment[] = [];
  /** Markdown's own images, by where each starts in the document. */
  readonly images = new Map<number, FoundImage>();
  readonly #text: string;
  readonly #definitions: Definitions;
  readonly #scope: Scope;

  constructor(text: string, definitions: Definitions, scope: Scope) {
    this.#text = text;
    this.#definitions = definitions;
    this.#scope = scope;
  }

  addPiece(parsed: MdxTree): void {
    this.#addAll(parsed.root.children, { parsed, inTable: false, tight: false, quotes: 0, depth: 0 });
  }

  /** Words that hold no picture: enough of them is read without their marks to tell the language. */
  addWords(range: TextRange): void {
    const text = this.#text.slice(range.start, range.end).replace(/\]\([^)\n]*\)|[#*_`>|[\]]+/g, ' ');
    this.builder.add({ ...blockElement('p', range), children: [{ kind: 'text', text }] });
  }

  #addAll(nodes: readonly RootContent[], place: Place): void {
    if (place.depth > deepest) return;
    for (const [index, node] of nodes.entries()) {
      const range = rangeInDocument(place.parsed, positionOf(node));
      if (range !== null) this.#add(node, range, place, index === 0);
    }
  }

  #add(node: RootContent, range: TextRange, place: Place, first: boolean): void {
    const within = { ...place, depth: place.depth + 1 };
    switch (node.type) {
      case 'mdxTag':
        return this.#addTag(range, place);
      case 'mdxExpression':
        return this.#addExpression(range, place);
      case 'text':
        return this.builder.add({ kind: 'text', text: node.value });
      case 'inlineCode':
        return this.#within(blockElement('code', range), range, () =>
          this.builder.add({ kind: 'text', text: node.value }),
        );
      case 'html':
        return this.#addHtml(range);
      case 'image':
      case 'imageReference':
        return this.#addImage(node, range, place, first);
      case 'link':
      case 'linkReference':
        return this.#addLink(node, range, within);
      case 'paragraph':
        if (place.tight || holdsOnlyTags(node.children)) return this.#addAll(node.children, within);
        return this.#block('p', range, node.children, within);
      case 'heading':
        return this.#block(`h${node.depth}`, range, node.children, within);
      case 'list': {
        const tight = node.spread !== true && node.children.every(({ spread }) => spread !== true);
        return this.#block(node.ordered ? 'ol' : 'ul', range, node.children, { ...within, tight });
      }
      case 'break':
        return this.builder.add(blockElement('br', range));
      default: {
        const name = elements[node.type];
        if (name === undefined || !('children' in node)) return;
        const inTable = place.inTable || node.type === 'table';
        const tight = node.type === 'listItem' && place.tight;
        const quotes = place.quotes + (node.type === 'blockquote' ? 1 : 0);
        return this.#block(name, range, node.children, { ...within, inTable, tight, quotes });
      }
    }
  }

  #block(name: string, range: TextRange, children: readonly RootContent[], place: Place): void {
    this.#within(blockElement(name, range), range, () => this.#addAll(children, place));
  }

  #within(element: MarkupElement, range: TextRange, fill: () => void): void {
    const depth = this.builder.enter(element);
    fill();
    this.builder.leave(depth, range.end);
  }

  #addTag(range: TextRange, { quotes }: Place): void {
    const { start, end } = range;
    const text = withoutQuoteMarks(this.#text, range, quotes);
    if (text[start + 1] === '/') this.builder.close(text.slice(start + 2, end - 1).trim(), end);
    else addStartTag(text, start, end, this.#scope, this.builder);
  }

  #addExpression(range: TextRange, { quotes }: Place): void {
    const inner = { start: range.start + 1, end: range.end - 1 };
    const text = withoutQuoteMarks(this.#text, range, quotes);
    const comments = commentsIn(text, inner);
    this.comments.push(...comments);
    const expression = parseExpressionAt(text, inner);
    if (expression !== null) this.builder.add(...rendered(text, expression, this.#scope));
    else if (comments.length === 0) this.builder.add(output);
  }

  /** In text that is no MDX: tags and comments as HTML has them. */
  #addHtml({ start, end }: TextRange): void {
    const piece = /<!--([\s\S]*?)(?:-->|$)|<\/([\w.:-]*)\s*>|<(?=[A-Za-z>])/g;
    piece.lastIndex = start;
    for (let found = piece.exec(this.#text); found !== null && found.index < end; found = piece.exec(this.#text)) {
      const [all, comment, closed] = found;
      const from = found.index;
      if (comment !== undefined) this.comments.push({ range: { start: from, end: from + all.length }, text: comment });
      else if (closed !== undefined) this.builder.close(closed, from + all.length);
      else {
        const past = tagEnd(this.#text, from);
        if (past === null || past > end) return;
        addStartTag(this.#text, from, past, this.#scope, this.builder);
        piece.lastIndex = past;
      }
    }
  }

  #addLink(node: Link | LinkReference, range: TextRange, place: Place): void {
    const to = node.type === 'link' ? node : this.#definitions.get(node.identifier);
    const attributes = [said('href', to?.url ?? '', range), ...(to?.title ? [said('title', to.title, range)] : [])];
    this.#within({ ...blockElement('a', range), attributes }, range, () => this.#addAll(node.children, place));
  }

  #addImage(node: ImageNode, range: TextRange, { parsed, inTable }: Place, first: boolean): void {
    const inDocument = (place: TextRange | undefined): TextRange | null =>
      place ? rangeInDocument(parsed, place) : null;
    const label = inDocument(node.labelRange);
    if (label === null) return;
    const nowhere = { start: label.end + 2, end: label.end + 2 };
    const destination =
      node.type === 'imageReference'
        ? this.#definitions.get(node.identifier)
        : { url: node.url, title: node.title ?? null, range: inDocument(node.destinationRange) ?? nowhere };
    if (destination === undefined) return;
    const place: ImagePlace = {
      text: this.#text,
      range,
      inTable,
      alone: false,
      first,
      pandoc: false,
      attributes: null,
    };
    const found = inlineImage(node, label, destination, place);
    this.images.set(range.start, found);
    const { alt } = found.reference;
    const attributes = [
      ...(alt === null ? [] : [said('alt', alt, range)]),
      ...(found.title === null ? [] : [said('title', found.title, range)]),
    ];
    this.builder.add({ ...blockElement('img', range), attributes });
  }
}

/** MDX takes the paragraph away from around elements that stand by themselves. */
function holdsOnlyTags(nodes: readonly RootContent[]): boolean {
  let depth = 0;
  for (const node of nodes) {
    if (node.type === 'mdxTag') depth += node.value.startsWith('</') ? -1 : node.value.endsWith('/>') ? 0 : 1;
    else if (depth <= 0 && node.type !== 'mdxExpression' && (node.type !== 'text' || node.value.trim() !== ''))
      return false;
  }
  return nodes.some(({ type }) => type === 'mdxTag');
}

/** The text with the `>` of so many quotes blanked at the starts of this range's lines, so that offsets stay. */
function withoutQuoteMarks(text: string, { start, end }: TextRange, quotes: number): string {
  const own = text.slice(start, end);
  if (quotes === 0 || !/[\r\n]/.test(own)) return text;
  const marks = new RegExp(String.raw`(?<=[\r\n])(?:[ \t]*>){1,${quotes}}`, 'g');
  return text.slice(0, start) + own.replace(marks, (found) => ' '.repeat(found.length)) + text.slice(end);
}

/** An element that Markdown's own syntax makes. */
function blockElement(name: string, range: TextRange): MarkupElement {
  const nothing = { attributes: [], spreads: [], children: [], style: null };
  return { kind: 'element', name, range, end: range.end, insertAt: range.end, insertQuote: '"', ...nothing };
}

function said(name: string, text: string, range: TextRange): MarkupAttribute {
  return { name, range, value: { kind: 'text', text }, valueRange: range, slot: null, quote: null, source: null };
}

function commentsIn(text: string, range: TextRange): DocumentComment[] {
  const inner = text.slice(range.start, range.end);
  if (!/\/[/*]/.test(inner)) return [];
  return (parseProgram(inner, 'tsx')?.comments ?? []).map(({ start, end, value }) => {
    return { range: { start: range.start + (start ?? 0), end: range.start + (end ?? 0) }, text: value };
  });
}

/** Where the blocks of imports and exports stand. */
export function esmRanges(parsed: MdxTree): TextRange[] {
  const blocks = parsed.root.children.filter(({ type }) => type === 'mdxEsm');
  return blocks.map((node) => rangeInDocument(parsed, positionOf(node))).filter((range) => range !== null);
}
