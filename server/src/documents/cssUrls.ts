import { tokenizer, TokenType } from '@csstools/css-tokenizer';
import type { CSSToken } from '@csstools/css-tokenizer';
import { namesAnImage } from './imageExtensions.ts';
import type { TextRange } from './imageReference.ts';

/** A picture in a style: the whole `url(…)`, and the address in it. */
export interface CssUrl {
  readonly range: TextRange;
  /** Without quotes. */
  readonly target: TextRange;
  /** Escapes resolved; null where a preprocessor fills it in. */
  readonly written: string | null;
}

/** Sass, Less, Vue: known after the style is built or run. */
const filledInLater = /[#@$]\{|^[$@]|^v-bind/;
/** Their addresses are of other style sheets and names. */
const notPictures = /^(?:import|namespace|charset|use|forward|plugin|document)$/i;

/**
 * The pictures of a style sheet, a `<style>` or a `style` attribute; fonts, imports and fragments are none. Tokens are
 * those of CSS Syntax Level 3; `lineComments`: `//` begins a comment, as in Sass and Less.
 */
export function cssUrls(text: string, lineComments = false): CssUrl[] {
  if (!/url\(|image-set\(/i.test(text)) return [];
  const reader = new UrlReader();
  for (let from = 0; from < text.length;) from = readTokens(text, from, lineComments, reader);
  return reader.urls;
}

/** Reads to the text's end or past a line comment; gives where to go on. */
function readTokens(text: string, from: number, lineComments: boolean, reader: UrlReader): number {
  const tokens = tokenizer({ css: from === 0 ? text : text.slice(from) });
  let slash = -2;
  while (!tokens.endOfFile()) {
    const token = tokens.nextToken();
    const start = from + token[2];
    if (lineComments && token[0] === TokenType.Delim && token[1] === '/') {
      if (slash === start - 1) {
        const end = text.indexOf('\n', start);
        return end === -1 ? text.length : end;
      }
      slash = start;
    }
    reader.read(token, start);
  }
  return text.length;
}

/** Goes from token to token, and knows in which function and at-rule it is. */
class UrlReader {
  readonly urls: CssUrl[] = [];
  /** Names of the functions that are open; '' for a mere parenthesis. */
  #functions: string[] = [];
  /** `url(` and the string after it, until `)` comes. */
  #quoted: { readonly start: number; string: CssUrl | null } | null = null;
  /** An at-rule that holds no pictures: up to its `;`, or to the end of its block. */
  #skipping: 'statement' | 'font-face' | null = null;

  read(token: CSSToken, start: number): void {
    if (this.#skipping !== null) this.#skip(token);
    else if (token[0] === TokenType.AtKeyword) this.#atRule(token[4].value);
    else if (token[0] === TokenType.URL) this.#bare(token[1], token[4].value, start);
    else if (token[0] === TokenType.String) this.#string(token[1], token[4].value, start);
    else if (token[0] === TokenType.Function) {
      this.#functions.push(token[4].value.toLowerCase());
      this.#quoted = token[4].value.toLowerCase() === 'url' ? { start, string: null } : null;
    } else if (token[0] === TokenType.OpenParen) this.#functions.push('');
    else if (token[0] === TokenType.CloseParen) this.#close(start + 1);
    else if (
      token[0] === TokenType.Semicolon ||
      token[0] === TokenType.OpenCurly ||
      token[0] === TokenType.CloseCurly
    ) {
      // An unclosed parenthesis ends with its declaration.
      this.#functions = [];
      this.#quoted = null;
    }
  }

  #skip(token: CSSToken): void {
    const end = this.#skipping === 'font-face' ? TokenType.CloseCurly : TokenType.Semicolon;
    const block = this.#skipping === 'statement' && token[0] === TokenType.OpenCurly;
    if (token[0] === end || block) this.#skipping = null;
  }

  #atRule(name: string): void {
    if (name.toLowerCase() === 'font-face') this.#skipping = 'font-face';
    else if (notPictures.test(name)) this.#skipping = 'statement';
  }

  #bare(token: string, value: string, start: number): void {
    const opening = /^[^(]*\(\s*/.exec(token)?.[0].length ?? 0;
    if (!token.endsWith(')')) return;
    const raw = token.slice(opening, -1).trimEnd();
    const from = start + opening;
    this.#add({ start, end: start + token.length }, { start: from, end: from + raw.length }, value);
  }

  #string(token: string, value: string, start: number): void {
    const isClosed = token.length > 1 && token.endsWith(token[0] ?? '');
    const range = { start, end: start + token.length };
    const target = { start: start + 1, end: range.end - 1 };
    if (!isClosed) return;
    if (this.#quoted !== null) this.#quoted.string = { range, target, written: value };
    else if (/^(?:-webkit-)?image-set$/.test(this.#functions.at(-1) ?? '')) this.#add(range, target, value);
  }

  #close(end: number): void {
    this.#functions.pop();
    const quoted = this.#quoted;
    this.#quoted = null;
    if (quoted?.string) this.#add({ start: quoted.start, end }, quoted.string.target, quoted.string.written ?? '');
  }

  #add(range: TextRange, target: TextRange, value: string): void {
    if (isPicture(value)) this.urls.push({ range, target, written: filledInLater.test(value) ? null : value });
  }
}

function isPicture(written: string): boolean {
  if (written === '' || written.startsWith('#')) return written.startsWith('#{');
  if (/^data:/i.test(written)) return /^data:image\//i.test(written);
  const path = written.replace(/[?#](?!\{).*$/s, '');
  return namesAnImage(path) || !/\.[a-z][\da-z]{1,5}$/i.test(path);
}
