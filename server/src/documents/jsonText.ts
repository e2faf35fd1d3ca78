import type { TextRange } from './imageReference.ts';

/** Where a string of JSON stands: with its quotes. */
export interface JsonString {
  readonly offset: number;
  readonly length: number;
}

const plainEscapes: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const hex = /[0-9a-f]{4}/iy;

/** The text that one or more strings of JSON hold together, with the way back to where each of its characters is written. */
export class JsonText {
  readonly text: string;
  /** By offset of the text: where the character's source starts and ends. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #empty: number;

  constructor(json: string, strings: readonly JsonString[]) {
    this.text = strings.map((string) => this.#read(json, string)).join('');
    this.#empty = (strings[0]?.offset ?? -1) + 1;
  }

  /** A range of the text → the range of its source, within one string where it can be. */
  range({ start, end }: TextRange): TextRange {
    const from = this.#starts[start] ?? this.#ends.at(-1) ?? this.#empty;
    return { start: from, end: start === end ? from : (this.#ends[end - 1] ?? from) };
  }

  #read(json: string, { offset, length }: JsonString): string {
    const isClosed = length > 1 && json[offset + length - 1] === '"';
    const end = offset + length - (isClosed ? 1 : 0);
    let text = '';
    for (let at = offset + 1; at < end;) {
      const escape = json.indexOf('\\', at);
      const plainEnd = escape < 0 || escape >= end - 1 ? end : escape;
      text += json.slice(at, plainEnd);
      for (; at < plainEnd; at++) this.#record(at, at + 1);
      if (at >= end) break;
      hex.lastIndex = at + 2;
      const code = json[at + 1] === 'u' ? hex.exec(json)?.[0] : undefined;
      const escaped = json[at + 1]!;
      text += code === undefined ? (plainEscapes[escaped] ?? escaped) : String.fromCharCode(Number.parseInt(code, 16));
      this.#record(at, at + (code === undefined ? 2 : 6));
      at += code === undefined ? 2 : 6;
    }
    return text;
  }

  #record(start: number, end: number): void {
    this.#starts.push(start);
    this.#ends.push(end);
  }
}
