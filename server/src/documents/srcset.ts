import type { TextRange } from './imageReference.ts';

/**
 * The URLs of a `srcset`, by the HTML standard's own algorithm (https://html.spec.whatwg.org/multipage/images.html#parse-a-srcset-attribute):
 * a comma ends a candidate only after white space or at the URL's end, so that `data:,a 1x` stays whole. Offsets are
 * into `text`.
 */
export function srcsetUrls(text: string): TextRange[] {
  const urls: TextRange[] = [];
  let at = 0;
  while (at < text.length) {
    at = skip(text, at, /[\s,]/);
    const start = at;
    at = skip(text, at, /\S/);
    if (at === start) break;
    let end = at;
    while (end > start && text[end - 1] === ',') end--;
    if (end > start) urls.push({ start, end });
    if (end === at) at = descriptorsEnd(text, at);
  }
  return urls;
}

/** Past the widths and densities, up to the comma that is in no parentheses. */
function descriptorsEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')') depth--;
    else if (text[at] === ',' && depth <= 0) return at;
  }
  return text.length;
}

function skip(text: string, from: number, what: RegExp): number {
  let at = from;
  while (at < text.length && what.test(text[at]!)) at++;
  return at;
}
