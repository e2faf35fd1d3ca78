import type { Piece } from './longPieces.ts';
import { OpenElements } from './openElements.ts';
import { type Definitions, definitionsFor, parsePiece, type ParsedPiece } from './parsedPiece.ts';

/** A piece in which something may be found, as a tree, or one of words alone. */
export type GroupPart =
  | { readonly kind: 'parsed'; readonly parsed: ParsedPiece }
  | { readonly kind: 'words'; readonly piece: Piece };

/** Pieces that have to be read together: an element of raw HTML opens in one and closes in another. */
export type Group = readonly GroupPart[];

/** Images, HTML, `![[…]]`, `:::image`: without one of these there is nothing to find in a piece. */
const mayShow = /!\[|<[a-z!?/]|:::image/i;
/** Quarto passes such a block through. */
const rawHtml = /^\s*[`~]{3,}\s*\{=html\}/;

/** An element that nothing closed by then was never meant to hold the rest of the document. */
const longestGroup = 200_000;

/** The parts of the document that can be read one by one; pieces without anything to find are left out. */
export function groups(text: string, pieces: readonly Piece[], definitions: Definitions, pandoc: boolean): Group[] {
  const found: Group[] = [];
  const open = new OpenElements();
  let group: GroupPart[] = [];
  for (const piece of pieces) {
    const part = partOf(text, piece, definitions, pandoc);
    if (part.kind === 'words' && (!open.any || piece.kind === 'code')) continue;
    group.push(part);
    if (part.kind === 'parsed') open.read(part.parsed.tree.root.children);
    if (open.any && piece.end - startOf(group[0]!) < longestGroup) continue;
    open.closeAll();
    found.push(group);
    group = [];
  }
  return group.length === 0 ? found : [...found, group];
}

function partOf(text: string, piece: Piece, definitions: Definitions, pandoc: boolean): GroupPart {
  const words = text.slice(piece.start, piece.end);
  const shows = mayShow.test(words) && (piece.kind === 'text' || (pandoc && rawHtml.test(words)));
  if (!shows) return { kind: 'words', piece };
  return { kind: 'parsed', parsed: parsePiece(text, piece, definitionsFor(text, piece, definitions)) };
}

function startOf(part: GroupPart): number {
  return part.kind === 'parsed' ? part.parsed.piece.start : part.piece.start;
}
