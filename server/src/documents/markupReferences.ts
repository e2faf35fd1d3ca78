/**
 * Markup → references: one reading of pictures, links, captions and names for every family whose tree is brought to
 * `MarkupNode`s.
 */
import type { ImageReference, NearbyText, TextRange } from './imageReference.ts';
import {
  attribute,
  attributeText,
  hasAttribute,
  type MarkupDialect,
  type MarkupElement,
  type MarkupNode,
  type MarkupSource,
} from './markup.ts';
import { type AltReading, decorativeEdit, readAlt } from './markupAlt.ts';
import { type LinkContent, linkContent, linkContext, ownLink, showsAlone } from './markupLinks.ts';
import { type PictureRole, pictureFiles, pictureRole, roles, type TargetRules } from './markupImages.ts';
import { styleReferences } from './markupStyle.ts';
import { collapse, contentOf, followingText } from './markupText.ts';
import { type Frame, isAriaHidden, isConcealed, walkMarkup } from './markupWalk.ts';

export interface MarkupReading {
  readonly references: readonly ImageReference[];
  readonly declaredLanguage: string | null;
  readonly prose: string;
}

/** So many characters tell a language. */
const enoughProse = 4000;

export function readMarkup(source: MarkupSource, nodes: readonly MarkupNode[], dialect: MarkupDialect): MarkupReading {
  const { text, offsetOf } = source;
  const rules: TargetRules = {
    base: /<base\b/i.test(text) ? baseHref(nodes, dialect) : null,
    aliases: dialect.aliases,
    offsetOf,
  };
  const page: Page = {
    source,
    dialect,
    rules,
    link: once((link) => linkContent(source, link, dialect)),
    caption: once((figure) => figureCaption(figure, dialect)),
    seenPictures: new Set(),
  };
  const found: ImageReference[] = [];
  let declaredLanguage: string | null = null;
  let prose = '';
  walkMarkup(nodes, dialect, (node, frames) => {
    if (node.kind === 'text') {
      if (prose.length < enoughProse && !frames.at(-1)!.surroundings.inCode) prose += ` ${node.text}`;
    } else if (node.kind === 'element') {
      if (node.name === 'html') declaredLanguage ??= declaredIn(node);
      const role = pictureRole(node, dialect);
      if (role !== null) found.push(reference(page, node, role, frames));
      found.push(...styleReferences(node, rules));
    }
  });
  const ordered = found.toSorted((a, b) => offsetOf(a.range.start) - offsetOf(b.range.start));
  const references = placed(source, ordered, dialect.mapOffset);
  return { references, declaredLanguage, prose: collapse(prose).slice(0, enoughProse) };
}

/** What is asked of an element many times is worked out once. */
function once<T>(make: (element: MarkupElement) => T): (element: MarkupElement) => T {
  const known = new Map<MarkupElement, T>();
  return (element) => {
    if (!known.has(element)) known.set(element, make(element));
    return known.get(element)!;
  };
}

function baseHref(nodes: readonly MarkupNode[], dialect: MarkupDialect): string | null {
  let base: string | null = null;
  walkMarkup(nodes, dialect, (node) => {
    if (base === null && node.kind === 'element' && node.name === 'base')
      base = attributeText(node, 'href')?.trim() || null;
  });
  return base;
}

function declaredIn(html: MarkupElement): string | null {
  const lang = attributeText(html, 'lang') ?? attributeText(html, 'xml:lang');
  return lang?.trim().toLowerCase() || null;
}

interface Page {
  readonly source: MarkupSource;
  readonly dialect: MarkupDialect;
  readonly rules: TargetRules;
  readonly link: (link: MarkupElement) => LinkContent;
  /** A figure's caption in words; null: none, or known only to the program. */
  readonly caption: (figure: MarkupElement) => string | null;
  /** `picture` elements whose sources have been given to their `img`. */
  readonly seenPictures: Set<MarkupElement>;
}

function reference(page: Page, element: MarkupElement, role: PictureRole, frames: readonly Frame[]): ImageReference {
  const { source, dialect, rules, seenPictures } = page;
  const { surroundings } = frames.at(-1)!;
  const alt = readAlt(source, element, role, dialect);
  const around = surroundings.link;
  const link = around === null ? null : linkContext(source, around, page.link(around), element);
  const presentational = roles(element).some((name) => name === 'presentation' || name === 'none');
  const decorative = presentational || isAriaHidden(element) || surroundings.ariaHidden;
  const hidden = decorative || isConcealed(element);
  const isAlone = around !== null && showsAlone(around, page.link(around), element, alt, link?.name ?? null);
  const leads = isAlone || (role === 'control' && leadsSomewhere(element));
  const kind = decorative ? 'decorative' : leads ? 'link-only' : alt.alt === '' ? 'decorative' : 'image';
  const namelessLink = kind === 'link-only' && !link?.name;
  const picture =
    surroundings.picture !== null && !seenPictures.has(surroundings.picture) ? surroundings.picture : null;
  if (picture !== null) seenPictures.add(picture);
  return {
    kind,
    range: element.range,
    ...pictureFiles(element, picture, rules),
    alt: alt.alt,
    altRange: alt.altRange,
    dynamicAlt: alt.dynamicAlt,
    altExpected: expectsAlt(element, role, alt) && !hidden && !surroundings.concealed,
    hidden,
    altMayBeReplaced: alt.altMayBeReplaced,
    altSlot: alt.altSlot,
    removeAlt: alt.removeAlt,
    markDecorative: namelessLink || (decorative && !alt.alt) ? null : decorativeEdit(element, role, alt),
    element: element.name,
    link: role === 'control' ? ownLink(source, element) : link,
    nearby: nearby(page, element, frames),
    followsPrevious: false,
  };
}

/** An `input`, or an `area` with a destination. */
function leadsSomewhere(element: MarkupElement): boolean {
  return element.name !== 'area' || hasAttribute(element, 'href');
}

function expectsAlt(element: MarkupElement, role: PictureRole, alt: AltReading): boolean {
  if (alt.namedOtherwise || role === 'still' || !leadsSomewhere(element)) return false;
  // Hidden or not: only the program knows.
  return attribute(element, 'aria-hidden')?.value.kind !== 'computed';
}

function nearby(page: Page, element: MarkupElement, frames: readonly Frame[]): NearbyText[] {
  const { figure, link, inCaption } = frames.at(-1)!.surroundings;
  const words: NearbyText[] = [];
  const say = (source: NearbyText['source'], text: string | null): void => {
    if (text !== null && text.trim() !== '') words.push({ source, text: collapse(text) });
  };
  if (figure !== null && !inCaption) say('caption', page.caption(figure));
  say('title', attributeText(element, 'title'));
  if (link !== null && !page.link(link).unknown) say('link', page.link(link).text);
  say('following', followingText(frames, page.dialect));
  return words;
}

function figureCaption(figure: MarkupElement, dialect: MarkupDialect): string | null {
  const caption = captionIn(figure.children, 0);
  if (caption === null) return null;
  const { text, unknown } = contentOf(caption.children, dialect);
  return unknown ? null : text;
}

/** The first caption that is this figure's own; wrappers around it are few. */
function captionIn(nodes: readonly MarkupNode[], depth: number): MarkupElement | null {
  for (const node of nodes) {
    if (node.kind !== 'element' || node.name === 'figure') continue;
    const found = node.name === 'figcaption' ? node : depth < 5 ? captionIn(node.children, depth + 1) : null;
    if (found !== null) return found;
  }
  return null;
}

/** In the document's own offsets, each beside the picture before it. */
function placed(
  { text, offsetOf }: MarkupSource,
  ordered: readonly ImageReference[],
  mapOffset: (offset: number) => number,
): ImageReference[] {
  let previousEnd = -1;
  return ordered.map((each) => {
    const start = offsetOf(each.range.start);
    const followsPrevious = previousEnd >= 0 && previousEnd <= start && text.slice(previousEnd, start).trim() === '';
    if (each.kind !== 'css') previousEnd = offsetOf(each.range.end);
    return {
      ...mapped(each, (mark) => mapOffset(offsetOf(mark))),
      followsPrevious: followsPrevious && each.kind !== 'css',
    };
  });
}

function mapped(each: ImageReference, mapOffset: (offset: number) => number): ImageReference {
  const map = (range: TextRange): TextRange => ({ start: mapOffset(range.start), end: mapOffset(range.end) });
  const within = <T extends { readonly range: TextRange }>(part: T): T => ({ ...part, range: map(part.range) });
  return {
    ...within(each),
    target: within(each.target),
    others: each.others.map(within),
    altRange: each.altRange && map(each.altRange),
    altSlot: each.altSlot && within(each.altSlot),
    removeAlt: each.removeAlt && within(each.removeAlt),
    markDecorative: each.markDecorative && within(each.markDecorative),
    link: each.link && within(each.link),
  };
}
