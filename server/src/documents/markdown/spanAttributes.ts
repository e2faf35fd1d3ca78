import { decodeHTMLStrict } from 'entities/decode';
import type { AltEncoding, TextRange } from '../imageReference.ts';

/** `key=value` of Pandoc's `{…}`. */
export interface SpanAttribute {
  readonly key: string;
  readonly value: string;
  /** Without quotes. */
  readonly valueRange: TextRange;
  readonly quote: '"' | "'" | null;
}

const pair = /(?<=[\s{:])([^\s{}"'=]+)=(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s{}"']*))/gs;

export const spanEncodings: Readonly<Record<'"' | "'", AltEncoding>> = {
  '"': 'pandoc-double-quoted',
  "'": 'pandoc-single-quoted',
};

/** Escapes and entities, as Pandoc reads them. */
function resolved(written: string): string {
  return written.replace(/\\([^A-Za-z0-9])|&#?\w+;/g, (whole, escaped?: string) => escaped ?? decodeHTMLStrict(whole));
}

/** The attributes that stand at `range` of the text, `{` and `}` included. */
export function spanAttributes(text: string, range: TextRange): SpanAttribute[] {
  const found: SpanAttribute[] = [];
  for (const match of text.slice(range.start, range.end).matchAll(pair)) {
    const [whole, key = '', double, single, bare = ''] = match;
    const quote = double !== undefined ? '"' : single !== undefined ? "'" : null;
    const written = double ?? single ?? bare;
    const end = range.start + match.index + whole.length - (quote === null ? 0 : 1);
    const value = quote === null ? written : resolved(written);
    found.push({ key, value, valueRange: { start: end - written.length, end }, quote });
  }
  return found;
}
