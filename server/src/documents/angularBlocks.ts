import type { TextRange } from './imageReference.ts';

const anyBlock = /@(?:if|for|switch|defer|let)\b/;
/** Tags and comments, whose braces are their own; a block's word; `@let`; a brace in the text. */
const token =
  /<\/?[A-Za-z](?:"[^"]*"|'[^']*'|[^"'<>])*>|<!--[\s\S]*?-->|@(?:if|else if|else|for|switch|case|default|defer|placeholder|loading|error|empty)(?![\w-])[ \t]*|@let\s+[\w$]+\s*=[^;\n<]*;|[{}]/g;

/**
 * Angular's control flow (`@if (a > b) {` … `}`, `@let x = …;`): the parts that write nothing, so that an HTML parser sees
 * neither the comparison as a tag nor the braces as words. Empty where the text has no such block.
 */
export function angularBlocks(text: string): TextRange[] {
  if (!anyBlock.test(text)) return [];
  const regions: TextRange[] = [];
  /** For each open brace: whether it opened a block. */
  const open: boolean[] = [];
  const control = (start: number, end: number): void => {
    regions.push({ start, end });
  };
  token.lastIndex = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found] = match;
    if (found.startsWith('<')) continue;
    if (found === '{') open.push(false);
    else if (found === '}') {
      if (open.pop() === true) control(match.index, match.index + 1);
    } else if (found.startsWith('@let')) control(match.index, match.index + found.length);
    else {
      const brace = braceAfterCondition(text, token.lastIndex);
      if (brace === -1) continue;
      control(match.index, brace + 1);
      open.push(true);
      token.lastIndex = brace + 1;
    }
  }
  return regions;
}

/** Conditions are short. */
const longestCondition = 2000;

/** The `{` that opens the block, after a condition in parentheses where there is one; -1: no block. */
function braceAfterCondition(text: string, from: number): number {
  let at = from;
  if (text[at] === '(') {
    let depth = 0;
    const limit = Math.min(text.length, from + longestCondition);
    for (; at < limit; at++) {
      if (text[at] === '(') depth++;
      else if (text[at] === ')' && --depth === 0) break;
    }
    if (depth !== 0) return -1;
    at++;
  }
  while (/\s/.test(text[at] ?? '')) at++;
  return text[at] === '{' ? at : -1;
}
