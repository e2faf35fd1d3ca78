import { decodeHTML } from 'entities/decode';
import type { DocumentAttributes, ResolvedText } from './documentAttributes.ts';
import type { CellPlace } from './tables.ts';

/** With the backslash by which an author says that it is none. */
const characterReference = /\\?&(?:[a-zA-Z][a-zA-Z]+\d{0,2}|#\d{2,5}|#x[\da-fA-F]{2,5});/g;

/** A value of a macro's list as a reader gets it. Typographic replacements (`'`, `--`, `...`) are the converter's. */
export function readValue(
  value: string,
  attributes: DocumentAttributes,
  inline: boolean,
  cell: CellPlace | null,
): ResolvedText {
  const unescaped = inCell(inline ? value.replaceAll('\\]', ']') : value, cell);
  const { text, complete } = attributes.resolve(unescaped);
  return { text: decodeReferences(text).replace(/[\r\n]+/g, ' '), complete };
}

/** A table's cell is read without the backslashes that keep its bars. */
export function inCell(value: string, cell: CellPlace | null): string {
  if (cell === null) return value;
  return cell === 'nested-cell' ? value.replace(/\\([|!])/g, '$1') : value.replaceAll('\\|', '|');
}

function decodeReferences(text: string): string {
  return text.replace(characterReference, (reference) =>
    reference.startsWith('\\') ? reference.slice(1) : decodeHTML(reference),
  );
}

/** A paragraph's words without its markup, white space runs as one space. */
export function plainText(source: string, attributes: DocumentAttributes): string {
  if (!/[^\s\p{L}\p{N},.;?!-]/u.test(source)) return source.replace(/\s+/g, ' ').trim();
  const text = source
    .replace(/\[\[[^\]]*\]\]|\(\(\([^)]{0,200}\)\)\)|(?:footnote|indexterm|anchor):[^\s[]{0,200}\[[^\]]*\]/g, '')
    .replace(/<<[^,>]{0,200},?([^>]{0,500})>>/g, '$1')
    .replace(/i(?:mage|con):[^\s[]{1,500}\[[^\]]*\]/g, ' ')
    .replace(/(?:link|xref|mailto|pass|stem|kbd|btn|menu):[^\s[\]]{0,500}\[([^\]]*)\]/g, '$1')
    .replace(/(?:https?|ftp|irc|file):\/\/[^\s[\]]{1,500}\[([^\]]*)\]/g, '$1')
    .replace(/\[[\w.#%,\s-]{1,100}\](?=[*_`#])/g, '')
    .replace(/^[*_`#+]+|(^|[^\p{L}\p{N}_])[*_`#+]+(?=\S)|(?<=\S)[*_`#+]+(?![\p{L}\p{N}_])/gu, '$1');
  return decodeReferences(attributes.resolve(text).text).replace(/\s+/g, ' ').trim();
}
