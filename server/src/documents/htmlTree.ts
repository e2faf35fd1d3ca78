import { type DefaultTreeAdapterTypes, parse, parseFragment } from 'parse5';
import type { DocumentComment } from './imageReference.ts';
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

/** A whole page has these; anything else is a fragment, in which a lone `<td>` is one. */
const page = /<!doctype|<html[\s>]|<head[\s>]|<body[\s>]/i;

/**
 * parse5 builds the tree that a browser would: implied ends of `p`, `li` and `td`, misnested links, unquoted attributes,
 * entities. `original` is the text before templates were taken out; attributes are read from it.
 */
export function htmlTree(original: string, masked: MaskedHtml, encodings: QuoteEncodings): HtmlTree {
  const options = { sourceCodeLocationInfo: true, scriptingEnabled: false };
  const root = page.test(masked.text) ? parse(masked.text, options) : parseFragment(masked.text, options);
  const nodes: MarkupNode[] = [];
  const comments: DocumentComment[] = [];
  const open: [node: Node, into: MarkupNode[]][] = root.childNodes.map((node): [Node, MarkupNode[]] => [node, nodes]);
  open.reverse();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, into] = next;
    if ('tagName' in node) {
      const children = addElement(original, masked, encodings, node, into);
      for (const child of childNodes(node).toReversed()) open.push([child, children]);
    } else if (node.nodeName === '#text') {
      addText(node.value, into);
    } else if (node.nodeName === '#comment') {
      const comment = htmlComment(original, node);
      if (comment !== null) comments.push(comment);
    }
  }
  return { nodes, comments };
}

function childNodes(element: Element): readonly Node[] {
  return 'content' in element ? (element as DefaultTreeAdapterTypes.Template).content.childNodes : element.childNodes;
}

/** Adds the element; gives the list that its children belong in. */
function addElement(
  original: string,
  masked: MaskedHtml,
  encodings: QuoteEncodings,
  node: Element,
  into: MarkupNode[],
): MarkupNode[] {
  const location = node.sourceCodeLocation;
  const tag = location?.startTag;
  // An element that the parser implied (tbody, the second half of a misnested link) has no tag of its own.
  if (!location || !tag) return addImplied(node, into);
  const children: MarkupNode[] = [];
  const attributes: HtmlAttribute[] = [];
  const spreads: number[] = [];
  for (const { name, prefix, value } of node.attrs) {
    const written = (prefix ? `${prefix}:${name}` : name).toLowerCase();
    const at = location.attrs?.[written];
    if (at === undefined) continue;
    const range = { start: at.startOffset, end: at.endOffset };
    if (written.includes(outputMark) || spreadName.test(written)) spreads.push(range.start);
    else attributes.push({ name: written, value, range, templated: touchesTemplate(masked.regions, range) });
  }
  const known = htmlAttributes(original, attributes, encodings);
  const element: MarkupElement = {
    kind: 'element',
    name: node.tagName,
    attributes: known,
    spreads,
    range: { start: tag.startOffset, end: tag.endOffset },
    end: location.endOffset,
    ...newAttributePlace(masked, node, known),
    children,
    style:
      node.tagName === 'style'
        ? styleOf(masked.text, tag.endOffset, location.endTag?.startOffset ?? location.endOffset)
        : null,
  };
  into.push(element);
  // Angular closes `<app-icon />`; HTML does not. Either way its author meant nothing to be inside.
  const closesItself = node.tagName.includes('-') && original.startsWith('/>', tag.endOffset - 2);
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
  node: Element,
  attributes: readonly MarkupAttribute[],
): Pick<MarkupElement, 'insertAt' | 'insertQuote'> {
  const tag = node.sourceCodeLocation!.startTag!;
  const nameEnd = endOfName(masked.text, tag.startOffset + 1);
  if (attributes.length === 0 && masked.regions.length === 0) return { insertAt: nameEnd, insertQuote: '"' };
  const written = Object.values(node.sourceCodeLocation!.attrs ?? {}).toSorted((a, b) => a.startOffset - b.startOffset);
  let at = nameEnd;
  const between = [
    ...written.map(({ startOffset, endOffset }) => ({ start: startOffset, end: endOffset })),
    { start: tag.endOffset, end: 0 },
  ];
  const conditional = between.some(({ start, end }) => {
    const gap = { start: at, end: start };
    at = end;
    return touchesTemplate(masked.regions, gap);
  });
  const insertAt = conditional ? nameEnd : (written.at(-1)?.endOffset ?? nameEnd);
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
function htmlComment(original: string, node: DefaultTreeAdapterTypes.CommentNode): DocumentComment | null {
  const location = node.sourceCodeLocation;
  if (!location || !original.startsWith('<!--', location.startOffset)) return null;
  const range = { start: location.startOffset, end: location.endOffset };
  return { range, text: original.slice(range.start + 4, range.end).replace(/--!?>$/, '') };
}
