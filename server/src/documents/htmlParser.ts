/** parse5, stopped at places from which a part of the page can be parsed again by itself. */
import {
  type DefaultTreeAdapterMap,
  type DefaultTreeAdapterTypes,
  html,
  InsertionMode,
  Parser,
  type Token,
} from 'parse5';

/**
 * A tag at which all that the parser remembers is which elements are open (no formatting that waits to be opened
 * anew, no foreign content, no template). What it makes of the text from here on depends on nothing else.
 */
export interface Waypoint {
  /** A mark in what is known of a page, see HtmlMarks. */
  readonly offset: number;
  /** How many elements are open. */
  readonly depth: number;
  /** The parser's whole state, to be compared. */
  readonly state: string;
  /** Tags that bring about that state. */
  readonly opening: string;
  /** An end tag: there a stretch ends, and none begins. Its length; null: a start tag. */
  readonly endTag: number | null;
}

type HtmlParser = Parser<DefaultTreeAdapterMap>;
type Listener = (parser: HtmlParser, offset: number, endTag: number | null) => void;

/** One waypoint in so many characters is enough, but in the page's first and last ones: beyond those there are none. */
const spacing = 2000;
/** Deeper pages are parsed whole: each waypoint would hold as many tags. */
const deepest = 50;

export interface ParsedHtml {
  readonly nodes: readonly DefaultTreeAdapterTypes.ChildNode[];
  readonly waypoints: readonly Waypoint[];
}

/** `isPage`: a whole page, else a fragment. */
export function parsePage(text: string, isPage: boolean): ParsedHtml {
  const waypoints = new WaypointList(isPage, text.length);
  const parser = listeningParser(isPage, (at, offset, endTag) => waypoints.consider(at, offset, endTag));
  parser.tokenizer.write(text, true);
  const { childNodes } = isPage ? parser.document : parser.getFragment();
  return { nodes: childNodes, waypoints: waypoints.found };
}

/** A part of a page that starts before a start tag, and ends before a tag or with the page. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly before: 'start tag' | 'end tag' | 'nothing';
  /** Where the tag behind it ends. */
  readonly tagEnd: number;
}

/** `base` added to an offset of the parsed nodes gives the one in the page. */
export interface ParsedStretch extends ParsedHtml {
  readonly base: number;
  readonly length: number;
  /** The elements around it, the innermost first, and where they end; offsets of the parsed nodes. */
  readonly around: readonly { readonly name: string; readonly end: number }[];
}

/** The stretch as it comes out in its page; null where it leaves anything open, or shows anything outside itself. */
export function parseStretch(text: string, stretch: Stretch, from: Waypoint, isPage: boolean): ParsedStretch | null {
  const base = stretch.start - from.opening.length;
  const end = stretch.end - base;
  const waypoints = new WaypointList(isPage, text.length);
  let before: readonly OpenElement[] = [];
  let isClosed = false;
  const parser = listeningParser(isPage, (at, offset, endTag) => {
    if (offset < from.opening.length) return;
    if (offset > from.opening.length && offset < end) waypoints.consider(at, offset + base, endTag);
    else if (readState(at, isPage)?.state !== from.state) return;
    else if (offset < end) before = openElements(at);
    else isClosed = onlyInnermostGrew(before, openElements(at));
  });
  parser.tokenizer.write(from.opening + text.slice(stretch.start, stretch.tagEnd), true);
  if (stretch.before === 'nothing') isClosed = onlyInnermostGrew(before, openElements(parser).slice(0, before.length));
  const innermost = isClosed ? before.at(-1) : undefined;
  if (innermost === undefined) return null;
  const nodes = innermost.node.childNodes.slice(innermost.children);
  const next = stretch.before === 'start tag' ? nodes.findIndex((node) => startsAt(node, end)) : nodes.length;
  if (next < 1 || !startsAt(nodes[0]!, from.opening.length)) return null;
  const elements = before.slice(1).map(({ node }) => node as DefaultTreeAdapterTypes.Element);
  return {
    nodes: nodes.slice(0, next),
    waypoints: waypoints.found,
    base,
    length: stretch.end - stretch.start,
    around: elements
      .map(({ tagName, sourceCodeLocation }) => ({ name: tagName, end: sourceCodeLocation?.endOffset ?? 0 }))
      .toReversed(),
  };
}

function startsAt(node: DefaultTreeAdapterTypes.ChildNode, offset: number): boolean {
  return 'tagName' in node && node.sourceCodeLocation?.startOffset === offset;
}

/** The shallowest start tag of each stretch of text: there most that was opened is closed again. */
class WaypointList {
  readonly found: Waypoint[] = [];
  readonly #isPage: boolean;
  readonly #length: number;
  #from = 0;
  #depth = Infinity;

  /** @param length the page's */
  constructor(isPage: boolean, length: number) {
    this.#isPage = isPage;
    this.#length = length;
  }

  consider(parser: HtmlParser, place: number, endTag: number | null): void {
    const isFarOut = place < spacing || place > this.#length - spacing;
    if (endTag !== null && !isFarOut) return;
    const isNext = isFarOut || place >= this.#from + spacing;
    if (!isNext && parser.openElements.depth >= this.#depth) return;
    const state = readState(parser, this.#isPage);
    if (state === null) return;
    if (isNext || this.found.length === 0) this.#from = place;
    else this.found.pop();
    this.#depth = state.depth;
    this.found.push({ offset: place, endTag, ...state });
  }
}

function listeningParser(isPage: boolean, listen: Listener): HtmlParser {
  const options = { sourceCodeLocationInfo: true, scriptingEnabled: false };
  const parser = isPage
    ? new Parser<DefaultTreeAdapterMap>(options)
    : Parser.getFragmentParser<DefaultTreeAdapterMap>(null, options);
  const onStartTag = parser.onStartTag.bind(parser);
  const onEndTag = parser.onEndTag.bind(parser);
  let last = -1;
  const tell = ({ location, tagID }: Token.TagToken, isEnd: boolean): void => {
    // A tag may be processed again in another mode, when it has already left its traces.
    if (!location || location.startOffset <= last) return;
    // What stands behind them still goes into the body.
    if (isEnd && (tagID === html.TAG_ID.BODY || tagID === html.TAG_ID.HTML)) return;
    last = location.startOffset;
    listen(parser, last, isEnd ? location.endOffset - last : null);
  };
  parser.onStartTag = (token) => {
    tell(token, false);
    onStartTag(token);
  };
  parser.onEndTag = (token) => {
    tell(token, true);
    onEndTag(token);
  };
  return parser;
}

function readState(parser: HtmlParser, isPage: boolean): Omit<Waypoint, 'offset' | 'endTag'> | null {
  const { openElements: open, tmplInsertionModeStack, formElement } = parser;
  if (open.depth > deepest || open.tmplCount > 0 || parser.fosterParentingEnabled) return null;
  // Blanks in a table are held back until the next tag; words there are moved out of it.
  const isHeldBack = parser.insertionMode === InsertionMode.IN_TABLE_TEXT;
  if (isHeldBack && parser.hasNonWhitespacePendingCharacterToken) return null;
  const mode = isHeldBack ? parser.originalInsertionMode : parser.insertionMode;
  let markers = 0;
  for (let entry = parser.activeFormattingElements.newest; entry !== null; entry = entry.older) {
    if ('element' in entry) return null;
    markers++;
  }
  const elements = openElements(parser)
    .slice(1)
    .map(({ node }) => node as DefaultTreeAdapterTypes.Element);
  if (elements.some(({ namespaceURI }) => namespaceURI !== elements[0]!.namespaceURI)) return null;
  const names = elements.map(({ tagName }) => tagName);
  const form = formElement === null ? null : elements.indexOf(formElement);
  if (form === -1) return null;
  const quirks = isPage && parser.treeAdapter.getDocumentMode(parser.document) === html.DOCUMENT_MODE.QUIRKS;
  // A fragment's first tag settles what kind of fragment it is.
  const before = isPage ? `${quirks ? '' : '<!doctype html>'}<html>` : '<br>';
  return {
    depth: names.length,
    state: JSON.stringify([mode, names, tmplInsertionModeStack, markers, form, quirks]),
    opening:
      before +
      names
        .slice(1)
        .map((name) => `<${name}>`)
        .join(''),
  };
}

interface OpenElement {
  readonly node: DefaultTreeAdapterTypes.Element | DefaultTreeAdapterTypes.Document;
  readonly children: number;
}

/** The document, then the outermost element first. */
function openElements({ openElements: open, document }: HtmlParser): OpenElement[] {
  const found: OpenElement[] = [];
  for (let slot = open.stackTop; slot !== -1; slot = open.slotBelow(slot)) {
    const node = open.items[slot] as DefaultTreeAdapterTypes.Element;
    found.push({ node, children: node.childNodes.length });
  }
  return [...found, { node: document, children: document.childNodes.length }].toReversed();
}

function onlyInnermostGrew(before: readonly OpenElement[], after: readonly OpenElement[]): boolean {
  const isSame = ({ node, children }: OpenElement, index: number): boolean =>
    node === after[index]?.node && (index === before.length - 1 || children === after[index].children);
  return before.length === after.length && before.every(isSame);
}
