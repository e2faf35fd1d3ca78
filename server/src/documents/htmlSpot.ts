/** The place in a page's tree of a stretch that is read again. */
import type { HtmlMarks } from './htmlMarks.ts';
import type { MarkupElement, MarkupNode } from './markup.ts';

/** A list of nodes; `above`: the list that holds the element around it, null: it is the page. */
interface Level {
  readonly list: readonly MarkupNode[];
  readonly above: { readonly level: Level; readonly index: number } | null;
}

/** Nodes of one list, from an element on up to another one or to the list's end. */
export interface Spot {
  readonly level: Level;
  readonly from: number;
  readonly to: number;
}

interface MarkedNodes {
  readonly nodes: readonly MarkupNode[];
  readonly marks: HtmlMarks;
}

/** `end`: where an element starts, the last one of the spot's list ends, or null: the page. Null: there is no such list. */
export function spotOf(
  { nodes, marks }: MarkedNodes,
  start: number,
  end: { readonly before: 'start tag' | 'end tag'; readonly offset: number } | null,
): Spot | null {
  const startsAt = (node: MarkupNode, offset: number): boolean =>
    node.kind === 'element' && node.range.end > 0 && marks.offsetOf(node.range.start) === offset;
  // An element that the parser implied does not tell where it stands.
  const mayHold = (node: MarkupNode): node is MarkupElement =>
    node.kind === 'element' &&
    node.children.length > 0 &&
    (node.range.end === 0 || (marks.offsetOf(node.range.start) < start && marks.offsetOf(node.end) > start));
  const open: Level[] = [{ list: nodes, above: null }];
  for (let level = open.pop(); level !== undefined; level = open.pop()) {
    const { list } = level;
    const from = list.findIndex((node) => startsAt(node, start));
    if (from !== -1) {
      const isNext = (node: MarkupNode, index: number): boolean => index > from && startsAt(node, end!.offset);
      const to = end?.before === 'start tag' ? list.findIndex(isNext) : list.length;
      return to === -1 ? null : { level, from, to };
    }
    for (const [index, node] of list.entries()) {
      if (mayHold(node)) open.push({ list: node.children, above: { level, index } });
    }
  }
  return null;
}

/** The elements around a spot, the innermost first. */
export function elementsAround({ level }: Spot): MarkupElement[] {
  const found: MarkupElement[] = [];
  for (let { above } = level; above !== null; above = above.level.above) {
    found.push(above.level.list[above.index] as MarkupElement);
  }
  return found;
}

/** The page with other nodes there, and with other ends of the elements around them. All else is used again. */
export function withNodes(
  spot: Spot,
  nodes: readonly MarkupNode[],
  endOf: (element: MarkupElement, height: number) => number,
): readonly MarkupNode[] {
  const { level, from, to } = spot;
  let list: readonly MarkupNode[] = [...level.list.slice(0, from), ...nodes, ...level.list.slice(to)];
  let { above } = level;
  for (const [height, element] of elementsAround(spot).entries()) {
    list = above!.level.list.with(above!.index, { ...element, end: endOf(element, height), children: list });
    above = above!.level.above;
  }
  return list;
}
