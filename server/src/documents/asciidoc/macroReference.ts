import type { ImageReference, ImageTarget, LinkContext, NearbyText, TextRange } from '../imageReference.ts';
import { type MacroList, readAlt } from './alt.ts';
import { type AttributeListEntry, parseAttributeList } from './attributeList.ts';
import { type BlockMetadata, metadataEntry } from './blockSyntax.ts';
import type { DocumentAttributes } from './documentAttributes.ts';
import type { InlineImage } from './inlineMacros.ts';
import type { CellPlace } from './tables.ts';
import { inCell, plainText, readValue } from './words.ts';

/** A link macro with the picture in it. */
export interface LinkAround {
  readonly range: TextRange;
  readonly content: TextRange;
  readonly destination: string;
  /** What it says besides pictures. */
  readonly text: string;
  /** What its other pictures' alts say. */
  readonly otherPictures: string;
}

export interface MacroPlace {
  readonly inline: boolean;
  readonly metadata: BlockMetadata;
  readonly cell: CellPlace | null;
  readonly link: LinkAround | null;
  /** The words after an inline picture in its paragraph. */
  readonly following: string;
}

/** A macro found in the document → what is to be known of it. */
export function imageReference(
  text: string,
  macro: InlineImage,
  place: MacroPlace,
  attributes: DocumentAttributes,
): ImageReference {
  const entries = parseAttributeList(text.slice(macro.list.start, macro.list.end), macro.list.start);
  const list: MacroList = { ...place, range: macro.list, entries, inLink: place.link !== null };
  const { line, ...alt } = readAlt(list, attributes);
  const range = { start: Math.min(macro.range.start, line?.start ?? macro.range.start), end: macro.range.end };
  const named = (name: string): AttributeListEntry | null =>
    entries.findLast((entry) => entry.name === name) ?? metadataEntry(place.metadata, name);
  const link = linkOf(range, place, named('link'), attributes);
  const alone = link !== null && (place.link === null || place.link.text === '' || named('link') !== null);
  return {
    ...alt,
    kind: alone ? 'link-only' : alt.alt === '' ? 'decorative' : 'image',
    range,
    target: targetOf(text, macro.target, place, named('imagesdir'), attributes),
    others: [],
    altExpected: true,
    hidden: false,
    altMayBeReplaced: false,
    markDecorative: alone && !link.name ? null : alt.markDecorative,
    element: place.inline ? 'image:' : 'image::',
    link,
    nearby: nearbyTexts(text, place, named('title'), attributes),
    followsPrevious: false,
  };
}

function targetOf(
  text: string,
  range: TextRange,
  { cell }: MacroPlace,
  ownFolder: AttributeListEntry | null,
  attributes: DocumentAttributes,
): ImageTarget {
  const { text: written, complete } = attributes.resolve(inCell(text.slice(range.start, range.end), cell));
  const folder = attributes.resolve(ownFolder?.value ?? attributes.get('imagesdir') ?? '');
  const relative = !/^(?:[a-z][a-z0-9+.-]*:|\/)/i.test(written);
  // A folder that only the build knows: a reference in its value has no attribute in this document.
  const known = complete && (!relative || (folder.complete && !/\{[\w-]+\}/.test(folder.text)));
  const target: ImageTarget = { written: known ? written : null, range, resolution: 'url' };
  if (!known || !relative || folder.text === '') return target;
  return { ...target, prefixes: [folder.text.endsWith('/') ? folder.text : `${folder.text}/`] };
}

function linkOf(
  range: TextRange,
  { link, inline, cell }: MacroPlace,
  own: AttributeListEntry | null,
  attributes: DocumentAttributes,
): LinkContext | null {
  if (own?.value) return { range, destination: readValue(own.value, attributes, inline, cell).text, name: null };
  if (link === null) return null;
  const name = `${link.text} ${link.otherPictures}`.trim();
  return { range: link.range, destination: link.destination, name: name === '' ? null : name };
}

function nearbyTexts(
  text: string,
  { inline, metadata, cell, link, following }: MacroPlace,
  title: AttributeListEntry | null,
  attributes: DocumentAttributes,
): NearbyText[] {
  const nearby: NearbyText[] = [];
  const above =
    metadata.title === null ? '' : plainText(text.slice(metadata.title.start, metadata.title.end), attributes);
  if (above !== '') nearby.push({ source: 'caption', text: above });
  if (title?.value) {
    const words = readValue(title.value, attributes, inline, cell).text;
    nearby.push({ source: inline ? 'title' : 'caption', text: words });
  }
  if (link !== null && link.text !== '') nearby.push({ source: 'link', text: link.text });
  if (following !== '') nearby.push({ source: 'following', text: following });
  return nearby;
}
