import type { AltSlot, TextEdit, TextRange } from '../imageReference.ts';
import { type Groups, skipBlanks } from './groups.ts';
import { skipped } from './liveText.ts';
import { type Definitions, plainWords } from './plainWords.ts';

interface Option {
  readonly key: string;
  /** Null where only the key stands. */
  readonly value: TextRange | null;
  /** The value stands in braces, which `value` leaves out. */
  readonly braced: boolean;
  /** Key, sign of equality, value; blanks around are left out. */
  readonly range: TextRange;
}

export interface OptionsReading {
  readonly alt: string | null;
  readonly altRange: TextRange | null;
  readonly dynamicAlt: boolean;
  readonly artifact: boolean;
  readonly altSlot: AltSlot;
  readonly removeAlt: TextEdit | null;
  readonly markDecorative: TextEdit | null;
}

/** `options`: the inside of `[…]`, or null; `commandEnd`: where they would stand. `text` is live text. */
export function readOptions(
  text: string,
  options: TextRange | null,
  commandEnd: number,
  groups: Groups,
  definitions: Definitions,
): OptionsReading {
  const entries = options === null ? [] : splitOptions(text, options, groups);
  const alt = entries.findLast(({ key }) => key === 'alt') ?? null;
  const artifact = entries.some(({ key, value }) => key === 'artifact' && !isFalse(text, value));
  const place = insertion(text, options, commandEnd, entries);
  const insert = (before: string, after: string): AltSlot => ({
    ...place,
    before: place.before + before,
    after: after + place.after,
    encodings: ['latex'],
  });
  if (alt === null) {
    const slot = insert('alt={', '}');
    const markDecorative = artifact ? null : { range: place.range, newText: `${place.before}artifact${place.after}` };
    return { alt: null, altRange: null, dynamicAlt: false, artifact, altSlot: slot, removeAlt: null, markDecorative };
  }
  const source = alt.value === null ? '' : text.slice(alt.value.start, alt.value.end).replaceAll(skipped, '');
  const { text: words, complete } = plainWords(source, definitions);
  const shown = words.trim() === '' ? words : words.trim();
  return {
    alt: complete && shown !== '' ? shown : null,
    altRange: alt.value,
    dynamicAlt: !complete,
    artifact,
    altSlot: alt.braced
      ? { range: alt.value!, before: '', after: '', encodings: ['latex'] }
      : { range: alt.range, before: 'alt={', after: '}', encodings: ['latex'] },
    // An earlier one would count as soon as the last is gone.
    removeAlt: entries.some((other) => other !== alt && other.key === 'alt') ? null : removal(options!, entries, alt),
    markDecorative: artifact ? null : { range: alt.range, newText: 'artifact' },
  };
}

function isFalse(text: string, value: TextRange | null): boolean {
  return value !== null && text.slice(value.start, value.end).trim() === 'false';
}

/** At commas that stand in no group; keys and values without the blanks around them. */
function splitOptions(text: string, { start, end }: TextRange, groups: Groups): Option[] {
  const entries: Option[] = [];
  let from = start;
  const search = /\\[^]|[{,]/g;
  search.lastIndex = start;
  for (let match = search.exec(text); match !== null && match.index < end; match = search.exec(text)) {
    if (match[0] === '{') search.lastIndex = Math.min(groups.get(match.index) ?? end, end);
    else if (match[0] === ',') {
      entries.push(...optionBetween(text, from, match.index, groups));
      from = match.index + 1;
    }
  }
  return [...entries, ...optionBetween(text, from, end, groups)];
}

function optionBetween(text: string, from: number, to: number, groups: Groups): Option[] {
  const range = trimmed(text, from, to);
  if (range.start === range.end) return [];
  const equals = text.slice(range.start, range.end).search(/[={]/) + range.start;
  if (equals < range.start || text[equals] !== '=') {
    return [{ key: text.slice(range.start, range.end), value: null, braced: false, range }];
  }
  const key = text.slice(range.start, equals).replaceAll(skipped, '').trim();
  const value = trimmed(text, equals + 1, range.end);
  const braced = text[value.start] === '{' && groups.get(value.start) === value.end - 1;
  return [{ key, value: braced ? { start: value.start + 1, end: value.end - 1 } : value, braced, range }];
}

function trimmed(text: string, from: number, to: number): TextRange {
  const start = Math.min(skipBlanks(text, from), to);
  let end = to;
  while (end > start && /[\s\0]/.test(text[end - 1]!)) end -= 1;
  return { start, end };
}

type Place = Pick<AltSlot, 'range' | 'before' | 'after'>;

/** After the last option, on a line of its own where that one has one. */
function insertion(text: string, options: TextRange | null, commandEnd: number, entries: readonly Option[]): Place {
  if (options === null) return { range: { start: commandEnd, end: commandEnd }, before: '[', after: ']' };
  const last = entries.at(-1);
  if (last === undefined) return { range: options, before: '', after: '' };
  const at = { start: last.range.end, end: last.range.end };
  const line = /(\r?\n)([ \t]*)$/.exec(text.slice(options.start, last.range.start));
  return { range: at, before: line === null ? ', ' : `,${line[1]}${line[2]}`, after: '' };
}

/** With one comma; with the brackets where nothing else is in them. */
function removal(options: TextRange, entries: readonly Option[], alt: Option): TextEdit {
  const index = entries.indexOf(alt);
  const [before, next] = [entries[index - 1], entries[index + 1]];
  if (before !== undefined) return { range: { start: before.range.end, end: alt.range.end }, newText: '' };
  if (next !== undefined) return { range: { start: alt.range.start, end: next.range.start }, newText: '' };
  return { range: { start: options.start - 1, end: options.end + 1 }, newText: '' };
}
