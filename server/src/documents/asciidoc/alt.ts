import type { AltEncoding, AltSlot, TextEdit, TextRange } from '../imageReference.ts';
import type { AttributeListEntry } from './attributeList.ts';
import { type BlockMetadata, metadataEntry } from './blockSyntax.ts';
import type { DocumentAttributes } from './documentAttributes.ts';
import type { CellPlace } from './tables.ts';
import { readValue } from './words.ts';

/** `image::a.png[…]` or `image:a.png[…]` as far as its alt is concerned. */
export interface MacroList {
  /** Between the brackets. */
  readonly range: TextRange;
  readonly entries: readonly AttributeListEntry[];
  readonly inline: boolean;
  readonly inLink: boolean;
  readonly cell: CellPlace | null;
  readonly metadata: BlockMetadata;
}

export interface AltReading {
  readonly alt: string | null;
  readonly altRange: TextRange | null;
  readonly dynamicAlt: boolean;
  readonly altSlot: AltSlot | null;
  readonly removeAlt: TextEdit | null;
  readonly markDecorative: TextEdit | null;
  /** The attribute line above the block that carries the alt, if one does. */
  readonly line: TextRange | null;
}

/**
 * `alt=` wherever it stands, else the first position, else `[alt=…]` above the block. An empty one that is written is a
 * decision: the page gets `alt=""`, where without one it gets the file's name.
 */
export function readAlt(list: MacroList, attributes: DocumentAttributes): AltReading {
  const named = list.entries.filter(({ name }) => name === 'alt');
  const first = list.entries[0]!;
  const positional = first.name === null && first.value !== null ? [first] : [];
  const above = metadataEntry(list.metadata, 'alt');
  const alts = [...named.toReversed(), ...positional, ...(above === null ? [] : [above])];
  const written = alts[0];
  if (written === undefined) return withoutAlt(list, first);
  const inMacro = written !== above;
  const siblings = inMacro
    ? list.entries
    : list.metadata.lists.find(({ entries }) => entries.includes(written))!.entries;
  const { text, complete } = readValue(written.value ?? '', attributes, list.inline, list.cell);
  const encodings = encodingsFor(list, written.quote);
  return {
    alt: complete ? text : null,
    altRange: written.valueRange,
    dynamicAlt: !complete,
    altSlot: complete && encodings ? { range: written.valueRange, before: '', after: '', encodings } : null,
    // Another one would count as soon as this is gone.
    removeAlt: complete && alts.length === 1 ? removal(siblings, written) : null,
    markDecorative: complete && text !== '' ? { range: written.range, newText: 'alt=""' } : null,
    line: inMacro ? null : list.metadata.lists.find(({ entries }) => entries.includes(written))!.line,
  };
}

function withoutAlt(list: MacroList, first: AttributeListEntry): AltReading {
  const encodings = encodingsFor(list, '');
  // Before a named entry the words take a place of their own; an empty first place waits for them.
  const after = first.name === null ? '' : ',';
  const at = first.name === null ? first.valueRange.start : list.range.start;
  const range = { start: at, end: at };
  return {
    alt: null,
    altRange: null,
    dynamicAlt: false,
    altSlot: encodings && { range, before: '', after, encodings },
    removeAlt: null,
    markDecorative: { range, newText: `alt=""${after}` },
    line: null,
  };
}

function encodingsFor(
  { inline, inLink, cell }: MacroList,
  quote: AttributeListEntry['quote'],
): readonly AltEncoding[] | null {
  if (cell === 'unwritable') return null;
  const value: AltEncoding[] =
    quote === '"' ? ['asciidoc-double-quoted'] : quote === "'" ? ['asciidoc-single-quoted'] : ['asciidoc-value'];
  const inCell: AltEncoding[] = cell === null ? [] : [cell === 'cell' ? 'asciidoc-cell' : 'asciidoc-nested-cell'];
  const words: AltEncoding[] = ['asciidoc-inline-words', ...(inLink ? (['asciidoc-link-text'] as const) : [])];
  if (inline) return [...words, ...value, 'asciidoc-brackets', ...inCell];
  return quote === '' ? ['asciidoc', ...inCell] : ['asciidoc-words', ...value, ...inCell];
}

/** The entry goes with one comma, unless positions after it would move up. */
function removal(siblings: readonly AttributeListEntry[], entry: AttributeListEntry): TextEdit {
  const index = siblings.indexOf(entry);
  const positionsFollow = siblings.slice(index + 1).some(({ name, value }) => name === null && value !== null);
  const [before, next] = [siblings[index - 1], siblings[index + 1]];
  if (positionsFollow || (before === undefined && next === undefined)) return { range: entry.range, newText: '' };
  if (before !== undefined) return { range: { start: before.range.end, end: entry.range.end }, newText: '' };
  return { range: { start: entry.range.start, end: next!.range.start }, newText: '' };
}
