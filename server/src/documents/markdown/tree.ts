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

const treeExtensions = [gfmFromMarkdown(), embedTree, learnTree, mathTree, attributeTree, places];

export function markdownTree(text: string): Root {
  return fromMarkdown(text, { extensions: syntax, mdastExtensions: treeExtensions });
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
