/**
 * MDX → syntax tree: micromark with the MDX project's own extension (acorn decides where an expression ends). Tags stay
 * single nodes, opening and closing ones alike: which of them belong together is found out later, and for a document that
 * is being written the answer may be "none".
 */
import type { Literal, Root } from 'mdast';
import { type CompileContext, type Extension, fromMarkdown, type Token } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { mdxjs } from 'micromark-extension-mdxjs';
import { combineExtensions } from 'micromark-util-combine-extensions';
import { places } from '../markdown/tree.ts';

/** A start or end tag, `{…}`, or a block of imports and exports, as written. */
export interface MdxNode extends Literal {
  type: 'mdxTag' | 'mdxExpression' | 'mdxEsm';
}

declare module 'mdast' {
  interface RootContentMap {
    mdxTag: MdxNode;
  }
}

const nodeTypes: Readonly<Record<string, MdxNode['type']>> = {
  mdxJsxFlowTag: 'mdxTag',
  mdxJsxTextTag: 'mdxTag',
  mdxFlowExpression: 'mdxExpression',
  mdxTextExpression: 'mdxExpression',
  mdxjsEsm: 'mdxEsm',
};

function enterNode(this: CompileContext, token: Token): undefined {
  this.enter({ type: nodeTypes[token.type]!, value: '' }, token);
  this.buffer();
}

function exitNode(this: CompileContext, token: Token): undefined {
  this.resume();
  (this.stack.at(-1) as MdxNode).value = this.sliceSerialize(token);
  this.exit(token);
}

const names = Object.keys(nodeTypes);
const mdxNodes: Extension = {
  enter: Object.fromEntries(names.map((name) => [name, enterNode])),
  exit: Object.fromEntries(names.map((name) => [name, exitNode])),
};

const syntax = [combineExtensions([gfm(), mdxjs()])];
const treeExtensions = [gfmFromMarkdown(), mdxNodes, places];

/** Throws micromark's message where the text is no MDX. */
export function mdxTree(text: string): Root {
  return fromMarkdown(text, { extensions: syntax, mdastExtensions: treeExtensions });
}
