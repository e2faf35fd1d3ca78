/**
 * A page after an edit, from what was known of it before: the stretch around the edit is parsed again, all else is moved.
 * Where the stretch cannot be shown to stand by itself, before the edit and after it, the page is parsed anew instead:
 * nothing but time depends on what is remembered.
 */
import type { Change, HtmlMarks } from './htmlMarks.ts';
import { type ParsedStretch, parseStretch, type Stretch, type Waypoint } from './htmlParser.ts';
import { elementsAround, type Spot, spotOf, withNodes } from './htmlSpot.ts';
import type { TemplateRegion } from './htmlTemplates.ts';
import { type HtmlSource, type HtmlTree, htmlTree } from './htmlTree.ts';
import type { TextRange } from './imageReference.ts';
import type { MarkupElement } from './markup.ts';

export interface KnownHtml extends HtmlTree, HtmlSource {
  readonly isPage: boolean;
  /** In the order of the page, by their marks, as the tree's nodes and comments. */
  readonly waypoints: readonly Waypoint[];
  readonly marks: HtmlMarks;
}

/** A larger stretch takes as long as the page. */
const longest = 200_000;
const attempts = 8;
/** These tags change the page's root, or are heeded only where nothing was shown before. */
const ofTheRoot = /<\/?(?:html|head|body|frameset)[\s/>]/i;
/** With which a page may end. */
const endOfRoot = /(?:\s*<\/body>)?\s*<\/html>\s*$/i;

export function patchedHtml(known: KnownHtml, now: HtmlSource): KnownHtml | null {
  if (known.encodings !== now.encodings) return null;
  const change = changeBetween(known, now);
  for (const { from, to } of stretches(known, change).slice(0, attempts)) {
    const found = patch(known, now, from, to, change.by);
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

interface PlacedWaypoint {
  readonly waypoint: Waypoint;
  readonly offset: number;
}

/** Waypoints around a change; `to` null: the page's end. */
interface Around {
  readonly from: PlacedWaypoint;
  readonly to: PlacedWaypoint | null;
}

/** Pairs of waypoints around the change that are in the same state, the nearest first; then with the page's end. */
function stretches({ waypoints, marks, original }: KnownHtml, { start, end }: TextRange): Around[] {
  const near = waypoints
    .map((waypoint) => ({ waypoint, offset: marks.offsetOf(waypoint.offset) }))
    .filter(({ offset }) => offset > start - longest && offset < end + longest);
  const before = outward(
    near.filter(({ waypoint, offset }) => waypoint.endTag === null && offset < start).toReversed(),
  );
  const after = outward(near.filter(({ offset }) => offset >= end));
  const pairs = before.flatMap((from) => {
    const to = after.find(({ waypoint }) => waypoint.state === from.waypoint.state);
    return to === undefined ? [] : [{ from, to, length: to.offset - from.offset }];
  });
  const toTheEnd = before
    .map((from) => ({ from, to: null }))
    .filter(({ from }) => original.length - from.offset < longest);
  return [...pairs.toSorted((a, b) => a.length - b.length), ...toTheEnd];
}

/** Each that is less deep than all before it, and one more of its depth: the edit may have taken the nearest one's tag. */
function outward(waypoints: readonly PlacedWaypoint[]): PlacedWaypoint[] {
  let depth = Infinity;
  let isOneMore = false;
  return waypoints.filter(({ waypoint }) => {
    if (waypoint.depth > depth || (waypoint.depth === depth && isOneMore)) return false;
    isOneMore = waypoint.depth === depth;
    depth = waypoint.depth;
    return true;
  });
}

function patch(
  known: KnownHtml,
  now: HtmlSource,
  { waypoint: from, offset: start }: PlacedWaypoint,
  to: PlacedWaypoint | null,
  by: number,
): KnownHtml | null {
  const end = to?.offset ?? known.original.length;
  const change: Change = { start, end, by };
  if (!sameRegions(known.masked.regions, now.masked.regions, change)) return null;
  const before = to === null ? 'nothing' : to.waypoint.endTag === null ? 'start tag' : 'end tag';
  const spot = spotOf(known, start, before === 'nothing' ? null : { before, offset: end });
  const tagEnd = spot && endOfTag(known, spot, to);
  if (spot === null || tagEnd === null) return null;
  const was = stretchOf(known, { start, end, before, tagEnd }, from, known.isPage);
  const is = stretchOf(now, { start, end: end + by, before, tagEnd: tagEnd + by }, from, known.isPage);
  if (was === null || is === null) return null;
  const { marks, shift } = known.marks.changed(change);
  const inner = htmlTree(now, is.nodes, is.base, shift);
  const ends = to === null ? endsAround(known, spot, was, is) : [];
  if (ends === null) return null;
  const endOf = (element: MarkupElement, height: number): number => {
    const given = element.range.end === 0 ? undefined : ends[height];
    return given === undefined ? element.end : given + is.base + shift;
  };
  return {
    ...now,
    isPage: known.isPage,
    marks,
    nodes: withNodes(spot, inner.nodes, endOf),
    comments: replaced(known.comments, inner.comments, ({ range }) => known.marks.offsetOf(range.start), change),
    waypoints: replaced(
      known.waypoints,
      [{ ...from, offset: start }, ...is.waypoints].map((each) => ({ ...each, offset: each.offset + shift })),
      ({ offset }) => known.marks.offsetOf(offset),
      change,
    ),
  };
}

/** Where the tag behind the stretch ends; null: it is not the one that ends the spot's list. */
function endOfTag({ marks, original }: KnownHtml, spot: Spot, to: PlacedWaypoint | null): number | null {
  if (to === null) return original.length;
  if (to.waypoint.endTag === null) return marks.offsetOf((spot.level.list[spot.to] as MarkupElement).range.end);
  const tagEnd = to.offset + to.waypoint.endTag;
  const [around] = elementsAround(spot);
  return around !== undefined && marks.offsetOf(around.end) === tagEnd ? tagEnd : null;
}

/**
 * Where the elements around a stretch that ends with the page end, the innermost first. Null: by what stands in the stretch
 * it cannot be told; a page may have had an end already.
 */
function endsAround(known: KnownHtml, spot: Spot, was: ParsedStretch, is: ParsedStretch): number[] | null {
  // Around a fragment the parser has an element of its own.
  const count = known.isPage ? was.around.length : was.around.length - 1;
  const elements = elementsAround(spot);
  if (elements.length !== count) return null;
  const by = is.length - was.length;
  const isSure = elements.every((element, index) => {
    const { name, end } = was.around[index]!;
    if (name !== element.name || end + by !== is.around[index]!.end) return false;
    return element.range.end === 0 || end + was.base === known.marks.offsetOf(element.end);
  });
  return isSure ? is.around.slice(0, count).map(({ end }) => end) : null;
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
  const inner = text.slice(stretch.start, stretch.end);
  if (ofTheRoot.test(stretch.before === 'nothing' ? inner.replace(endOfRoot, '') : inner)) return null;
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
