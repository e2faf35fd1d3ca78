/** What a picture is to the link or button around it. */
import type { LinkContext } from './imageReference.ts';
import {
  attribute,
  attributeText,
  type MarkupDialect,
  type MarkupElement,
  type MarkupSource,
  sourceText,
} from './markup.ts';
import { type AltReading, readAlt } from './markupAlt.ts';
import { pictureRole } from './markupImages.ts';
import { ariaLabel, collapse, contentOf } from './markupText.ts';
import { isButton, linkDestination } from './markupWalk.ts';

export interface LinkContent {
  /** What the link says in words; pictures apart. */
  readonly text: string;
  /** Something in it only the program knows. */
  readonly unknown: boolean;
  /** Pictures with words, each with them ('' where only the program knows them). */
  readonly named: ReadonlyMap<MarkupElement, string>;
  /** How many pictures have no alt at all. */
  readonly missing: number;
}

export function linkContent(source: MarkupSource, link: MarkupElement, dialect: MarkupDialect): LinkContent {
  const { text, unknown, pictures } = contentOf(link.children, dialect);
  const named = new Map<MarkupElement, string>();
  let missing = 0;
  for (const picture of pictures) {
    const role = pictureRole(picture, dialect);
    const label = ariaLabel(picture);
    if (role === null) {
      if (label !== null) named.set(picture, label);
      continue;
    }
    const { alt, dynamicAlt, namedOtherwise } = readAlt(source, picture, role, dialect);
    if (dynamicAlt || namedOtherwise || alt?.trim()) named.set(picture, alt ?? '');
    else if (alt === null) missing++;
  }
  return { text, unknown, named, missing };
}

/** More names than a link's name needs. */
const enoughNames = 5;

export function linkContext(
  source: MarkupSource,
  link: MarkupElement,
  content: LinkContent,
  picture: MarkupElement,
): LinkContext {
  const others: string[] = [];
  for (const [other, words] of content.named) {
    if (other !== picture) others.push(words);
    if (others.length === enoughNames) break;
  }
  const said = collapse([content.text, ...others].join(' '));
  const label = labelOf(source, link);
  const title = attributeText(link, 'title')?.trim() || computedWords(source, link, 'title');
  // A misnested link, doubled by the parser, has no tag of its own here.
  const range = link.end === 0 ? picture.range : { start: link.range.start, end: link.end };
  const found = { range, destination: linkDestination(link), name: label ?? (said || title) };
  return isButton(link) ? { ...found, isButton: true } : found;
}

/** What ARIA names an element by, before all that it shows. */
function labelOf(source: MarkupSource, element: MarkupElement): string | null {
  return (
    ariaLabel(element) ?? computedWords(source, element, 'aria-label') ?? written(source, element, 'aria-labelledby')
  );
}

/** A name that only the program knows: its expression. */
function computedWords(source: MarkupSource, element: MarkupElement, name: string): string | null {
  return attribute(element, name)?.value.kind === 'computed' ? written(source, element, name) : null;
}

function written(source: MarkupSource, element: MarkupElement, name: string): string | null {
  const found = attribute(element, name);
  if (found === null || found.value.kind === 'absent') return null;
  return sourceText(source, found.valueRange.start, found.valueRange.end).trim() || null;
}

/**
 * The link shows pictures and nothing else, whichever of them has words. Of several, the ones with an empty alt are
 * decoration beside the one that names the link.
 */
export function showsAlone(
  link: MarkupElement,
  content: LinkContent,
  picture: MarkupElement,
  alt: AltReading,
  name: string | null,
): boolean {
  if (content.unknown || content.text !== '') return false;
  if (alt.alt !== '') return true;
  const othersWithWords = content.named.size - (content.named.has(picture) ? 1 : 0);
  return othersWithWords === 0 && name === null && link.spreads.length === 0 && content.missing === 0;
}

/** An `area` or `input` is its own link. */
export function ownLink(source: MarkupSource, element: MarkupElement): LinkContext | null {
  if (element.name === 'area' && linkDestination(element) === null) return null;
  const name = labelOf(source, element) ?? (attributeText(element, 'title')?.trim() || null);
  return { range: element.range, destination: linkDestination(element), name };
}
