import type { TextRange } from '../imageReference.ts';

const opening = /\\?(?:pass:[a-z,-]*|stem:[a-z,]*|latexmath:|asciimath:)\[|\\{0,2}(?:\+{2,}|\$\$)/g;

/** What AsciiDoc takes out of a paragraph before it looks for macros: `+…+`, `++…++`, `$$…$$`, `pass:[…]`, `stem:[…]`. */
export function passthroughs(text: string): TextRange[] {
  const unconstrained = delimitedPasses(text);
  return [...unconstrained, ...singlePluses(text, unconstrained)].toSorted((a, b) => a.start - b.start);
}

function delimitedPasses(text: string): TextRange[] {
  const ranges: TextRange[] = [];
  const neverCloses = new Set<string>();
  const closedBy = (closing: string, from: number): number => {
    if (neverCloses.has(closing)) return -1;
    const close = text.indexOf(closing, from);
    if (close === -1) neverCloses.add(closing);
    return close;
  };
  const search = new RegExp(opening);
  for (let match = search.exec(text); match !== null; match = search.exec(text)) {
    const start = match.index;
    if (match[0].startsWith('\\')) continue;
    if (match[0].endsWith('[')) {
      let close = closedBy(']', start + match[0].length);
      while (close !== -1 && text[close - 1] === '\\') close = closedBy(']', close + 1);
      if (close !== -1) ranges.push({ start, end: close + 1 });
    } else {
      // Three where three close, else two.
      const marks = match[0] === '$$' ? ['$$'] : match[0].length >= 3 ? ['+++', '++'] : ['++'];
      for (const mark of marks) {
        const close = closedBy(mark, start + mark.length);
        if (close === -1) continue;
        ranges.push({ start, end: close + mark.length });
        break;
      }
    }
    const end = ranges.at(-1)?.end ?? 0;
    if (end > start) search.lastIndex = end;
  }
  return ranges;
}

const word = /[\p{L}\p{N}_]/u;

/** `+…+` between what is no word, its inside beginning and ending with something. */
function singlePluses(text: string, taken: readonly TextRange[]): TextRange[] {
  const ranges: TextRange[] = [];
  const pluses = [...text.matchAll(/\+/g)].map(({ index }) => index).filter(outside(taken));
  const closes = (at: number): boolean => !/\s/.test(text[at - 1] ?? ' ') && !word.test(text[at + 1] ?? '');
  const opens = (at: number): boolean =>
    !/[\p{L}\p{N}_;:\\]/u.test(text[at - 1] ?? '') && /\S/.test(text[at + 1] ?? '');
  let close = 0;
  for (let open = 0; open < pluses.length; open += 1) {
    const start = pluses[open]!;
    if (!opens(start)) continue;
    if (close <= open) close = open + 1;
    while (close < pluses.length && (pluses[close]! < start + 2 || !closes(pluses[close]!))) close += 1;
    if (close >= pluses.length) return ranges;
    ranges.push({ start, end: pluses[close]! + 1 });
    open = close;
  }
  return ranges;
}

/** For places that only move on. */
function outside(ranges: readonly TextRange[]): (place: number) => boolean {
  let next = 0;
  return (place) => {
    while (ranges[next] !== undefined && ranges[next]!.end <= place) next += 1;
    return ranges[next] === undefined || place < ranges[next]!.start;
  };
}
