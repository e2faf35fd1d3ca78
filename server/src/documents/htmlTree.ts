import type { DefaultTreeAdapterTypes } from 'parse5';
import type { DocumentComment, TextRange } from './imageReference.ts';
import type { HtmlAttribute, QuoteEncodings } from './htmlAttributes.ts';
import { htmlAttributes, spreadName } from './htmlAttributes.ts';
import { type MaskedHtml, outputMark, touchesTemplate } from './htmlTemplates.ts';
import type { MarkupAttribute, MarkupElement, MarkupNode } from './markup.ts';

export interface HtmlTree {
  readonly nodes: readonly MarkupNode[];
  readonly comments: readonly DocumentComment[];
}

type Node = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;

/** The text that parsed nodes stand in. */
export interface HtmlSource {
  /** The text before templates were taken out: attributes are read from it. */
  readonly original: string;
  readonly masked: MaskedHtml;
  readonly encodings: QuoteEncodings;
}

/**
 * What parse5 made of a page, as a browser would: implied ends of `p`, `li` and `td`, misnested links, unquoted
 * attributes, entities. `base` added to a node's offsets gives the ones in the source, and `shift` added to those the
 * marks that the tree's nodes get.
 */
export function htmlTree(source: HtmlSource, roots: readonly Node[], base: number, shift = 0): HtmlTree {
  const nodes: MarkupNode[] = [];
  const comments: DocumentComment[] = [];
  const open: [node: Node, into: MarkupNode[]][] = roots.map((node): [Node, MarkupNode[]] => [node, nodes]);
  open.reverse();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, into] = next;
    if ('tagName' in node) {
      const children = addElement(source, { base, shift }, node, into);
      for (const child of childNodes(node).toReversed()) open.push([child, children]);
    } else if (node.nodeName === '#text') {
      addText(node.value, into);
    } else if (node.nodeName === '#comment') {
      const comment = htmlComment(source.original, base, node);
      if (comment !== null) comments.push({ ...comment, range: shiftedRange(comment.range, shift) });
    }
  }
  return { nodes, comments };
}

function childNodes(element: Element): readonly Node[] {
  return 'content' in element ? (element as DefaultTreeAdapterTypes.Template).content.childNodes : element.childNodes;
}

/** Adds the element; gives the list that its children belong in. */
function addElement(
  source: HtmlSource,
  { base, shift }: { readonly base: number; readonly shift: number },
  node: Element,
  into: MarkupNode[],
): MarkupNode[] {
  const { original, masked, encodings } = source;
  const location = node.sourceCodeLocation;
  // An element that the parser implied (tbody, the second half of a misnested link) has no tag of its own.
  if (!location?.startTag) return addImplied(node, into);
  const place = (at: { startOffset: number; endOffset: number }): TextRange => {
    return { start: base + at.startOffset, end: base + at.endOffset };
  };
  const tag = place(location.startTag);
  const children: MarkupNode[] = [];
  const attributes: HtmlAttribute[] = [];
  const spreads: number[] = [];
  for (const { name, prefix, value } of node.attrs) {
    const written = (prefix ? `${prefix}:${name}` : name).toLowerCase();
    const at = location.attrs?.[written];
    if (at === undefined) continue;
    const range = place(at);
    if (written.includes(outputMark) || spreadName.test(written)) spreads.push(range.start);
    else attributes.push({ name: written, value, range, templated: touchesTemplate(masked.regions, range) });
  }
  const known = htmlAttributes(original, attributes, encodings);
  const end = Math.min(base + location.endOffset, original.length);
  const element: MarkupElement = {
    kind: 'element',
    name: node.tagName,
    attributes: known,
    spreads,
    range: tag,
    end,
    ...newAttributePlace(masked, tag, Object.values(location.attrs ?? {}).map(place), known),
    children,
    style:
      node.tagName === 'style'
        ? styleOf(masked.text, tag.end, location.endTag === undefined ? end : place(location.endTag).start)
        : null,
  };
  into.push(shift === 0 ? element : shiftedElement(element, shift));
  // Angular closes `<app-icon />`; HTML does not. Either way its author meant nothing to be inside.
  const closesItself = node.tagName.includes('-') && original.startsWith('/>', tag.end - 2);
  return closesItself ? into : children;
}

function styleOf(text: string, start: number, end: number): MarkupElement['style'] {
  return { text: text.slice(start, end), start, lineComments: false };
}

function addImplied(node: Element, into: MarkupNode[]): MarkupNode[] {
  const children: MarkupNode[] = [];
  const nowhere = { start: 0, end: 0 };
  const place = { range: nowhere, end: 0, insertAt: 0, insertQuote: '"' as const, style: null };
  const attributes = node.attrs.map(({ name, value }): MarkupAttribute => {
    return {
      name,
      value: { kind: 'text', text: value },
      range: nowhere,
      valueRange: nowhere,
      slot: null,
      quote: null,
      source: null,
    };
  });
  into.push({ kind: 'element', name: node.tagName, attributes, spreads: [], children, ...place });
  return children;
}

/** After the last attribute; before all of them where a template's `{{#if}}` may hold the last one. */
function newAttributePlace(
  masked: MaskedHtml,
  tag: TextRange,
  places: readonly TextRange[],
  attributes: readonly MarkupAttribute[],
): Pick<MarkupElement, 'insertAt' | 'insertQuote'> {
  const nameEnd = endOfName(masked.text, tag.start + 1);
  if (attributes.length === 0 && masked.regions.length === 0) return { insertAt: nameEnd, insertQuote: '"' };
  const written = places.toSorted((a, b) => a.start - b.start);
  let at = nameEnd;
  const conditional = [...written, { start: tag.end, end: 0 }].some(({ start, end }) => {
    const gap = { start: at, end: start };
    at = end;
    return touchesTemplate(masked.regions, gap);
  });
  const insertAt = conditional ? nameEnd : (written.at(-1)?.end ?? nameEnd);
  const source = attributes.find(({ name }) => name === 'src' || name === 'data' || name === 'srcset') ?? attributes[0];
  return { insertAt, insertQuote: source?.quote ?? '"' };
}

function endOfName(text: string, from: number): number {
  const end = /[\s/>]|$/g;
  end.lastIndex = from;
  return end.exec(text)!.index;
}

/** Words, and the marks that stand for a template's output. */
function addText(text: string, into: MarkupNode[]): void {
  if (!text.includes(outputMark)) {
    into.push({ kind: 'text', text });
    return;
  }
  for (const part of text.split(/(\uE000+)/)) {
    if (part.startsWith(outputMark)) into.push({ kind: 'output' });
    else if (part !== '') into.push({ kind: 'text', text: part });
  }
}

/** `<!doctype`, `<?xml` and other declarations are no comments of the author's. */
function htmlComment(
  original: string,
  base: number,
  node: DefaultTreeAdapterTypes.CommentNode,
): DocumentComment | null {
  const location = node.sourceCodeLocation;
  if (!location || !original.startsWith('<!--', base + location.startOffset)) return null;
  // Of one that is never closed parse5 tells an end behind the page's.
  const end = Math.min(base + location.endOffset, original.length);
  const range = { start: base + location.startOffset, end };
  return { range, text: original.slice(range.start + 4, range.end).replace(/--!?>$/, '') };
}

function shiftedElement(element: MarkupElement, by: number): MarkupElement {
  const { attributes, spreads, range, end, insertAt, style } = element;
  return {
    ...element,
    attributes: attributes.map((each) => shiftedAttribute(each, by)),
    spreads: spreads.map((mark) => mark + by),
    range: shiftedRange(range, by),
    end: end + by,
    insertAt: insertAt + by,
    style: style && { ...style, start: style.start + by },
  };
}

function shiftedAttribute(attribute: MarkupAttribute, by: number): MarkupAttribute {
  const { range, valueRange, slot } = attribute;
  return {
    ...attribute,
    range: shiftedRange(range, by),
    valueRange: shiftedRange(valueRange, by),
    slot: slot && { ...slot, range: shiftedRange(slot.range, by) },
  };
}

function shiftedRange({ start, end }: TextRange, by: number): TextRange {
  return { start: start + by, end: end + by };
}
