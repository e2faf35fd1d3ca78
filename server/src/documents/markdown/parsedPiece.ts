import { LRUCache } from 'lru-cache';
import type { Root, RootContent } from 'mdast';
import { normalizeIdentifier } from 'micromark-util-normalize-identifier';
import type { DocumentComment, ImageReference, TextRange } from '../imageReference.ts';
import type { Destination } from './inlineImage.ts';
import type { Piece } from './longPieces.ts';
import { markdownTree, positionOf } from './tree.ts';

/** A piece as a tree. `lead` characters stood before the piece's own when it was parsed: definitions, a table's head. */
export interface ParsedPiece {
  readonly piece: Piece;
  readonly tree: PieceTree;
  readonly lead: number;
  /** Nothing outside the piece has a say in what it shows: it uses and makes no definitions. */
  readonly selfContained: boolean;
}

/** What is kept of a piece, by its text. */
export interface PieceTree {
  readonly root: Root;
  /** What was read from it last. */
  reading: { readonly start: number; readonly circumstances: string; readonly found: Reading } | null;
}

/** What there is to find in a stretch of a document. */
export interface Reading {
  readonly references: readonly FoundReference[];
  readonly comments: readonly DocumentComment[];
}

/** `outerEnd`: where all that belongs to it ends, attributes included. */
export interface FoundReference {
  readonly reference: ImageReference;
  readonly outerEnd: number;
}

/** Where a node stands in the document; null for what belongs to the lead. */
export function rangeInDocument(
  { piece, lead }: Pick<ParsedPiece, 'piece' | 'lead'>,
  range: TextRange,
): TextRange | null {
  if (range.start < lead) return null;
  const by = piece.start - lead;
  return { start: range.start + by, end: range.end + by };
}

/**
 * Trees of pieces read lately, by their text: after a keystroke all but one are there. Nothing but time depends on it.
 * Keys are made anew, so that they do not keep whole documents in memory.
 */
const recentTrees = new LRUCache<string, PieceTree>({
  maxSize: 6_000_000,
  sizeCalculation: (_, text) => text.length + 200,
});

export function parsePiece(text: string, piece: Piece, definitions: string): ParsedPiece {
  const head = piece.tableHead === null ? '' : `${text.slice(piece.tableHead.start, piece.tableHead.end)}\n`;
  const before = definitions + head;
  // micromark takes a byte order mark away from wherever it starts to read.
  const own = text.slice(piece.start, piece.end).replace(/^\uFEFF/, '\u200B');
  const source = `${before}\u0000${own}`;
  const known = recentTrees.get(source);
  const tree = known ?? { root: markdownTree(before + own), reading: null };
  if (known === undefined) recentTrees.set(source, tree);
  return { piece, tree, lead: before.length, selfContained: definitions === '' && !mayDefine.test(own) };
}

/** By identifier; of several with one name the first counts, wherever it stands. */
export type Definitions = ReadonlyMap<string, Destination & { readonly piece: Piece }>;

const mayDefine = /^[ \t>*+\-\d.)]*\[(?:[^[\]\\]|\\.)+\]:/m;

/** All link reference definitions, and the comments that some write as one: `[//]: # (comment)`. */
export function readDefinitions(
  text: string,
  all: readonly Piece[],
): { readonly definitions: Definitions; readonly comments: readonly DocumentComment[] } {
  const definitions = new Map<string, Destination & { readonly piece: Piece }>();
  const comments: DocumentComment[] = [];
  for (const piece of all) {
    if (piece.kind === 'code' || !mayDefine.test(text.slice(piece.start, piece.end))) continue;
    const parsed = parsePiece(text, piece, '');
    visitDefinitions(parsed.tree.root.children, (node) => {
      const whole = rangeInDocument(parsed, positionOf(node));
      if (whole === null) return;
      const range = (node.destinationRange && rangeInDocument(parsed, node.destinationRange)) ?? whole;
      const title = node.title ?? null;
      if (!definitions.has(node.identifier)) definitions.set(node.identifier, { url: node.url, title, range, piece });
      if (title !== null && (node.url === '#' || node.url === '')) comments.push({ range: whole, text: title });
    });
  }
  return { definitions, comments };
}

function visitDefinitions(
  nodes: readonly RootContent[],
  visit: (node: Extract<RootContent, { type: 'definition' }>) => void,
): void {
  for (const node of nodes) {
    if (node.type === 'definition') visit(node);
    else if (node.type === 'blockquote' || node.type === 'list' || node.type === 'listItem') {
      visitDefinitions(node.children, visit);
    } else if (node.type === 'footnoteDefinition') visitDefinitions(node.children, visit);
  }
}

const label = /\[((?:[^[\]\\]|\\.){1,999})\]/gs;

/** The definitions that stand in other pieces and that this one refers to, as Markdown to put before it. */
export function definitionsFor(text: string, piece: Piece, definitions: Definitions): string {
  if (definitions.size === 0) return '';
  const used = new Set<string>();
  for (const match of text.slice(piece.start, piece.end).matchAll(label)) {
    const identifier = normalizeIdentifier(match[1]!).toLowerCase();
    const definition = definitions.get(identifier);
    if (definition !== undefined && definition.piece !== piece) used.add(identifier);
  }
  return used.size === 0 ? '' : `${[...used].map((identifier) => `[${identifier}]: x`).join('\n')}\n\n`;
}
