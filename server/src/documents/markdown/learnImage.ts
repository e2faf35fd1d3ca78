import type { TextEdit, TextRange } from '../imageReference.ts';
import { altOrNull, type FoundImage, imageReference, type ImagePlace, slot, urlTarget } from './foundImage.ts';

interface LearnAttribute {
  readonly name: string;
  readonly value: string;
  readonly range: TextRange;
  readonly valueRange: TextRange;
}

const attribute = /(?<![\w-])([a-z][\w-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/gi;

/** `:::image type="content" source="a.png" alt-text="…":::`; null where it names no file. */
export function learnImage({ text, range, inTable }: ImagePlace): FoundImage | null {
  const attributes = readAttributes(text, range);
  const named = (name: string): LearnAttribute | undefined => attributes.find((each) => each.name === name);
  const source = named('source');
  if (source === undefined) return null;
  const type = named('type');
  const isIcon = type?.value.trim().toLowerCase() === 'icon';
  const stated = named('alt-text');
  const words = stated?.value ?? '';
  const alt = isIcon ? words : altOrNull(words);
  const end = text.slice(0, range.end - 3).trimEnd().length;
  const encodings = [inTable ? 'learn-table-cell' : 'learn'] as const;
  const reference = imageReference({
    kind: isIcon ? 'decorative' : 'image',
    range,
    target: urlTarget(source.value.trim(), trimmed(source)),
    alt,
    altRange: words === '' ? null : stated!.valueRange,
    altExpected: !isIcon,
    altSlot:
      stated === undefined
        ? slot({ start: end, end }, encodings, ' alt-text="', '"')
        : slot(stated.valueRange, encodings),
    removeAlt: stated === undefined || words === '' ? null : removal(text, stated),
    markDecorative:
      type === undefined || isIcon || stated !== undefined ? null : { range: type.valueRange, newText: 'icon' },
    element: ':::image',
  });
  return { reference, title: null, outerEnd: range.end };
}

function readAttributes(text: string, range: TextRange): LearnAttribute[] {
  return [...text.slice(range.start, range.end).matchAll(attribute)].map((match) => {
    const [whole, name = '', double, single = ''] = match;
    const value = double ?? single;
    const end = range.start + match.index + whole.length;
    return {
      name: name.toLowerCase(),
      value,
      range: { start: range.start + match.index, end },
      valueRange: { start: end - 1 - value.length, end: end - 1 },
    };
  });
}

function trimmed({ value, valueRange }: LearnAttribute): TextRange {
  const start = valueRange.start + (value.length - value.trimStart().length);
  return { start, end: start + value.trim().length };
}

/** The attribute is taken away with the blanks before it; one that starts its line leaves its name there. */
function removal(text: string, { range, valueRange }: LearnAttribute): TextEdit {
  let start = range.start;
  while (text[start - 1] === ' ' || text[start - 1] === '\t') start--;
  const startsLine = /(?:^|[\n\r>])$/.test(text.slice(Math.max(0, start - 1), start));
  return { range: startsLine ? valueRange : { start, end: range.end }, newText: '' };
}
