/**
 * Words → the source of AsciiDoc, LaTeX, Typst and reStructuredText. AsciiDoc's steps are applied one after another, as
 * the place asks for them: `asciidoc` alone is a block macro's value without quotes of its own.
 */

const name = String.raw`[\p{L}\p{N}_][\p{L}\p{N}_-]*`;
/** What AsciiDoc takes for a reference to an attribute (Asciidoctor's AttributeReferenceRx). */
const attributeReference = new RegExp(String.raw`\{(${name}|(?:set|counter2?):.*?)(\\?)\}`, 'gu');
/** What AsciiDoc takes for a character reference. */
const ampersand = /&(?=(?:[a-zA-Z][a-zA-Z]+\d{0,2}|#\d{2,5}|#x[\da-fA-F]{2,5});)/g;

/** `image::a.png[…]`, without quotes of the author's: quoted where it must be. */
export function encodeAsciidoc(text: string): string {
  const words = encodeAsciidocWords(text);
  if (needsQuotes(words)) return `"${encodeAsciidocDoubleQuoted(words)}"`;
  // A backslash before the closing bracket would hide it from tools that read block macros as they read inline ones.
  return words.replace(/&#92;$/, '{backslash}');
}

/** Character and attribute references that are none; a backslash before what it would escape. */
export function encodeAsciidocWords(text: string): string {
  const plain = text
    .replace(ampersand, '&amp;')
    .replace(attributeReference, (reference, inner: string, backslash: string) =>
      backslash === '' ? `\\${reference}` : `{${inner}{backslash}}`,
    );
  return withoutEscapes(plain);
}

/** A backslash is taken away before a bracket, a character reference and what typography replaces. */
function withoutEscapes(text: string): string {
  return text.replace(/\\+(?=\]|$|&(?:#\w+|\w+);|'|--|\.\.\.|\((?:C|R|TM)\)|->|=>|<-|<=)/g, spelledOut);
}

function spelledOut(backslashes: string): string {
  return '&#92;'.repeat(backslashes.length);
}

/** Within a paragraph formatting, links and passthroughs are found before the macro is: their marks become references. */
export function encodeAsciidocInlineWords(text: string): string {
  const plain = encodeAsciidocWords(text)
    .replace(/(?<=\b(?:https?|file|ftp|irc):)\/(?=\/)/g, '&#47;')
    .replace(/(?<=[\p{L}\p{N}_])@(?=[\p{L}\p{N}])/gu, '&#64;')
    .replace(/(?<=[:[][^\s[]*)\[|\[(?=\[)/g, '&#91;')
    .replace(/\((?=\()/g, '&#40;')
    .replace(/<(?=<)/g, '&#60;')
    .replace(/\$(?=\$)/g, '&#36;')
    .replace(/\^(?=.*\^)|(?<=\^.*)\^/g, '&#94;')
    .replace(/~(?=.*~)|(?<=~.*)~/g, '&#126;')
    .replace(/[*_`#+]/g, (mark, index: number, whole: string) =>
      marksNothing(mark, whole[index - 1] ?? '[', whole[index + 1] ?? ']') ? mark : `&#${mark.charCodeAt(0)};`,
    )
    // `term:: ` and `term;; ` make a line an entry of a description list.
    .replace(/::+(?=\s)/g, (colons) => '&#58;'.repeat(colons.length))
    .replace(/(?<=;);+(?=\s)/g, (semicolons) => '&#59;'.repeat(semicolons.length));
  return withoutEscapes(plain);
}

/** Text of a link: it ends at any bracket that shows, and its first comma begins a list of attributes. */
export function encodeAsciidocLinkText(text: string): string {
  return text.replace(/\\+(?=,)/g, spelledOut).replace(/[\],]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** Between spaces, or within a word, a mark neither begins nor ends formatting; `&#` begins a character reference. */
function marksNothing(mark: string, before: string, after: string): boolean {
  if (before === mark || after === mark) return false;
  if (mark === '#' && before === '&') return true;
  const word = /[\p{L}\p{N}_]/u;
  return (before === ' ' && after === ' ') || (word.test(before) && word.test(after));
}

/** Quotes around what would otherwise be several values, or a name and its value. */
export function encodeAsciidocValue(text: string): string {
  return needsQuotes(text) ? `"${encodeAsciidocDoubleQuoted(text)}"` : text;
}

const namedValue = new RegExp(String.raw`^${name}[ \t]*=`, 'u');

function needsQuotes(text: string): boolean {
  return /[",[\]]|^'/.test(text) || namedValue.test(text) || text === 'None';
}

export function encodeAsciidocDoubleQuoted(text: string): string {
  return text.replaceAll('"', String.raw`\"`);
}

/** A backslash before an apostrophe is taken away in paragraphs before quotes are read. */
export function encodeAsciidocSingleQuoted(text: string): string {
  return text.replaceAll("'", '&#39;');
}

/** An inline macro ends at the first bracket without a backslash, quotes or not. */
export function encodeAsciidocBrackets(text: string): string {
  return text.replaceAll(']', String.raw`\]`);
}

/** A table's cell ends at the first bar without a backslash; a table within a cell has `!` for bars. */
export function encodeAsciidocCell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}

export function encodeAsciidocNestedCell(text: string): string {
  return encodeAsciidocCell(text.replace(/\\+(?=!)/g, spelledOut).replaceAll('!', '&#33;'));
}

const latexSpecial: Readonly<Record<string, string>> = {
  '\\': String.raw`\textbackslash{}`,
  '~': String.raw`\~{}`,
  '^': String.raw`\^{}`,
};

/** The inside of braces: what means something to TeX is written as the command that shows it. */
export function encodeLatex(text: string): string {
  return text.replace(/[\\{}$&#_%~^]/g, (character) => latexSpecial[character] ?? `\\${character}`);
}

/** The inside of a Typst string. */
export function encodeTypstString(text: string): string {
  return text.replace(/[\\"]/g, (character) => `\\${character}`);
}

/** A directive's option holds its line as it stands: nothing in it is markup. */
export function encodeRstOption(text: string): string {
  return text;
}
