import type { TemplateRegion } from './htmlTemplates.ts';

const opening = /@(?:if|else if|else|for|switch|case|default|defer|placeholder|loading|error|empty)(?![\w-])[ \t]*/g;
const declaration = /@let\s+[\w$]+\s*=[^;\n<]*;/g;

/**
 * Angular's control flow (`@if (a > b) {` … `}`, `@let x = …;`): the parts that write nothing, so that an HTML parser sees
 * neither the comparison as a tag nor the braces as words. Empty where the text has no such block.
 */
export function angularBlocks(text: string): TemplateRegion[] {
  if (!text.includes('@')) return [];
  const regions: TemplateRegion[] = [];
  opening.lastIndex = 0;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const brace = braceAfterCondition(text, opening.lastIndex);
    if (brace === -1) continue;
    regions.push({ start: match.index, end: brace + 1, kind: 'control' });
    opening.lastIndex = brace + 1;
  }
  if (regions.length === 0) return [];
  const closings = blockEnds(text, regions);
  const declarations = Array.from(text.matchAll(declaration), (match): TemplateRegion => {
    return { start: match.index, end: match.index + match[0].length, kind: 'control' };
  });
  return [...regions, ...closings, ...declarations].toSorted((a, b) => a.start - b.start);
}

/** The `{` that opens the block, after a condition in parentheses where there is one; -1: no block. */
function braceAfterCondition(text: string, from: number): number {
  let at = from;
  if (text[at] === '(') {
    let depth = 0;
    const limit = Math.min(text.length, from + 2000);
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

/** The `}` of each block; braces of objects in bindings come in pairs. */
function blockEnds(text: string, blocks: readonly TemplateRegion[]): TemplateRegion[] {
  const opens = new Map(blocks.map((block) => [block.end - 1, block]));
  const brace = /[{}]/g;
  brace.lastIndex = blocks[0]!.start;
  const open: boolean[] = [];
  const ends: TemplateRegion[] = [];
  for (let match = brace.exec(text); match !== null; match = brace.exec(text)) {
    if (match[0] === '{') open.push(opens.has(match.index));
    else if (open.pop() === true) ends.push({ start: match.index, end: match.index + 1, kind: 'control' });
  }
  return ends;
}
