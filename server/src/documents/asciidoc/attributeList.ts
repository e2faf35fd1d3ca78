import type { TextRange } from '../imageReference.ts';

/** One entry of `[Sunset,300,link="x"]`, as AsciiDoc reads it (Asciidoctor's AttributeList). */
export interface AttributeListEntry {
  /** Null for a positional one. */
  readonly name: string | null;
  /** Quotes taken away and their escapes resolved; attribute references are not. Null: nothing between two commas. */
  readonly value: string | null;
  /** The value as it stands, without its quotes. */
  readonly valueRange: TextRange;
  readonly quote: '"' | "'" | '';
  /** Name, sign of equality, quotes and all; blanks around are left out. */
  readonly range: TextRange;
}

const nameAt = /[\p{L}\p{N}_][\p{L}\p{N}_-]*/uy;

/** The entries of a list without its brackets, at least one, which may hold nothing. Ranges are those of the document. */
export function parseAttributeList(list: string, offset: number): AttributeListEntry[] {
  const entries: AttributeListEntry[] = [];
  let position = 0;
  for (;;) {
    const entry = entryAt(list, position);
    entries.push({ ...entry, range: moved(entry.range, offset), valueRange: moved(entry.valueRange, offset) });
    const after = skipBlanks(list, entry.range.end);
    if (after >= list.length) return entries;
    // Text after a closing quote begins a further entry without a comma.
    position = list[after] === ',' ? after + 1 : after;
  }
}

function entryAt(list: string, from: number): AttributeListEntry {
  const start = skipBlanks(list, from);
  const quoted = quotedAt(list, start);
  if (quoted !== null) return { name: null, ...quoted, range: { start, end: quoted.valueRange.end + 1 } };
  nameAt.lastIndex = start;
  const name = nameAt.exec(list)?.[0] ?? null;
  const equals = skipBlanks(list, start + (name?.length ?? 0));
  if (name !== null && list[equals] === '=') {
    const valueStart = skipBlanks(list, equals + 1);
    const value = quotedAt(list, valueStart) ?? plainAt(list, valueStart);
    const end = value.valueRange.end + (value.quote === '' ? 0 : 1);
    return { name, ...value, value: value.value ?? '', range: { start, end } };
  }
  const plain = plainAt(list, start);
  return { name: null, ...plain, range: plain.valueRange };
}

type Value = Pick<AttributeListEntry, 'value' | 'valueRange' | 'quote'>;

/** Null where no quote opens here, or none closes it. */
function quotedAt(list: string, start: number): Value | null {
  const quote = list[start];
  if (quote !== '"' && quote !== "'") return null;
  let close = list.indexOf(quote, start + 1);
  while (close > start + 1 && list[close - 1] === '\\') close = list.indexOf(quote, close + 1);
  if (close === -1) return null;
  const valueRange = { start: start + 1, end: close };
  return { value: list.slice(start + 1, close).replaceAll(`\\${quote}`, quote), valueRange, quote };
}

function plainAt(list: string, start: number): Value {
  const comma = list.indexOf(',', start);
  let end = comma === -1 ? list.length : comma;
  while (end > start && isBlank(list[end - 1])) end -= 1;
  const value = list.slice(start, end);
  return { value: value === '' ? null : value, valueRange: { start, end }, quote: '' };
}

function skipBlanks(list: string, from: number): number {
  let position = from;
  while (isBlank(list[position])) position += 1;
  return position;
}

/** Line ends are blanks: an inline macro's list may go over several lines. */
function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r';
}

function moved(range: TextRange, offset: number): TextRange {
  return { start: range.start + offset, end: range.end + offset };
}
