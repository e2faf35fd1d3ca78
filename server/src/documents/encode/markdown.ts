/**
 * Plain words → Markdown. The input is one line without control characters (see `altWords`). Every character that could
 * mean something in CommonMark, GFM, Pandoc or Obsidian is escaped; each function says what it cannot hold.
 */

/** Markup and math. A backtick is an entity: a backslash does not stop one that stands earlier in the paragraph. */
const markup = /[\\[\]<>*_~&$^]/g;
/** Obsidian reads `|300` at the end of an alt as a size. */
const sizePipe = /\|(?=\d+(?:x\d+)?$)/;
/** Learn's image, and a citation of Pandoc's. */
const directive = /:::(?=image)/g;
const citation = /(?<![\p{L}\p{N}])@(?=[\p{L}\p{N}_{])/gu;

/** Between the brackets of `![…]`. */
export function encodeMarkdown(text: string): string {
  return text
    .replace(markup, String.raw`\$&`)
    .replaceAll('`', '&#96;')
    .replace(sizePipe, '&#124;')
    .replace(directive, String.raw`\:::`)
    .replace(citation, String.raw`\@`);
}

/** As `encodeMarkdown`, in a cell of a table: a pipe would end it. */
export function encodeMarkdownTableCell(text: string): string {
  return encodeEscapedPipe(encodeMarkdown(text));
}

/** `|` in a table, within what has its own escaping but none for pipes. */
export function encodeEscapedPipe(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}

/**
 * In `![[a.png|…]]`, which has no escapes. `|` becomes `¦`, and brackets that would close the embed get a space or a
 * parenthesis. Digits alone would be a size and get a full stop.
 */
export function encodeObsidian(text: string): string {
  const words = text
    .replaceAll('|', '¦')
    .replace(/\](?=\])/g, '] ')
    .replace(/\]$/, ')')
    .replace(/\\$/, '∖');
  return /^\d+(?:x\d+)?$/.test(words) ? `${words}.` : words;
}

/** In `alt-text="…"` of Learn's `:::image`, which has no escapes: `"` becomes `'`. */
export function encodeLearn(text: string): string {
  return text.replaceAll('"', "'");
}

/** As `encodeLearn`, in a cell of a table: a pipe would end the cell, and there is no escape for it either. */
export function encodeLearnTableCell(text: string): string {
  return encodeLearn(text).replaceAll('|', '¦');
}

/** In a double-quoted attribute of Pandoc's `{fig-alt="…"}`. */
export function encodePandocDoubleQuoted(text: string): string {
  return withEvenBrackets(text.replace(/[\\"]|&(?=#?\w+;)/g, String.raw`\$&`));
}

export function encodePandocSingleQuoted(text: string): string {
  return withEvenBrackets(text.replace(/[\\']|&(?=#?\w+;)/g, String.raw`\$&`));
}

/** Pandoc pairs the brackets of a link's text before it reads the attributes in it. */
function withEvenBrackets(text: string): string {
  return /^[^[\]]*(?:\[[^[\]]*\][^[\]]*)*$/.test(text) ? text : text.replace(/[[\]]/g, String.raw`\$&`);
}

/**
 * HTML's own encoding has been applied; within Markdown some characters act before the tag is seen: pipes in a table, and
 * a backtick or `$` that finds its partner earlier in the paragraph.
 */
export function encodeHtmlInMarkdown(html: string): string {
  return html.replaceAll('|', '&#124;').replaceAll('`', '&#96;').replaceAll('$', '&#36;').replaceAll('<', '&lt;');
}

/** Within a string of JSON, without its quotes. */
export function encodeJsonString(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
