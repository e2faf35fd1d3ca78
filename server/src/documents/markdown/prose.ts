import type { RootContent } from 'mdast';
import type { Piece } from './longPieces.ts';
import { type Definitions, definitionsFor, parsePiece } from './parsedPiece.ts';

/** So many characters tell a language. */
const enough = 4000;

/** What a reader reads first: no code, no markup, no alt texts. */
export function prose(text: string, pieces: readonly Piece[], definitions: Definitions): string {
  let words = '';
  for (const piece of pieces) {
    if (words.length >= enough) break;
    if (piece.kind === 'code') continue;
    const { tree } = parsePiece(text, piece, definitionsFor(text, piece, definitions));
    words += `${wordsOf(tree.root.children)} `;
  }
  return words.replace(/\s+/g, ' ').trim().slice(0, enough);
}

function wordsOf(nodes: readonly RootContent[]): string {
  return nodes.map(wordsIn).join('');
}

function wordsIn(node: RootContent): string {
  if (node.type === 'text') return node.value;
  if (!('children' in node)) return ' ';
  const isInline = node.type === 'emphasis' || node.type === 'strong' || node.type === 'link';
  return isInline ? wordsOf(node.children) : `${wordsOf(node.children)} `;
}
