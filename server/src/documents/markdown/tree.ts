/**
 * Markdown → syntax tree: mdast-util-from-markdown over micromark (CommonMark, GFM) with the syntaxes of this folder, and
 * with what mdast leaves out: where an image's label and a destination stand.
 */
import type { Definition, Image, ImageReference as ImageByReference, Nodes, Root, RootContent } from 'mdast';
import { type CompileContext, type Extension, fromMarkdown, type Token } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { combineExtensions } from 'micromark-util-combine-extensions';
import type { TextRange } from '../imageReference.ts';
import { attributeSyntax, attributeTree } from './attributeSyntax.ts';
import { directiveSyntax } from './directiveSyntax.ts';
import { embedSyntax, embedTree } from './embedSyntax.ts';
import { learnSyntax, learnTree } from './learnSyntax.ts';
import { mathSyntax, mathTree } from './mathSyntax.ts';

/** Offsets in the parsed text. */
interface ImagePlaces {
  /** What stands between the brackets of `![…]`. */
  labelRange?: TextRange;
  /** The destination without its angle brackets; absent where none is written. */
  destinationRange?: TextRange;
}

declare module 'mdast' {
  interface Image extends ImagePlaces {}
  interface ImageReference extends ImagePlaces {}
  interface Definition extends ImagePlaces {}
}

const syntax = [combineExtensions([gfm(), embedSyntax, learnSyntax, directiveSyntax, mathSyntax, attributeSyntax])];

type Placed = Image | ImageByReference | Definition;

const rangeOf = (token: Token): TextRange => ({ start: token.start.offset, end: token.end.offset });

function enterLiteral(this: CompileContext, token: Token): undefined {
  const at = token.start.offset + 1;
  (this.stack.at(-1) as Placed).destinationRange = { start: at, end: at };
}

function exitDestination(this: CompileContext, token: Token): undefined {
  const url = this.resume();
  const node = this.stack.at(-1) as Image | Definition;
  node.url = url;
  node.destinationRange = rangeOf(token);
}

/** As mdast-util-from-markdown does it, but with a line break where the label has a hard one. */
function exitLabel(this: CompileContext, token: Token): undefined {
  const { children } = this.stack.at(-1) as Root;
  this.resume();
  const node = this.stack.at(-1) as Nodes;
  this.data.inReference = true;
  if (node.type === 'link') {
    node.children = children as typeof node.children;
  } else if (node.type === 'image') {
    node.alt = plainText(children);
    node.labelRange = { start: token.start.offset + 2, end: token.end.offset - 1 };
  }
}

export const places: Extension = {
  enter: { resourceDestinationLiteral: enterLiteral, definitionDestinationLiteral: enterLiteral },
  exit: {
    resourceDestinationString: exitDestination,
    definitionDestinationString: exitDestination,
    label: exitLabel,
  },
};

// Not GFM's search for further addresses in text: it visits the whole tree, and no image depends on it.
const gfmTree = gfmFromMarkdown().map((extension) => ({ ...extension, transforms: [] }));
const treeExtensions = [gfmTree, embedTree, learnTree, mathTree, attributeTree, places];

/** Deeper than this nobody nests; what is cut off there keeps every walk over a tree within the stack. */
const deepest = 200;

export function markdownTree(text: string): Root {
  const root = parsed(text);
  const open: [node: Nodes, depth: number][] = [[root, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, depth] = next;
    if (!('children' in node)) continue;
    if (depth === deepest) node.children = [];
    for (const child of node.children) open.push([child, depth + 1]);
  }
  return root;
}

function parsed(text: string): Root {
  try {
    return fromMarkdown(text, { extensions: syntax, mdastExtensions: treeExtensions });
  } catch (error) {
    // Thousands of quotes in quotes: deeper than the stack of the parser, and no document.
    if (error instanceof RangeError) return { type: 'root', children: [] };
    throw error;
  }
}

/** What a reader gets of the nodes as an alt or a name: no markup, images by their alt. */
export function plainText(nodes: readonly RootContent[]): string {
  return nodes.map(textOf).join('');
}

function textOf(node: RootContent): string {
  switch (node.type) {
    case 'break':
      return '\n';
    case 'image':
    case 'imageReference':
      return node.alt ?? '';
    default:
      if ('value' in node) return node.value;
      return 'children' in node ? plainText(node.children) : '';
  }
}

export function positionOf(node: Nodes): TextRange {
  return { start: node.position?.start.offset ?? 0, end: node.position?.end.offset ?? 0 };
}
