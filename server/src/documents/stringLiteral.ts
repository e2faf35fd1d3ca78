/** A string literal of JavaScript, alone in an expression; its quotes are not part of `start` and `end`. */
export interface StringLiteral {
  readonly value: string;
  readonly quote: "'" | '"' | '`';
  /** Offsets into the expression. */
  readonly start: number;
  readonly end: number;
}

const literal = /^(\s*)(?:'((?:\\[\s\S]|[^'\\\n])*)'|"((?:\\[\s\S]|[^"\\\n])*)"|`((?:\\[\s\S]|[^`\\])*)`)\s*$/;
const escape = /\\(?:u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2})|\r?\n|([\s\S]))/gi;
const named: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', 0: '\0' };

/**
 * The expression's value where it is one literal (a template too, if it has no holes); null: anything else. For bindings
 * in languages whose pages import nothing (HTML, Angular); where code is followed, `expressions.ts` reads it.
 */
export function stringLiteral(expression: string): StringLiteral | null {
  const match = literal.exec(expression);
  if (match === null) return null;
  const raw = match[2] ?? match[3] ?? match[4] ?? '';
  const quote = match[2] !== undefined ? "'" : match[3] !== undefined ? '"' : '`';
  if (quote === '`' && /(?<!\\)(?:\\\\)*\$\{/.test(raw)) return null;
  const start = match[1]!.length + 1;
  return { value: unescape(raw), quote, start, end: start + raw.length };
}

function unescape(raw: string): string {
  return raw.replace(escape, (_all, codePoint?: string, unit?: string, byte?: string, other?: string) => {
    const hex = codePoint ?? unit ?? byte;
    if (hex !== undefined) {
      const code = Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    }
    return other === undefined ? '' : (named[other] ?? other);
  });
}
