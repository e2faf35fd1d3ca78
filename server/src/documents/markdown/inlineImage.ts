import type { Image, ImageReference as ImageByReference } from 'mdast';
import { encodeHtmlDoubleQuoted } from '../encode/html.ts';
import { encodeHtmlInMarkdown } from '../encode/markdown.ts';
import type { AltEncoding, AltSlot, TextEdit, TextRange } from '../imageReference.ts';
import {
  altOrNull,
  filledInLater,
  type FoundImage,
  imageReference,
  type ImagePlace,
  slot,
  urlTarget,
} from './foundImage.ts';
import { type SpanAttribute, spanAttributes, spanEncodings } from './spanAttributes.ts';

/** Where the image's file is written: in its own parentheses or in a definition. */
export interface Destination {
  readonly url: string;
  readonly title: string | null;
  readonly range: TextRange;
}

/** Obsidian's `![Alt|300](a.png)`: a size, no words. In a table its pipe is escaped. */
const size = /(?<=(?:^|[^\\])(?:\\\\)*)\|\d+(?:x\d+)?$/;
const sizeInTable = /(?<=(?:^|[^\\])(?:\\\\)*)\\\|\d+(?:x\d+)?$/;

/** `![Alt](a.png "Title")`, `![Alt][id]`, `![id][]`, `![id]`, each with attributes behind it or not. */
export function inlineImage(
  node: Image | ImageByReference,
  label: TextRange,
  destination: Destination,
  place: ImagePlace,
): FoundImage {
  const { text, range, attributes } = place;
  const written = text.slice(label.start, label.end);
  const sizeLength = (place.inTable ? sizeInTable : size).exec(written)?.[0].length ?? 0;
  const unsized = sizeLength === 0 ? written.length : written.slice(0, written.length - sizeLength).trimEnd().length;
  const altRange = { start: label.start, end: label.start + unsized };
  const caption = sizeLength > 0 ? (node.alt ?? '').replace(/\s*\|[^|]*$/, '') : (node.alt ?? '');
  const shared = { target: urlTarget(destination.url, destination.range), element: '![]' };
  const found = { title: destination.title, outerEnd: attributes?.end ?? range.end };
  const stated = attributes === null ? null : statedAlt(text, attributes);
  if (attributes !== null && stated !== null) {
    const alt = altOrNull(stated.value);
    const reference = imageReference({
      ...shared,
      range: { start: range.start, end: attributes.end },
      alt,
      altRange: alt === null ? null : stated.valueRange,
      altSlot: attributeSlot(stated, place),
      // Without the attribute the label would be the alt.
      removeAlt: alt === null ? null : { range: stated.valueRange, newText: stated.quote === null ? '""' : '' },
      nearby: caption.trim() === '' ? [] : [{ source: 'caption', text: caption }],
    });
    return { ...found, reference };
  }
  const alt = altOrNull(caption);
  const labelIsCaption = place.pandoc && place.alone && (caption.trim() !== '' || attributes !== null);
  const reference = imageReference({
    ...shared,
    range: place.pandoc ? { start: range.start, end: found.outerEnd } : range,
    alt,
    altRange: alt === null ? null : altRange,
    altSlot: labelIsCaption ? newAttribute(place) : labelSlot(node, altRange, place),
    removeAlt: alt === null || labelIsCaption ? null : removal(labelSlot(node, altRange, place)),
    markDecorative: decorative(destination, place),
  });
  return { ...found, reference };
}

/** What names the picture in place of its label: Quarto's `fig-alt`, Pandoc's and MkDocs' `alt`. */
function statedAlt(text: string, attributes: TextRange): SpanAttribute | null {
  const all = spanAttributes(text, attributes);
  return all.find(({ key }) => key === 'fig-alt') ?? all.find(({ key }) => key === 'alt') ?? null;
}

/** A table looks for its bars before attributes are read. */
function attributeEncodings(quote: '"' | "'", { inTable }: ImagePlace): readonly AltEncoding[] {
  return inTable ? [spanEncodings[quote], 'escaped-pipe'] : [spanEncodings[quote]];
}

function attributeSlot({ valueRange, quote }: SpanAttribute, place: ImagePlace): AltSlot {
  const encodings = attributeEncodings(quote ?? '"', place);
  return quote === null ? slot(valueRange, encodings, '"', '"') : slot(valueRange, encodings);
}

/**
 * A figure's label is its caption and stays as it is, and an empty one stays empty: words in it would be seen. The alt
 * goes into the attributes that are there or into new ones.
 */
function newAttribute(place: ImagePlace): AltSlot {
  const { text, range, attributes } = place;
  const encodings = attributeEncodings('"', place);
  if (attributes === null) return slot({ start: range.end, end: range.end }, encodings, '{fig-alt="', '"}');
  const at = text.slice(0, attributes.end - 1).trimEnd().length;
  const space = at === attributes.start + 1 ? '' : ' ';
  return slot({ start: at, end: at }, encodings, `${space}fig-alt="`, '"');
}

/** In `![id][]` and `![id]` the label names the definition too, and has to stay as that. */
function labelSlot(node: Image | ImageByReference, altRange: TextRange, { text, range, inTable }: ImagePlace): AltSlot {
  const encodings = [inTable ? 'markdown-table-cell' : 'markdown'] as const;
  if (node.type === 'image' || node.referenceType === 'full') return slot(altRange, encodings);
  const end = node.referenceType === 'shortcut' ? range.end - 1 : range.end - 3;
  const size = text.slice(altRange.end, end);
  const label = text.slice(altRange.start, end);
  return slot({ start: altRange.start, end: range.end - 1 }, encodings, '', `${size}][${label}`);
}

function removal({ range, after }: AltSlot): TextEdit {
  return { range, newText: after };
}

/** Markdown has no way to mark a picture as decorative, but HTML. */
function decorative({ url, title }: Destination, place: ImagePlace): TextEdit | null {
  if (url === '' || filledInLater(url) || place.pandoc || place.attributes !== null || startsHtmlBlock(place))
    return null;
  const quoted = (value: string): string => `"${encodeHtmlInMarkdown(encodeHtmlDoubleQuoted(value))}"`;
  const titled = title === null ? '' : ` title=${quoted(title)}`;
  return { range: place.range, newText: `<img src=${quoted(url)} alt=""${titled}>` };
}

/** A tag alone on a paragraph's first line would make HTML of the lines below. */
function startsHtmlBlock({ text, range, first }: ImagePlace): boolean {
  const below = /^[ \t]*(?:\r\n|\n|\r)([^\r\n]*)/.exec(text.slice(range.end));
  return first && below !== null && /[^\s>]/.test(below[1]!);
}
