import { skipped } from './liveText.ts';
import { type Accent, accents, argumentsWithoutWords, silentCommands, symbols } from './symbols.ts';

export interface PlainWords {
  /** White space runs as one space, not trimmed. */
  readonly text: string;
  /** False where a command stands in it that only running TeX would tell. */
  readonly complete: boolean;
}

/** Bodies of commands without arguments that the document defines. */
export type Definitions = ReadonlyMap<string, string>;

/** Definitions may use each other; deeper than this they are in a circle. */
const deepest = 8;
const longestExpansion = 4000;

const token = /\\([a-zA-Z@]+)\*?([ \t\r\n\0]*)|\\([^])|([{}$\0])|(#\d)|[\s~]+|[^\\{}$\0#\s~]+|[^]/g;

/**
 * LaTeX → the words of a PDF's alternative text: commands that format are gone, those that stand for characters are
 * the characters. Quotes and dashes stay as they are written: they are turned by the font, which such a text has not.
 */
export function plainWords(source: string, definitions: Definitions, depth = 0): PlainWords {
  let text = '';
  let complete = true;
  const search = new RegExp(token);
  for (let match = search.exec(source); match !== null; match = search.exec(source)) {
    const [whole, word, blanks = '', symbol, mark, parameter] = match;
    const accent = accents.get(word ?? symbol ?? '');
    if (mark !== undefined) continue;
    if (parameter !== undefined) complete = false;
    else if (accent !== undefined) {
      const { letter, length } = accented(source.slice(search.lastIndex, search.lastIndex + 12), accent);
      text += letter;
      search.lastIndex += length;
    } else if (word !== undefined) {
      const known = symbols.get(word);
      const body = definitions.get(word);
      if (body !== undefined && depth < deepest && text.length < longestExpansion) {
        const inner = plainWords(body, definitions, depth + 1);
        text += inner.text;
        complete &&= inner.complete;
      } else if (known !== undefined) text += known;
      else if (argumentsWithoutWords.has(word)) {
        search.lastIndex += argumentsLength(source.slice(search.lastIndex), argumentsWithoutWords.get(word)!);
      } else if (!silentCommands.has(word)) complete = false;
      // Spaces after a command's name only end the name; a line's end in prose is kept as it parts words for a reader.
      if (blanks !== '' && known === undefined && body === undefined) text += ' ';
    } else if (symbol !== undefined) text += symbolText(symbol);
    else text += /^[\s~]/.test(whole) ? ' ' : whole;
  }
  return { text: text.replace(/ +/g, ' '), complete };
}

/** `\%`, `\&` … are their character, `\ ` and `\\` a space, `\,` a thin one, `\-` and the rest nothing. */
function symbolText(symbol: string): string {
  if (/[%&#_${}]/.test(symbol)) return symbol;
  return /[\s\\,;:>]/.test(symbol) ? ' ' : '';
}

interface Accented {
  readonly letter: string;
  readonly length: number;
}

/** `\"u`, `\"{u}`, `\'\i`, `\c{c}`; without a letter the accent itself. */
function accented(after: string, accent: Accent): Accented {
  const match = /^\s*(?:\{\s*(?:\\([ij])(?![a-zA-Z])|([^{}\\\s])?)\s*\}|\\([ij])(?![a-zA-Z])\s*|([^{}\\\s\0]))/u.exec(
    after,
  );
  const letter = match?.[1] ?? match?.[2] ?? match?.[3] ?? match?.[4];
  if (letter === undefined) return { letter: accent.alone, length: match?.[0].length ?? 0 };
  return { letter: (letter + accent.combining).normalize('NFC'), length: match![0].length };
}

/** Optional arguments and so many groups in braces. */
function argumentsLength(after: string, groups: number): number {
  const optional = /^(?:\s*\[[^\]]{0,500}\])*/.exec(after)![0].length;
  let position = optional;
  for (let count = 0; count < groups; count += 1) {
    const open = /^\s*\{/.exec(after.slice(position, position + 20))?.[0].length;
    if (open === undefined) return position;
    let depth = 1;
    let index = position + open;
    for (; index < after.length && depth > 0; index += 1) {
      if (after[index] === '\\') index += 1;
      else if (after[index] === '{') depth += 1;
      else if (after[index] === '}') depth -= 1;
    }
    position = index;
  }
  return position;
}

/** More than a caption or a paragraph has is not read. */
const longestWords = 4000;

/** Live text as a reader sees it. */
export function readable(source: string, definitions: Definitions): string {
  return plainWords(source.slice(0, longestWords).replaceAll(skipped, ''), definitions).text.trim();
}
