import type { AltEncoding, TextRange } from './imageReference.ts';
import { encodeJsStringDouble, encodeJsStringSingle, encodeJsTemplate } from './encode/javascript.ts';
import type { OuterEncoding } from './movedReference.ts';

const outerEncodings: Readonly<Record<string, OuterEncoding>> = {
  '"': outer('js-string-double', encodeJsStringDouble),
  "'": outer('js-string-single', encodeJsStringSingle),
  '`': outer('js-template', encodeJsTemplate),
};

function outer(name: AltEncoding, encode: (text: string) => string): OuterEncoding {
  return { name, encode };
}

const plainEscapes: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  0: '\0',
};
/** An escape, a line's continuation, or a line end, which is always one line feed. */
const special = /\\(?:u\{([0-9a-f]+)\}|u([0-9a-f]{4})|x([0-9a-f]{2})|(\r\n|[\n\r\u2028\u2029])|([\s\S]))|\r\n?/gi;

/**
 * What a string of JavaScript (or a template without holes) says, with the way back to where each of its characters is
 * written. The program has been parsed: the escapes are right.
 */
export class StringLiteral {
  readonly text: string;
  /** How text of the string's own is written in it. */
  readonly encoding: OuterEncoding;
  /** By offset of the text: where the character's source starts; the last one is the string's end. */
  readonly #starts: number[] = [];

  /** @param literal with its quotes */
  constructor(program: string, literal: TextRange) {
    const end = literal.end - 1;
    this.encoding = outerEncodings[program[literal.start]!]!;
    let text = '';
    let at = literal.start + 1;
    const copy = (until: number): void => {
      text += program.slice(at, until);
      for (; at < until; at++) this.#starts.push(at);
    };
    special.lastIndex = at;
    for (let found = special.exec(program); found !== null && found.index < end; found = special.exec(program)) {
      copy(found.index);
      const said = meaning(found);
      for (let index = 0; index < said.length; index++) this.#starts.push(at);
      text += said;
      at += found[0].length;
    }
    copy(end);
    this.#starts.push(end);
    this.text = text;
  }

  /** A range of the text → the range of its source. */
  range({ start, end }: TextRange): TextRange {
    return { start: this.#starts[start]!, end: this.#starts[end]! };
  }
}

function meaning([all, point, unit, byte, continued, plain]: RegExpExecArray): string {
  if (all.startsWith('\r')) return '\n';
  const code = point ?? unit ?? byte;
  if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
  return continued === undefined ? (plainEscapes[plain!] ?? plain!) : '';
}
