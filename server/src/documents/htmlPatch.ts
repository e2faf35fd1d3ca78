/**
 * A page after an edit, from what was known of it before: the stretch around the edit is parsed again, all else is moved.
 * Where the stretch cannot be shown to stand by itself, before the edit and after it, the page is parsed anew instead:
 * nothing but time depends on what is remembered.
 */
import type { TextRange } from './imageReference.ts';
import { type ParsedStretch, parseStretch, type Stretch, type Waypoint } from './htmlParser.ts';
import { type HtmlSource, type HtmlTree, htmlTree } from './htmlTree.ts';
import type { TemplateRegion } from './htmlTemplates.ts';
import type { MarkupAttribute, MarkupElement, MarkupNode } from './markup.ts';

export interface KnownHtml extends HtmlTree, HtmlSource {
  readonly isPage: boolean;
  readonly waypoints: readonly Waypoint[];
}

/** Something is replaced: `end` is where it ended, `by` what the text behind it moves. */
interface Change extends TextRange {
  readonly by: number;
}

/** A larger stretch takes as long as the page. */
const longest = 200_000;
const attempts = 4;
/** These tags change the page's root, or are heeded only where nothing was shown before. */
const ofTheRoot = /<\/?(?:html|head|body|frameset)[\s/>]/i;

export function patchedHtml(known: KnownHtml, now: HtmlSource): KnownHtml | null {
  if (known.encodings !== now.encodings) return null;
  const change = changeBetween(known, now);
  for (const [from, to] of stretches(known.waypoints, change).slice(0, attempts)) {
    const replaced: Change = { start: from.offset, end: to.offset, by: change.by };
    const found = patch(known, now, from, replaced);
    if (found !== null) return found;
  }
  return null;
}

function changeBetween(known: HtmlSource, now: HtmlSource): Change {
  const length = Math.min(known.original.length, now.original.length);
  const start = Math.min(
    commonStart(known.original, now.original, length),
    commonStart(known.masked.text, now.masked.text, length),
  );
  const rest = length - start;
  const same = Math.min(
    commonEnd(known.original, now.original, rest),
    commonEnd(known.masked.text, now.masked.text, rest),
  );
  return { start, end: known.original.length - same, by: now.original.length - known.original.length };
}

/** Compared in blocks: character by character takes ten times as long. */
const block = 4096;

function commonStart(a: string, b: string, length: number): number {
  let at = 0;
  while (at + block <= length && a.slice(at, at + block) === b.slice(at, at + block)) at += block;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}

function commonEnd(a: string, b: string, length: number): number {
  const before = (text: string, count: number, width: number): string =>
    text.slice(text.length - count - width, text.length - count);
  let count = 0;
  while (count + block <= length && before(a, count, block) === before(b, count, block)) count += block;
  while (count < length && before(a, count, 1) === before(b, count, 1)) count++;
  return count;
}

/** Pairs of waypoints around the change that are in the same state, the nearest first. */
function stretches(waypoints: readonly Waypoint[], { start, end }: TextRange): [from: Waypoint, to: Waypoint][] {
  const before = outward(waypoints.filter(({ offset }) => offset < start && offset > start - longest).toReversed());
  const after = outward(waypoints.filter(({ offset }) => offset >= end && offset < end + longest));
  const pairs = before.flatMap((from) => {
    const to = after.find(({ state }) => state === from.state);
    return to === undefined ? [] : [[from, to] satisfies [Waypoint, Waypoint]];
  });
  return pairs.toSorted(([a, b], [c, d]) => b.offset - a.offset - (d.offset - c.offset));
}

/** Each that is less deep than all before it. */
function outward(waypoints: readonly Waypoint[]): Waypoint[] {
  let depth = Infinity;
  return waypoints.filter((each) => {
    const isLess = each.depth < depth;
    if (isLess) depth = each.depth;
    return isLess;
  });
}

function patch(known: KnownHtml, now: HtmlSource, from: Waypoint, change: Change): KnownHtml | null {
  if (!sameRegions(known.masked.regions, now.masked.regions, change)) return null;
  const tagEnd = startTagEnd(known.nodes, change.end);
  if (tagEnd === null) return null;
  const { start, end, by } = change;
  const was = stretchOf(known, { start, end, tagEnd }, from, known.isPage);
  const is = stretchOf(now, { start, end: end + by, tagEnd: tagEnd + by }, from, known.isPage);
  if (was === null || is === null) return null;
  const inner = htmlTree(now, is.nodes, is.base);
  const nodes = spliced(known.nodes, change, inner.nodes);
  if (nodes === null) return null;
  const outside = (offset: number): boolean => offset < start || offset >= end;
  const comments = known.comments.filter(({ range }) => outside(range.start));
  const waypoints = known.waypoints.filter(({ offset }) => outside(offset));
  return {
    ...now,
    isPage: known.isPage,
    nodes,
    comments: [
      ...comments.map((each) => ({ ...each, range: movedRange(each.range, change) })),
      ...inner.comments,
    ].toSorted((a, b) => a.range.start - b.range.start),
    waypoints: [
      ...waypoints.map((each) => ({ ...each, offset: moved(each.offset, change) })),
      from,
      ...is.waypoints,
    ].toSorted((a, b) => a.offset - b.offset),
  };
}

function stretchOf(source: HtmlSource, stretch: Stretch, from: Waypoint, isPage: boolean): ParsedStretch | null {
  const { text } = source.masked;
  if (ofTheRoot.test(text.slice(stretch.start, stretch.end))) return null;
  return parseStretch(text, stretch, from, isPage);
}

/** Whether templates outside the change stand where they stood. */
function sameRegions(were: readonly TemplateRegion[], are: readonly TemplateRegion[], change: Change): boolean {
  const { start, end, by } = change;
  const known = were.filter((each) => each.start < start || each.start >= end);
  const now = are.filter((each) => each.start < start || each.start >= end + by);
  return (
    known.length === now.length &&
    known.every((was, index) => {
      const is = now[index]!;
      if (was.start < start && (was.end > start || is.end > start)) return false;
      return is.kind === was.kind && is.start === moved(was.start, change) && is.end === moved(was.end, change);
    })
  );
}

/** Where the start tag at that offset ends; null: no element starts there. */
function startTagEnd(nodes: readonly MarkupNode[], offset: number): number | null {
  const open: (readonly MarkupNode[])[] = [nodes];
  for (let list = open.pop(); list !== undefined; list = open.pop()) {
    for (const node of list) {
      if (node.kind !== 'element') continue;
      if (node.range.start === offset && node.range.end > 0) return node.range.end;
      if (node.children.length > 0) open.push(node.children);
    }
  }
  return null;
}

function moved(offset: number, { end, by }: Change): number {
  return offset >= end ? offset + by : offset;
}

function movedRange({ start, end }: TextRange, change: Change): TextRange {
  return { start: moved(start, change), end: moved(end, change) };
}

/** The tree with `inner` in place of the nodes of one list between two elements; null: there is no such list. */
function spliced(nodes: readonly MarkupNode[], change: Change, inner: readonly MarkupNode[]): MarkupNode[] | null {
  const result: MarkupNode[] = [];
  let isDone = false;
  const open: [list: readonly MarkupNode[], into: MarkupNode[]][] = [[nodes, result]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [list, into] = next;
    for (let index = 0; index < list.length; index++) {
      let node = list[index]!;
      if (startsAt(node, change.start)) {
        index = list.findIndex((other, place) => place > index && startsAt(other, change.end));
        if (index === -1 || isDone) return null;
        for (const each of inner) into.push(each);
        isDone = true;
        node = list[index]!;
      }
      if (node.kind !== 'element' || standsBefore(node, change.start)) into.push(node);
      else if (liesWithin(node, change)) return null;
      else {
        const children: MarkupNode[] = [];
        into.push(movedElement(node, change, children));
        if (node.children.length > 0) open.push([node.children, children]);
      }
    }
  }
  return isDone ? result : null;
}

function startsAt(node: MarkupNode, offset: number): boolean {
  return node.kind === 'element' && node.range.start === offset && node.range.end > 0;
}

/** Deeper than this an element is looked at for itself: the stack has an end. */
const deepest = 100;

/** With all that it holds: as it stands, it can be used again. */
function standsBefore(node: MarkupNode, offset: number, depth = 0): boolean {
  if (node.kind !== 'element') return true;
  if (depth > deepest || node.range.end === 0 || node.range.end > offset || node.end > offset) return false;
  return node.children.every((child) => standsBefore(child, offset, depth + 1));
}

/** It starts or ends in what is replaced, and does not stand in its list. */
function liesWithin({ range, end }: MarkupElement, change: Change): boolean {
  const isIn = (offset: number): boolean => offset > change.start && offset < change.end;
  return isIn(range.start) || isIn(range.end) || isIn(end);
}

function movedElement(element: MarkupElement, change: Change, children: readonly MarkupNode[]): MarkupElement {
  const end = moved(element.end, change);
  if (element.range.start < change.end) return { ...element, end, children };
  const { style } = element;
  return {
    ...element,
    attributes: element.attributes.map((each) => movedAttribute(each, change)),
    spreads: element.spreads.map((offset) => moved(offset, change)),
    range: movedRange(element.range, change),
    end,
    insertAt: moved(element.insertAt, change),
    children,
    style: style && { ...style, start: moved(style.start, change) },
  };
}

function movedAttribute(attribute: MarkupAttribute, change: Change): MarkupAttribute {
  const { slot } = attribute;
  return {
    ...attribute,
    range: movedRange(attribute.range, change),
    valueRange: movedRange(attribute.valueRange, change),
    slot: slot && { ...slot, range: movedRange(slot.range, change) },
  };
}
