import { namesAnImage } from './imageExtensions.ts';
import type { DocumentParser, ImageReference, TextRange } from './imageReference.ts';

/** Longer strings are data, not paths. */
const longest = 2_000;

/** A string in quotes, on one line, without quotes of any kind in it: enough for any path. */
const quoted = new RegExp(String.raw`(["'\`])((?:\\[^\n\r]|[^"'\`\\\n\r]){1,${longest}})\1`, 'g');

/**
 * Any other language (code, JSON, YAML, TOML): a quoted path or URL that ends as a picture's name does. To look at only.
 */
export const parseCode: DocumentParser = (text) => {
  const references: ImageReference[] = [];
  for (const match of text.matchAll(quoted)) {
    // The escapes that a path may hold in every language: Windows' separators, JSON's `\/`, and what is not ASCII.
    const written = (match[2] ?? '').replace(/\\(?:u([\da-f]{4})|([\\/]))/gi, (_, code?: string, sign?: string) =>
      code === undefined ? (sign ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
    );
    if (!namesAPicture(written)) continue;
    const start = match.index + 1;
    const range = { start, end: match.index + match[0].length - 1 };
    references.push(lookedAt(range, range, written));
  }
  return { references, comments: [], declaredLanguage: null, prose: '' };
};

/** A picture that is only looked at: nothing is said of its alt, and none is written. */
export function lookedAt(range: TextRange, target: TextRange, written: string | null): ImageReference {
  return {
    kind: 'css',
    range,
    target: { written, range: target, resolution: 'url' },
    others: [],
    alt: null,
    altRange: null,
    dynamicAlt: false,
    altExpected: false,
    hidden: false,
    altMayBeReplaced: false,
    altSlot: null,
    removeAlt: null,
    markDecorative: null,
    element: 'url',
    link: null,
    nearby: [],
    followsPrevious: false,
  };
}

/** Not a pattern (`*.png`), an ending alone (`.png`), or a sentence that ends in one. */
function namesAPicture(written: string): boolean {
  if (/^data:image\//i.test(written)) return true;
  const path = written.replace(/[?#].*$/s, '');
  return (
    namesAnImage(path) &&
    !/[*{}|<>]|^\s|\s$|\$\(/.test(written) &&
    !/(?:^|[/\\])\.\w+$/.test(path) &&
    !/\s\S*\s\S*\s/.test(path)
  );
}
