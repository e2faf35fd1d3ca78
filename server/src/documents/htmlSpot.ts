/** The place in a page's tree of a stretch that is read again. */
import type { HtmlMarks } from './htmlMarks.ts';
import type { TextRange } from './imageReference.ts';
import type { MarkupElement, MarkupNode } from './markup.ts';

/** A list of nodes; `above`: the list that holds the element around it, null: it is the page. */
interface Level {
  readonly list: readonly MarkupNode[];
  readonly above: { readonly level: Level; readonly index: number } | null;
}

/** Nodes of one list, from an element on up to another one. */
export interface Spot {
  readonly level: Level;
  readonly from: number;
  readonly to: number;
  /** Where the start tag ends of the element that stands behind them. */
  readonly tagEnd: number;
}

/** Null: no list has elements that start there and there. */
export function spotOf(
  { nodes, marks }: { readonly nodes: readonly MarkupNode[]; readonly marks: HtmlMarks },
  { start, end }: TextRange,
): Spot | null {
  const startsAt = (node: MarkupNode, offset: number): node is MarkupElement =>
    node.kind === 'element' && node.range.end > 0 && marks.offsetOf(node.range.start) === offset;
  // An element that the parser implied does not tell where it stands.
  const mayHold = (node: MarkupNode): node is MarkupElement =>
    node.kind === 'element' &&
    node.children.length > 0 &&
    (node.range.end === 0 || (marks.offsetOf(node.range.start) < start && marks.offsetOf(node.end) >= end));
  const open: Level[] = [{ list: nodes, above: null }];
  for (let level = open.pop(); level !== undefined; level = open.pop()) {
    const { list } = level;
    const from = list.findIndex((node) => startsAt(node, start));
    if (from !== -1) {
      const to = list.findIndex((node, index) => index > from && startsAt(node, end));
      const next = list[to];
      return next?.kind === 'element' ? { level, from, to, tagEnd: marks.offsetOf(next.range.end) } : null;
    }
    for (const [index, node] of list.entries()) {
      if (mayHold(node)) open.push({ list: node.children, above: { level, index } });
    }
  }
  return null;
}

/** The page with other nodes there. What the elements around them hold besides is used again. */
export function withNodes({ level, from, to }: Spot, nodes: readonly MarkupNode[]): readonly MarkupNode[] {
  let list: readonly MarkupNode[] = [...level.list.slice(0, from), ...nodes, ...level.list.slice(to)];
  for (let above = level.above; above !== null; above = above.level.above) {
    const around = above.level.list[above.index] as MarkupElement;
    list = above.level.list.with(above.index, { ...around, children: list });
  }
  return list;
}
