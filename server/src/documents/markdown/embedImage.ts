import type { TextRange } from '../imageReference.ts';
import { altOrNull, type FoundImage, imageReference, type ImagePlace, slot } from './foundImage.ts';
import { embedPath } from './embedSyntax.ts';

/** The size that may end an embed: `300` or `300x200`. */
const size = /^\s*\d+(?:x\d+)?\s*$/;
const encodings = ['obsidian'] as const;

/** `![[img/plot.png|Alt|300]]`; in a table its pipes are escaped. */
export function embedImage({ text, range, inTable }: ImagePlace): FoundImage {
  const inner = { start: range.start + 3, end: range.end - 2 };
  const [target, ...parts] = split(text, inner, inTable ? '\\|' : '|');
  const last = parts.at(-1);
  const sized = last !== undefined && size.test(text.slice(last.start, last.end));
  const words = sized ? parts.slice(0, -1) : parts;
  const altRange = words.length === 0 ? null : trimmed(text, { start: words[0]!.start, end: words.at(-1)!.end });
  const written = altRange === null ? '' : text.slice(altRange.start, altRange.end);
  const alt = altOrNull(inTable ? written.replaceAll('\\|', '|') : written);
  const pipe = inTable ? '\\|' : '|';
  const place = altRange ?? { start: target!.end, end: target!.end };
  const reference = imageReference({
    range,
    target: { written: embedPath(text.slice(target!.start, target!.end)), range: target!, resolution: 'wiki' },
    alt,
    altRange: alt === null ? null : altRange,
    altSlot: altRange === null ? slot(place, encodings, pipe) : slot(place, encodings),
    removeAlt: alt === null ? null : { range: { start: target!.end, end: words.at(-1)!.end }, newText: '' },
    element: '![[]]',
  });
  return { reference, title: null, outerEnd: range.end };
}

/** Blanks around words are none of theirs; blanks alone are. */
function trimmed(text: string, { start, end }: TextRange): TextRange {
  const words = text.slice(start, end);
  if (words.trim() === '') return { start, end };
  return { start: end - words.trimStart().length, end: start + words.trimEnd().length };
}

/** The parts between pipes. */
function split(text: string, range: TextRange, pipe: string): TextRange[] {
  const parts: TextRange[] = [];
  let start = range.start;
  for (;;) {
    const at = text.indexOf(pipe, start);
    if (at < 0 || at >= range.end) return [...parts, { start, end: range.end }];
    parts.push({ start, end: at });
    start = at + pipe.length;
  }
}
