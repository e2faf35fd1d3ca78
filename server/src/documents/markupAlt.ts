/** What names a picture in markup, and the edits that change it. */
import type { AltSlot, ImageReference, TextEdit, TextRange } from './imageReference.ts';
import {
  attribute,
  attributeText,
  hasAttribute,
  type MarkupAttribute,
  type MarkupDialect,
  type MarkupElement,
  type MarkupSource,
  sourceText,
} from './markup.ts';
import type { PictureRole } from './markupImages.ts';
import { ariaLabel, collapse, namedElsewhere } from './markupText.ts';

export type AltReading = Pick<
  ImageReference,
  'alt' | 'altRange' | 'dynamicAlt' | 'altMayBeReplaced' | 'altSlot' | 'removeAlt'
> & {
  /** It has a name that is no alt: `aria-labelledby`, a spread that may bring one, what an `object` holds. */
  readonly namedOtherwise: boolean;
};

const unnamed: AltReading = {
  alt: null,
  altRange: null,
  dynamicAlt: false,
  altMayBeReplaced: false,
  altSlot: null,
  removeAlt: null,
  namedOtherwise: false,
};

export function readAlt(
  source: MarkupSource,
  element: MarkupElement,
  role: PictureRole,
  dialect: MarkupDialect,
): AltReading {
  const inAlt = role === 'img' || role === 'control';
  const alt = inAlt ? attribute(element, 'alt') : null;
  if (alt !== null && alt.value.kind !== 'absent') return fromAttribute(source, element, alt, dialect);
  const label = attribute(element, 'aria-label');
  if (ariaLabel(element) !== null && label !== null) return fromAttribute(source, element, label, dialect);
  if (namedElsewhere(element)) {
    const computed = label !== null && label.value.kind !== 'text';
    return { ...unnamed, dynamicAlt: computed, namedOtherwise: true };
  }
  const title = inAlt ? null : titleElement(element);
  if (title !== null) return { ...unnamed, ...title, namedOtherwise: true };
  // What is spread may bring an alt: as good as computed.
  if (element.spreads.length > 0) return { ...unnamed, dynamicAlt: true, namedOtherwise: true };
  const namedOtherwise = element.name === 'object' && hasFallback(element);
  return { ...unnamed, altSlot: newAlt(element, alt, inAlt, dialect), namedOtherwise };
}

/** A drawing's own `<title>`. */
function titleElement(element: MarkupElement): Pick<AltReading, 'alt' | 'dynamicAlt'> | null {
  for (const child of element.children) {
    if (child.kind !== 'element' || child.name !== 'title') continue;
    const computed = child.children.some(({ kind }) => kind === 'output');
    const words = collapse(child.children.map((node) => (node.kind === 'text' ? node.text : ' ')).join(''));
    if (computed || words !== '') return { alt: computed ? null : words, dynamicAlt: computed };
  }
  return null;
}

function hasFallback(element: MarkupElement): boolean {
  return element.children.some((child) => child.kind !== 'text' || child.text.trim() !== '');
}

function fromAttribute(
  source: MarkupSource,
  element: MarkupElement,
  alt: MarkupAttribute,
  dialect: MarkupDialect,
): AltReading {
  if (alt.value.kind !== 'text') return { ...unnamed, dynamicAlt: true };
  const replaced = element.spreads.some((at) => (dialect.laterWins ? at > alt.range.start : at < alt.range.start));
  return {
    alt: alt.value.text,
    altRange: alt.valueRange,
    dynamicAlt: false,
    altMayBeReplaced: replaced,
    altSlot: alt.slot,
    removeAlt: isWrittenTwice(source, element, alt)
      ? null
      : { range: withBlanksBefore(source, alt.range), newText: '' },
    namedOtherwise: false,
  };
}

/** A second `alt` counts as soon as the first is gone. */
function isWrittenTwice(source: MarkupSource, element: MarkupElement, alt: MarkupAttribute): boolean {
  if (element.attributes.some((other) => other !== alt && other.name === alt.name)) return true;
  let rest = '';
  let at = element.range.start;
  for (const { range } of element.attributes.toSorted((a, b) => a.range.start - b.range.start)) {
    rest += `${sourceText(source, at, range.start)} `;
    at = range.end;
  }
  return new RegExp(`[\\s/"']${alt.name}(?=[\\s=/>]|$)`, 'i').test(rest + sourceText(source, at, element.range.end));
}

function withBlanksBefore({ text, offsetOf }: MarkupSource, { start, end }: TextRange): TextRange {
  const at = offsetOf(start);
  let blanks = 0;
  while (/\s/.test(text[at - blanks - 1] ?? '')) blanks++;
  return { start: start - blanks, end };
}

/** A place for words where there are none yet: an empty `aria-label`, an alt bound to nothing, or a new attribute. */
function newAlt(
  element: MarkupElement,
  absentAlt: MarkupAttribute | null,
  inAlt: boolean,
  dialect: MarkupDialect,
): AltSlot {
  const name = inAlt ? 'alt' : 'aria-label';
  const existing = absentAlt ?? (inAlt ? null : attribute(element, name));
  if (existing?.value.kind === 'text' && existing.slot !== null) return existing.slot;
  const quote = element.insertQuote;
  const encodings = dialect.encodings[quote];
  if (existing !== null) return { range: existing.range, before: `${name}=${quote}`, after: quote, encodings };
  return {
    range: { start: element.insertAt, end: element.insertAt },
    before: ` ${name}=${quote}`,
    after: quote,
    encodings,
  };
}

/** `alt=""`; on a drawing `aria-hidden`. Null where the words are computed, or where it is marked already. */
export function decorativeEdit(element: MarkupElement, role: PictureRole, alt: AltReading): TextEdit | null {
  if (role === 'control' || role === 'still' || alt.dynamicAlt) return null;
  if (role === 'graphic') {
    if (element.name !== 'svg' || alt.alt !== null || hasAttribute(element, 'aria-hidden')) return null;
    return { range: { start: element.insertAt, end: element.insertAt }, newText: ' aria-hidden="true"' };
  }
  if (alt.alt === '' || alt.altSlot === null || attributeText(element, 'aria-label')?.trim()) return null;
  const { range, before, after } = alt.altSlot;
  return { range, newText: before + after };
}
