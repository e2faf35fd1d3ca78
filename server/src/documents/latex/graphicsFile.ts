import type { ImageTarget, TextRange } from '../imageReference.ts';
import { skipBlanks } from './groups.ts';
import { skipped } from './liveText.ts';
import type { Definitions } from './plainWords.ts';

/** What pdfTeX tries, in its order, and what other engines show. */
// oxfmt-ignore
export const graphicsExtensions: readonly string[] = [
  '.pdf', '.png', '.jpg', '.mps', '.jpeg', '.jbig2', '.jb2', '.PDF', '.PNG', '.JPG', '.JPEG', '.eps', '.svg',
];

/** The inside of the braces → the file's name. LaTeX looks beside the document first, then in `\graphicspath`. */
export function graphicsTarget(
  text: string,
  inside: TextRange,
  folders: readonly string[],
  extensions: readonly string[],
  definitions: Definitions,
): ImageTarget {
  const start = Math.min(skipBlanks(text, inside.start), inside.end);
  let end = inside.end;
  while (end > start && /[\s\0]/.test(text[end - 1]!)) end -= 1;
  const quoted = end - start > 1 && text[start] === '"' && text.indexOf('"', start + 1) === end - 1;
  const range = quoted ? { start: start + 1, end: end - 1 } : { start, end };
  const written = fileName(text.slice(range.start, range.end), definitions);
  const target: ImageTarget = { written, range, resolution: 'path', extensions };
  return folders.length === 0 ? target : { ...target, prefixes: folders };
}

const longestName = 2000;
const deepest = 8;

/** A name with its commands resolved; null where only running TeX would tell. */
export function fileName(source: string, definitions: Definitions, depth = 0): string | null {
  if (source.length > longestName || depth > deepest) return null;
  let known = true;
  const plain = source
    .replaceAll(skipped, '')
    .replace(/\\(?:([a-zA-Z@]+)\s*|([^]))|#\d/g, (whole, word: string | undefined, symbol: string | undefined) => {
      if (word === 'detokenize' || word === 'string' || word === 'protect' || word === 'unexpanded') return '';
      if (word === 'space') return ' ';
      if (symbol !== undefined && /[%#&_$ ~{}]/.test(symbol)) return symbol;
      const body = word === undefined ? undefined : definitions.get(word);
      const value = body === undefined ? null : fileName(body, definitions, depth + 1);
      if (value === null) known = false;
      return value ?? whole;
    })
    .replace(/[{}"]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return known && plain !== '' && plain.length <= longestName ? plain : null;
}

/** `{{img/}{fig/}}` → the folders whose names can be known. */
export function graphicsFolders(inside: string, definitions: Definitions): string[] {
  const groups = [...inside.matchAll(/\{([^{}]*)\}/g)].map(([, folder]) => folder!);
  const folders = groups.length > 0 ? groups : [inside];
  return folders.map((folder) => fileName(folder, definitions)).filter((folder) => folder !== null);
}
