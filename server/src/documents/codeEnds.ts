/**
 * Where a piece of JavaScript within markup ends, without parsing it: braces are counted outside strings, templates,
 * comments and regular expressions. For markup whose end must be known before its code can be read, or that has errors.
 */

/** The offset of the `}` that closes the `{` before `from`; -1: none before `limit`. */
export function closingBrace(source: string, from: number, limit: number): number {
  let depth = 0;
  let at = from;
  while (at < limit) {
    const char = source[at]!;
    if (char === '}' && depth-- === 0) return at;
    if (char === '{') depth++;
    at = tokenEnd(source, at, limit, from);
  }
  return -1;
}

/** The end of the string, template, comment or regular expression at `at`; of any other character, the next offset. */
export function tokenEnd(source: string, at: number, limit: number, codeStart: number): number {
  const char = source[at]!;
  if (char === '"' || char === "'") return stringEnd(source, at, limit);
  if (char === '`') return templateEnd(source, at, limit);
  if (char !== '/') return at + 1;
  const next = source[at + 1];
  if (next === '*') return orLimit(source.indexOf('*/', at + 2), 2, limit);
  if (next === '/') return orLimit(source.indexOf('\n', at), 0, limit);
  return startsExpression(source, at, codeStart) ? regexEnd(source, at, limit) : at + 1;
}

/** Whether an operand, not an operator, comes next: so that `/` opens a regular expression and `<` an element. */
export function startsExpression(source: string, at: number, codeStart: number): boolean {
  let before = at - 1;
  while (before >= codeStart && /\s/.test(source[before]!)) before--;
  if (before < codeStart) return true;
  if (/[([{,;:?&|=>!+\-*%~^<]/.test(source[before]!)) return true;
  return /(?:^|[^\w$.])(?:return|case|default|typeof|await|yield|else|do|in|of|void)$/.test(
    source.slice(Math.max(codeStart, before - 12), before + 1),
  );
}

function orLimit(found: number, length: number, limit: number): number {
  return found === -1 || found + length > limit ? limit : found + length;
}

/** A string does not go on in the next line: an apostrophe alone hides nothing more than its line. */
function stringEnd(source: string, start: number, limit: number): number {
  const quote = source[start];
  for (let at = start + 1; at < limit; at++) {
    const char = source[at];
    if (char === '\\') at++;
    else if (char === quote) return at + 1;
    else if (char === '\n') return start + 1;
  }
  return start + 1;
}

const longestSearch = 20_000;

function templateEnd(source: string, start: number, limit: number): number {
  /** Depths of braces, one for each `${` that is open. */
  const holes: number[] = [];
  for (let at = start + 1; at < limit; at++) {
    const char = source[at];
    if (char === '\\') at++;
    else if (holes.length === 0 || holes.at(-1) === -1) {
      if (char === '`') {
        if (holes.length === 0) return at + 1;
        holes.pop();
      } else if (char === '$' && source[at + 1] === '{') {
        holes.push(0);
        at++;
      }
    } else if (char === '`') holes.push(-1);
    else if (char === '{') holes[holes.length - 1]!++;
    else if (char === '}' && holes[holes.length - 1]!-- === 0) holes.pop();
  }
  // A backtick alone hides nothing, while it can be told: over long texts the search is not made twice.
  return limit - start < longestSearch ? start + 1 : limit;
}

function regexEnd(source: string, start: number, limit: number): number {
  let inClass = false;
  for (let at = start + 1; at < limit; at++) {
    const char = source[at];
    if (char === '\n') break;
    if (char === '\\') at++;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return at + 1;
  }
  return start + 1;
}
