import { LRUCache } from 'lru-cache';
import type { Root } from 'mdast';
import type { Piece } from '../markdown/longPieces.ts';
import { type Definitions, definitionsFor } from '../markdown/parsedPiece.ts';
import { markdownTree } from '../markdown/tree.ts';
import { mdxTree } from './mdxTree.ts';

/** A piece as a tree; `lead` characters stood before its own when it was parsed. */
export interface MdxTree {
  readonly piece: Piece;
  readonly root: Root;
  readonly lead: number;
}

/** A piece without pictures, tags, code or braces is not parsed: it is words. */
export type MdxPiece =
  | { readonly kind: 'parsed'; readonly parsed: MdxTree }
  | { readonly kind: 'words' | 'code'; readonly piece: Piece };

const mayShow = /!\[|[<{]|^(?:import|export)\b/m;
/** So many pieces one expression or block of exports may run through, and so many characters all such tries may take. */
const longestRun = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32] as const;
const mostRetried = 150_000;

type Parsed = { readonly root: Root } | { readonly unfinished: boolean };

/** Trees read lately, by their text: after a keystroke all but one are there. Nothing but time depends on it. */
const recent = new LRUCache<string, Parsed>({ maxSize: 6_000_000, sizeCalculation: (_, text) => text.length + 200 });
const recentMarkdown = new LRUCache<string, Root>({
  maxSize: 2_000_000,
  sizeCalculation: (_, text) => text.length + 200,
});

/**
 * Piece after piece as MDX. An expression, a tag or an export may run over blank lines: a piece that ends within one is
 * read again together with those after it. What is no MDX at all is read as plain Markdown.
 */
export function mdxPieces(text: string, all: readonly Piece[], definitions: Definitions): MdxPiece[] {
  const found: MdxPiece[] = [];
  let retried = 0;
  for (let index = 0; index < all.length;) {
    const piece = all[index]!;
    if (piece.kind === 'code' || !mayShow.test(text.slice(piece.start, piece.end))) {
      found.push({ kind: piece.kind === 'code' ? 'code' : 'words', piece });
      index += 1;
      continue;
    }
    let taken = 0;
    for (const run of longestRun) {
      const last = all[index + run - 1];
      if (last === undefined || (run > 1 && retried > mostRetried)) break;
      const whole = { ...piece, end: last.end };
      if (run > 1) retried += whole.end - whole.start;
      const lead = leadOf(text, whole, definitions);
      const parsed = parse(lead, text.slice(whole.start, whole.end));
      if ('root' in parsed) {
        found.push({ kind: 'parsed', parsed: { piece: whole, root: parsed.root, lead: lead.length } });
        taken = run;
        break;
      }
      if (!parsed.unfinished) break;
    }
    if (taken === 0) found.push({ kind: 'parsed', parsed: asMarkdown(text, piece, definitions) });
    index += Math.max(1, taken);
  }
  return found;
}

/** Definitions from elsewhere that the piece refers to, and the head of the table that its rows belong to. */
function leadOf(text: string, piece: Piece, definitions: Definitions): string {
  const head = piece.tableHead === null ? '' : `${text.slice(piece.tableHead.start, piece.tableHead.end)}\n`;
  return definitionsFor(text, piece, definitions) + head;
}

function parse(lead: string, own: string): Parsed {
  const source = lead + own.replace(/^\uFEFF/, '\u200B');
  const known = recent.get(source) ?? tryTree(source);
  recent.set(source, known);
  return known;
}

function tryTree(source: string): Parsed {
  try {
    return { root: mdxTree(source) };
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    return { unfinished: /end of file|import\/exports/.test(message) };
  }
}

function asMarkdown(text: string, piece: Piece, definitions: Definitions): MdxTree {
  const lead = leadOf(text, piece, definitions);
  const source = lead + text.slice(piece.start, piece.end).replace(/^\uFEFF/, '\u200B');
  const root = recentMarkdown.get(source) ?? markdownTree(source);
  recentMarkdown.set(source, root);
  return { piece, root, lead: lead.length };
}
