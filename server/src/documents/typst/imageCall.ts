import type {
  AltSlot,
  ImageReference,
  ImageTarget,
  LinkContext,
  NearbyText,
  TextEdit,
  TextRange,
} from '../imageReference.ts';
import { knownString } from './constants.ts';
import { type FoundPicture, showsPicture } from './pictures.ts';
import { itemsText, plainText } from './plainText.ts';
import {
  positional,
  type Bindings,
  type CallNode,
  type ContentItem,
  type StringNode,
  type TypstArgument,
  type TypstNode,
  type Wrapper,
} from './syntax.ts';

/** More of a caption, a link's or a paragraph's words than this tells nothing new. */
const enoughWords = 400;
const enoughItems = 20;

/** `image(…)` → what is to be known of it; `otherPictures`: those of the same link. */
export function imageReference(
  text: string,
  { call, surroundings }: FoundPicture,
  bindings: Bindings,
  otherPictures: readonly CallNode[],
): ImageReference {
  const { figures, link, artifact, content, index } = surroundings;
  const linkWords = link === null ? '' : plainText(linkContent(link), enoughWords);
  const others = otherPictures.map((other) => readAlt(text, other, figures, bindings).alt ?? '').join(' ');
  const name = `${linkWords} ${others}`.trim();
  const destination = link === null ? null : linkDestination(link, bindings);
  const context: LinkContext | null = link && { range: link.range, destination, name: name === '' ? null : name };
  const reading = readAlt(text, call, figures, bindings);
  return {
    kind: artifact ? 'decorative' : context !== null && linkWords === '' ? 'link-only' : 'image',
    range: call.range,
    target: targetOf(call, bindings),
    others: [],
    ...reading,
    altExpected: !artifact,
    hidden: artifact,
    // What marks a picture as an artifact came with Typst 0.14: older ones would not compile the document any more.
    markDecorative: null,
    element: 'image',
    link: context,
    nearby: nearbyTexts(figures, linkWords, content.slice(index + 1, index + 1 + enoughItems), bindings),
    followsPrevious: false,
  };
}

function targetOf(call: CallNode, bindings: Bindings): ImageTarget {
  if (call.wrapper !== null) return wrappedTarget(call, call.wrapper, bindings);
  const own = call.arguments.find(({ name }) => name === null);
  const before = presetOf(call).find(({ name }) => name === null);
  const source = own ?? before;
  // Of two sources the second is none, and Typst says so.
  const isSure = source !== undefined && !source.spread && (own === undefined || before === undefined);
  const isKnown = isSure && !call.callee?.endsWith('decode') && !isReassigned(call, bindings);
  const written = isKnown ? knownString(source.value, bindings) : null;
  return { written, range: sourceRange(call, own), resolution: 'path' };
}

function wrappedTarget(call: CallNode, wrapper: Wrapper, bindings: Bindings): ImageTarget {
  const source = positional(call.arguments)[wrapper.source];
  const isKnown = source !== undefined && !call.arguments.some(({ spread }) => spread) && !isReassigned(call, bindings);
  const written = isKnown ? knownString(source.value, bindings) : null;
  return { written, range: sourceRange(call, source), resolution: 'path' };
}

/** Where a call writes its source; of one that writes none, where it could. */
function sourceRange(call: CallNode, source: TypstArgument | undefined): TextRange {
  if (source === undefined) return call.list ?? call.range;
  return source.value.kind === 'string' ? inside(source.value) : source.range;
}

function presetOf({ preset }: CallNode): readonly TypstArgument[] {
  return preset?.arguments ?? [];
}

/** What was given to `image.with` may not be what is called. */
function isReassigned({ preset, wrapper, callee }: CallNode, { assigned }: Bindings): boolean {
  const name = wrapper === null ? preset?.name : callee;
  return name != null && assigned.has(name);
}

type AltReading = Pick<
  ImageReference,
  'alt' | 'altRange' | 'dynamicAlt' | 'altMayBeReplaced' | 'altSlot' | 'removeAlt'
>;

const dynamic: AltReading = {
  alt: null,
  altRange: null,
  dynamicAlt: true,
  altMayBeReplaced: false,
  altSlot: null,
  removeAlt: null,
};

/** The picture's own alt, else that of the figure, which stands in for all that is in it. */
function readAlt(text: string, call: CallNode, figures: readonly CallNode[], bindings: Bindings): AltReading {
  if (isReassigned(call, bindings)) return dynamic;
  const figure = figures.map((each) => each.arguments.findLast(({ name }) => name === 'alt')).find(writesAlt);
  const ofFigure = figure && { ...writtenAlt(figure.value), removeAlt: null, altMayBeReplaced: false };
  if (call.wrapper !== null) {
    const wrapped = wrappedAlt(text, call, call.wrapper);
    return wrapped.alt === null && !wrapped.dynamicAlt ? (ofFigure ?? wrapped) : wrapped;
  }
  const own = call.arguments.findLast(({ name }) => name === 'alt');
  const spread = call.arguments.findLastIndex((argument) => argument.spread);
  if (own === undefined) {
    if (ofFigure !== undefined) return ofFigure;
    if (figures.some((each) => each.arguments.some((argument) => argument.spread))) return dynamic;
    if (spread !== -1 || presetOf(call).some((argument) => argument.spread)) return dynamic;
    return presetAlt(text, call, bindings);
  }
  return {
    ...writtenAlt(own.value),
    altMayBeReplaced: spread > call.arguments.indexOf(own),
    // Without its own it would have the preset's.
    removeAlt: own.value.kind === 'string' && !presetOf(call).some(givesAlt) ? removal(call, own) : null,
  };
}

/** Words go where the call gives them to the function, if it does. */
function wrappedAlt(text: string, call: CallNode, { alt }: Wrapper): AltReading {
  if (alt === null || call.arguments.some(({ spread }) => spread)) return dynamic;
  const given =
    'index' in alt ? positional(call.arguments)[alt.index] : call.arguments.findLast(({ name }) => name === alt.name);
  const rest = { altMayBeReplaced: false, removeAlt: null };
  if (given !== undefined) return { ...writtenAlt(given.value), ...rest };
  if ('index' in alt || (alt.default !== null && !isEmpty(alt.default))) return dynamic;
  return { ...dynamic, dynamicAlt: false, altSlot: insertion(text, call, alt.name) };
}

function isEmpty(node: TypstNode): boolean {
  return node.kind === 'none' || (node.kind === 'string' && node.value === '');
}

/** No alt of its own: that of `image.with(…)`, if any. Words go into the call itself, for that one is shared by others. */
function presetAlt(text: string, call: CallNode, bindings: Bindings): AltReading {
  const preset = presetOf(call).findLast(({ name }) => name === 'alt');
  const alt = writesAlt(preset) ? knownString(preset.value, bindings) : '';
  if (alt === null) return dynamic;
  return { ...dynamic, alt: alt === '' ? null : alt, dynamicAlt: false, altSlot: insertion(text, call) };
}

function givesAlt({ name, spread }: TypstArgument): boolean {
  return spread || name === 'alt';
}

function writesAlt(argument: TypstArgument | undefined): argument is TypstArgument {
  return argument !== undefined && argument.value.kind !== 'none';
}

function writtenAlt(value: TypstNode): Pick<AltReading, 'alt' | 'altRange' | 'dynamicAlt' | 'altSlot'> {
  const encodings: AltSlot['encodings'] = ['typst-string'];
  if (value.kind === 'none') {
    const altSlot = { range: value.range, before: '"', after: '"', encodings };
    return { alt: null, altRange: null, dynamicAlt: false, altSlot };
  }
  if (value.kind !== 'string') return { alt: null, altRange: value.range, dynamicAlt: true, altSlot: null };
  const range = inside(value);
  return {
    alt: value.value === '' ? null : value.value,
    altRange: range,
    dynamicAlt: false,
    altSlot: { range, before: '', after: '', encodings },
  };
}

/** After the last argument, on a line of its own where that one has one. */
function insertion(text: string, { arguments: given, list }: CallNode, name = 'alt'): AltSlot | null {
  if (list === null) return null;
  const last = given.findLast(({ range }) => range.end <= list.end);
  const nowhere = { start: list.start, end: list.start };
  if (last === undefined) return { range: nowhere, before: `${name}: "`, after: '"', encodings: ['typst-string'] };
  const line = /(\r?\n)([ \t]*)$/.exec(text.slice(Math.max(list.start, last.range.start - 1000), last.range.start));
  return {
    range: { start: last.range.end, end: last.range.end },
    before: `${line === null ? ', ' : `,${line[1]}${line[2]}`}${name}: "`,
    after: '"',
    encodings: ['typst-string'],
  };
}

function removal({ arguments: given }: CallNode, alt: TypstArgument): TextEdit {
  const index = given.indexOf(alt);
  const [before, next] = [given[index - 1], given[index + 1]];
  if (before !== undefined) return { range: { start: before.range.end, end: alt.range.end }, newText: '' };
  return { range: { start: alt.range.start, end: next?.range.start ?? alt.range.end }, newText: '' };
}

function inside({ range }: StringNode): TextRange {
  return { start: range.start + 1, end: Math.max(range.start + 1, range.end - 1) };
}

function linkContent({ arguments: given }: CallNode): TypstNode[] {
  const values = given.filter(({ name }) => name === null).map(({ value }) => value);
  return values.slice(1);
}

function linkDestination({ arguments: given }: CallNode, bindings: Bindings): string | null {
  const first = given.find(({ name }) => name === null);
  return first === undefined ? null : knownString(first.value, bindings);
}

function nearbyTexts(
  figures: readonly CallNode[],
  linkWords: string,
  after: readonly ContentItem[],
  bindings: Bindings,
): NearbyText[] {
  const nearby: NearbyText[] = figures.map((figure) => {
    const caption = figure.arguments.findLast(({ name }) => name === 'caption')?.value;
    const text = caption === undefined ? '' : (knownString(caption, bindings) ?? plainText([caption], enoughWords));
    return { source: 'caption', text };
  });
  nearby.push({ source: 'link', text: linkWords });
  const end = after.findIndex((item) => item.kind === 'break' || (item.kind === 'code' && showsPicture(item.node)));
  nearby.push({ source: 'following', text: itemsText(end === -1 ? after : after.slice(0, end), enoughWords) });
  return nearby.filter(({ text }) => text !== '');
}
