/**
 * Markup → references: one reading of pictures, links, captions and names for every family whose tree is brought to
 * `MarkupNode`s.
 */
import type { ImageReference, LinkContext, NearbyText, ReferenceKind, TextRange } from './imageReference.ts';
import { attributeText, type MarkupDialect, type MarkupElement, type MarkupNode } from './markup.ts';
import { type AltReading, decorativeEdit, readAlt } from './markupAlt.ts';
import { type PictureRole, pictureFiles, pictureRole, roles, type TargetRules } from './markupImages.ts';
import { styleReferences } from './markupStyle.ts';
import { ariaLabel, collapse, type Content, contentOf, followingText, namedElsewhere } from './markupText.ts';
import { type Frame, isAriaHidden, isConcealed, linkDestination, walkMarkup } from './markupWalk.ts';

export interface MarkupReading {
  readonly references: readonly ImageReference[];
  readonly declaredLanguage: string | null;
  readonly prose: string;
}

/** So many characters tell a language. */
const enoughProse = 4000;

export function readMarkup(text: string, nodes: readonly MarkupNode[], dialect: MarkupDialect): MarkupReading {
  const rules: TargetRules = { base: baseHref(nodes, dialect), aliases: dialect.aliases };
  const contents = new Map<MarkupElement, Content>();
  const content = (element: MarkupElement): Content => {
    const known = contents.get(element) ?? contentOf(element.children, dialect);
    contents.set(element, known);
    return known;
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
      if (role !== null) found.push(reference({ text, element: node, role, frames, dialect, rules, content }));
      found.push(...styleReferences(node, rules));
    }
  });
  const ordered = found.toSorted((a, b) => a.range.start - b.range.start);
  const references = placed(text, ordered, dialect.mapOffset);
  return { references, declaredLanguage, prose: collapse(prose).slice(0, enoughProse) };
}

function baseHref(nodes: readonly MarkupNode[], dialect: MarkupDialect): string | null {
  let base: string | null = null;
  walkMarkup(nodes, dialect, (node) => {
    if (base === null && node.kind === 'element' && node.name === 'base') base = attributeText(node, 'href')?.trim() || null;
  });
  return base;
}

function declaredIn(html: MarkupElement): string | null {
  const lang = attributeText(html, 'lang') ?? attributeText(html, 'xml:lang');
  return lang?.trim().toLowerCase() || null;
}

interface Picture {
  readonly text: string;
  readonly element: MarkupElement;
  readonly role: PictureRole;
  readonly frames: readonly Frame[];
  readonly dialect: MarkupDialect;
  readonly rules: TargetRules;
  readonly content: (element: MarkupElement) => Content;
}

function reference(picture: Picture): ImageReference {
  const { text, element, role, frames, dialect, rules, content } = picture;
  const { surroundings } = frames.at(-1)!;
  const alt = readAlt(text, element, role, dialect);
  const link = linkContext(picture);
  const presentational = roles(element).some((name) => name === 'presentation' || name === 'none');
  const hidden = presentational || isAriaHidden(element) || isConcealed(element) || surroundings.ariaHidden;
  const decorative = presentational || isAriaHidden(element) || surroundings.ariaHidden;
  const kind = kindOf(picture, alt, link, decorative);
  const computedMark = attributeText(element, 'aria-hidden') === null && element.attributes.some(({ name, value }) => name === 'aria-hidden' && value.kind === 'computed');
  const nameless = kind === 'link-only' && !link?.name;
  return {
    kind,
    range: element.range,
    ...pictureFiles(element, surroundings.picture, rules),
    alt: alt.alt,
    altRange: alt.altRange,
    dynamicAlt: alt.dynamicAlt,
    altExpected: expectsAlt(picture, alt) && !hidden && !surroundings.concealed && !computedMark,
    hidden,
    altMayBeReplaced: alt.altMayBeReplaced,
    altSlot: alt.altSlot,
    removeAlt: alt.removeAlt,
    markDecorative: nameless || decorative ? null : decorativeEdit(element, role, alt),
    element: element.name,
    link: role === 'control' ? ownLink(element) : link,
    nearby: nearby(picture, content),
    followsPrevious: false,
  };
}

function expectsAlt({ element, role }: Picture, alt: AltReading): boolean {
  if (alt.namedOtherwise || role === 'still') return false;
  return element.name !== 'area' || linkDestination(element) !== null || element.attributes.some(({ name }) => name === 'href');
}

function kindOf(picture: Picture, alt: AltReading, link: LinkContext | null, decorative: boolean): ReferenceKind {
  const { element, role, frames } = picture;
  if (decorative) return 'decorative';
  if (role === 'control' && (element.name !== 'area' || element.attributes.some(({ name }) => name === 'href'))) return 'link-only';
  const around = frames.at(-1)!.surroundings.link;
  if (around !== null && showsAlone(picture, around, alt, link)) return 'link-only';
  return alt.alt === '' ? 'decorative' : 'image';
}

/**
 * Nothing in the link has words but this picture. Of several, the ones without any words are decoration beside the one
 * that names the link.
 */
function showsAlone(picture: Picture, link: MarkupElement, alt: AltReading, context: LinkContext | null): boolean {
  const { text, unknown, pictures } = picture.content(link);
  if (unknown || text !== '') return false;
  const named = context?.name != null || namedElsewhere(link);
  if (alt.alt === '' && named) return false;
  const others = pictures.filter((other) => other !== picture.element);
  const alts = others.map((other) => otherAlt(picture, other));
  if (alts.some((other) => other === 'words')) return false;
  return alt.alt !== '' || !alts.includes('missing');
}

function otherAlt({ text, dialect }: Picture, other: MarkupElement): 'words' | 'empty' | 'missing' {
  const role = pictureRole(other, dialect);
  if (role === null) return ariaLabel(other) === null ? 'empty' : 'words';
  const { alt, dynamicAlt, namedOtherwise } = readAlt(text, other, role, dialect);
  if (dynamicAlt || namedOtherwise || alt?.trim()) return 'words';
  return alt === null ? 'missing' : 'empty';
}

function linkContext(picture: Picture): LinkContext | null {
  const { element, frames, content } = picture;
  const link = frames.at(-1)!.surroundings.link;
  if (link === null) return null;
  const { text, pictures } = content(link);
  const others = pictures.filter((other) => other !== element).map((other) => otherWords(picture, other));
  const name = ariaLabel(link) ?? (collapse([text, ...others].join(' ')) || attributeText(link, 'title')?.trim() || null);
  // A misnested link, doubled by the parser, has no tag of its own here.
  const range = link.end === 0 ? element.range : { start: link.range.start, end: link.end };
  return { range, destination: linkDestination(link), name };
}

function otherWords({ text, dialect }: Picture, other: MarkupElement): string {
  const role = pictureRole(other, dialect);
  return (role === null ? ariaLabel(other) : readAlt(text, other, role, dialect).alt) ?? '';
}

/** An `area` or `input` is its own link. */
function ownLink(element: MarkupElement): LinkContext | null {
  if (element.name === 'area' && linkDestination(element) === null) return null;
  const name = attributeText(element, 'title')?.trim() || null;
  return { range: element.range, destination: linkDestination(element), name };
}

function nearby(picture: Picture, content: (element: MarkupElement) => Content): NearbyText[] {
  const { element, frames, dialect } = picture;
  const { figure, link } = frames.at(-1)!.surroundings;
  const words: NearbyText[] = [];
  const say = (source: NearbyText['source'], text: string | null | undefined): void => {
    if (text != null && text.trim() !== '') words.push({ source, text: collapse(text) });
  };
  const caption = figure === null ? null : figureCaption(figure);
  if (caption !== null && !frames.some(({ parent }) => parent === caption)) {
    const { text, unknown } = content(caption);
    if (!unknown) say('caption', text);
  }
  say('title', attributeText(element, 'title'));
  if (link !== null && !content(link).unknown) say('link', content(link).text);
  say('following', followingText(frames, dialect));
  return words;
}

function figureCaption(figure: MarkupElement): MarkupElement | null {
  for (const child of figure.children) {
    if (child.kind === 'element' && child.name === 'figcaption') return child;
  }
  return null;
}

/** In the document's own offsets, each beside the picture before it. */
function placed(text: string, ordered: readonly ImageReference[], mapOffset: (offset: number) => number): ImageReference[] {
  let previousEnd = -1;
  return ordered.map((each) => {
    const { start, end } = each.range;
    const followsPrevious = previousEnd >= 0 && previousEnd <= start && text.slice(previousEnd, start).trim() === '';
    if (each.kind !== 'css') previousEnd = end;
    return { ...mapped(each, mapOffset), followsPrevious: followsPrevious && each.kind !== 'css' };
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
