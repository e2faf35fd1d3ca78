/**
 * Words → JavaScript and JSX source. What comes in is `altWords`: one line, well-formed, no control characters.
 * Attribute strings of JSX know entities and no backslashes; strings and templates the other way round.
 */

/** `alt="…"` in JSX. */
export function encodeJsxDoubleQuoted(text: string): string {
  return encodeAmpersands(text).replaceAll('"', '&quot;');
}

/** `alt='…'` in JSX. */
export function encodeJsxSingleQuoted(text: string): string {
  return encodeAmpersands(text).replaceAll("'", '&#39;');
}

/** `"…"`. */
export function encodeJsStringDouble(text: string): string {
  return encodeBackslashes(text).replaceAll('"', '\\"');
}

/** `'…'`. */
export function encodeJsStringSingle(text: string): string {
  return encodeBackslashes(text).replaceAll("'", "\\'");
}

/** `` `…` ``, without holes: `${` would open one. */
export function encodeJsTemplate(text: string): string {
  return encodeBackslashes(text).replaceAll('`', '\\`').replaceAll('${', '\\${');
}

/** A string's or template's encoding has been applied; within Markdown a pipe, a backtick or `$` acts before the braces. */
export function encodeJsInMarkdown(literal: string): string {
  return literal.replace(/\\([\s\S])|[`|$]/g, (all: string, escaped?: string) => {
    const character = escaped ?? all;
    return /[`|$]/.test(character) ? `\\x${character.charCodeAt(0).toString(16)}` : all;
  });
}

/** Markdown's encoding has been applied; in MDX braces hold code. */
export function encodeMdx(markdown: string): string {
  return markdown.replace(/[{}]/g, String.raw`\$&`);
}

function encodeAmpersands(text: string): string {
  return text.replaceAll('&', '&amp;');
}

function encodeBackslashes(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
}

const unicodeQuotes: Readonly<Record<string, string>> = {
  "'": '\\u0027',
  '"': '\\u0022',
  '`': '\\u0060',
  $: '\\u0024',
};

/**
 * A string with its escapes done → the same without `\'`, `` \` `` and `\$`: Angular's and Astro's compilers look for the
 * end of a string or for comments without knowing these.
 */
export function encodeUnicodeQuotes(text: string): string {
  return text.replace(/\\([\s\S])/g, (escape, char: string) => unicodeQuotes[char] ?? escape);
}
