/**
 * A page after an edit, from what was known of it before: the stretch around the edit is parsed again, all else is moved.
 * Where the stretch cannot be shown to stand by itself, before the edit and after it, the page is parsed anew instead:
 * nothing but time depends on what is remembered.
 */
import type { Change, HtmlMarks } from './htmlMarks.ts';
import { type ParsedStretch, parseStretch, type Stretch, type Waypoint } from './htmlParser.ts';
import { spotOf, withNodes } from './htmlSpot.ts';
import type { TemplateRegion } from './htmlTemplates.ts';
import { type HtmlSource, type HtmlTree, htmlTree } from './htmlTree.ts';
import type { TextRange } from './imageReference.ts';

export interface KnownHtml extends HtmlTree, HtmlSource {
  readonly isPage: boolean;
  /** In the order of the page, by their marks, as the tree's nodes and comments. */
  readonly waypoints: readonly Waypoint[];
  readonly marks: HtmlMarks;
}

/** A larger stretch takes as long as the page. */
const longest = 200_000;
const attempts = 4;
/** These tags change the page's root, or are heeded only where nothing was shown before. */
const ofTheRoot = /<\/?(?:html|head|body|frameset)[\s/>]/i;

export function patchedHtml(known: KnownHtml, now: HtmlSource): KnownHtml | null {
  if (known.encodings !== now.encodings) return null;
  const change = changeBetween(known, now);
  for (const [from, to] of stretches(known, change).slice(0, attempts)) {
    const start = known.marks.offsetOf(from.offset);
    const end = known.marks.offsetOf(to.offset);
    const found = patch(known, now, from, { start, end, by: change.by });
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
function stretches({ waypoints, marks }: KnownHtml, { start, end }: TextRange): [from: Waypoint, to: Waypoint][] {
  const near = waypoints
    .map((waypoint) => ({ waypoint, offset: marks.offsetOf(waypoint.offset) }))
    .filter(({ offset }) => offset > start - longest && offset < end + longest);
  const before = outward(near.filter(({ offset }) => offset < start).toReversed());
  const after = outward(near.filter(({ offset }) => offset >= end));
  const pairs = before.flatMap((from) => {
    const to = after.find(({ waypoint }) => waypoint.state === from.waypoint.state);
    return to === undefined ? [] : [{ from, to, length: to.offset - from.offset }];
  });
  return pairs.toSorted((a, b) => a.length - b.length).map(({ from, to }) => [from.waypoint, to.waypoint]);
}

interface PlacedWaypoint {
  readonly waypoint: Waypoint;
  readonly offset: number;
}

/** Each that is less deep than all before it. */
function outward(waypoints: readonly PlacedWaypoint[]): PlacedWaypoint[] {
  let depth = Infinity;
  return waypoints.filter(({ waypoint }) => {
    const isLess = waypoint.depth < depth;
    if (isLess) depth = waypoint.depth;
    return isLess;
  });
}

function patch(known: KnownHtml, now: HtmlSource, from: Waypoint, change: Change): KnownHtml | null {
  if (!sameRegions(known.masked.regions, now.masked.regions, change)) return null;
  const spot = spotOf(known, change);
  if (spot === null) return null;
  const { start, end, by } = change;
  const { tagEnd } = spot;
  const was = stretchOf(known, { start, end, tagEnd }, from, known.isPage);
  const is = stretchOf(now, { start, end: end + by, tagEnd: tagEnd + by }, from, known.isPage);
  if (was === null || is === null) return null;
  const { marks, shift } = known.marks.changed(change);
  const inner = htmlTree(now, is.nodes, is.base, shift);
  return {
    ...now,
    isPage: known.isPage,
    marks,
    nodes: withNodes(spot, inner.nodes),
    comments: replaced(known.comments, inner.comments, ({ range }) => known.marks.offsetOf(range.start), change),
    waypoints: replaced(
      known.waypoints,
      [{ ...from, offset: start }, ...is.waypoints].map((each) => ({ ...each, offset: each.offset + shift })),
      ({ offset }) => known.marks.offsetOf(offset),
      change,
    ),
  };
}

/** A list in the order of the page with `now` in place of what stood where the change is. */
function replaced<Item>(
  known: readonly Item[],
  now: readonly Item[],
  offsetOf: (item: Item) => number,
  { start, end }: TextRange,
): Item[] {
  const isBefore = (item: Item): boolean => offsetOf(item) < start;
  const isAfter = (item: Item): boolean => offsetOf(item) >= end;
  return [...known.filter(isBefore), ...now, ...known.filter(isAfter)];
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

function moved(offset: number, { end, by }: Change): number {
  return offset >= end ? offset + by : offset;
}
