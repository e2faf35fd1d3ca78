import type { TextRange } from '../imageReference.ts';

const verbatim = /^\s*<(?:!|\?|(?:script|style|pre|textarea)\b)/i;
/** Of the block, which a closing tag may begin too. */
const firstTag = /^\s*<\/?[a-z][\w-]*(?:"[^"]*"|'[^']*'|[^"'>])*>/i;
/** MkDocs, kramdown: `<figure markdown="span">`. */
const askedFor = /\smarkdown(?:\s*=\s*["']?(?!0)\w+["']?)?(?=[\s>])/i;
const closingTag = /<\/[a-z][\w-]*\s*>\s*$/i;
/** As Markdown this would be code, and the element be lost. */
const indentedTag = /(?:\n|\r)(?: {4}|\t)\s*</;

/**
 * The part of an HTML block that is read as Markdown: Pandoc reads what blocks hold, others where the tag asks for it.
 * Offsets within the block; null: none of it.
 */
export function markdownWithin(html: string, pandoc: boolean): TextRange | null {
  const opening = firstTag.exec(html)?.[0];
  if (opening === undefined || verbatim.test(html) || !(pandoc || askedFor.test(opening))) return null;
  const end = closingTag.exec(html)?.index ?? html.length;
  const inner = html.slice(opening.length, end);
  return inner.includes('![') && !indentedTag.test(inner) ? { start: opening.length, end } : null;
}
