import type { AltEncoding, ImageReference, TextEdit } from './imageReference.ts';
import {
  encodeAngularDoubleQuoted,
  encodeAngularSingleQuoted,
  encodeHtmlDoubleQuoted,
  encodeHtmlSingleQuoted,
  encodeSvelteDoubleQuoted,
  encodeSvelteSingleQuoted,
} from './encode/html.ts';
import {
  encodeJsInMarkdown,
  encodeJsStringDouble,
  encodeJsStringSingle,
  encodeJsTemplate,
  encodeJsxDoubleQuoted,
  encodeJsxSingleQuoted,
  encodeMdx,
  encodeUnicodeQuotes,
} from './encode/javascript.ts';
import {
  encodeEscapedPipe,
  encodeHtmlInMarkdown,
  encodeJsonString,
  encodeLearn,
  encodeLearnTableCell,
  encodeMarkdown,
  encodeMarkdownTableCell,
  encodeObsidian,
  encodePandocDoubleQuoted,
  encodePandocSingleQuoted,
} from './encode/markdown.ts';
import {
  encodeAsciidoc,
  encodeAsciidocBrackets,
  encodeAsciidocCell,
  encodeAsciidocDoubleQuoted,
  encodeAsciidocInlineWords,
  encodeAsciidocLinkText,
  encodeAsciidocNestedCell,
  encodeAsciidocSingleQuoted,
  encodeAsciidocValue,
  encodeAsciidocWords,
  encodeLatex,
  encodeRstOption,
  encodeTypstString,
} from './encode/typesetting.ts';

/** One encoding a name: plain words → source text that a parser of the language reads back as those words. */
const encoders: Readonly<Record<AltEncoding, (text: string) => string>> = {
  markdown: encodeMarkdown,
  'markdown-table-cell': encodeMarkdownTableCell,
  obsidian: encodeObsidian,
  learn: encodeLearn,
  'learn-table-cell': encodeLearnTableCell,
  'pandoc-double-quoted': encodePandocDoubleQuoted,
  'pandoc-single-quoted': encodePandocSingleQuoted,
  'escaped-pipe': encodeEscapedPipe,
  'html-in-markdown': encodeHtmlInMarkdown,
  'html-double-quoted': encodeHtmlDoubleQuoted,
  'html-single-quoted': encodeHtmlSingleQuoted,
  'angular-double-quoted': encodeAngularDoubleQuoted,
  'angular-single-quoted': encodeAngularSingleQuoted,
  'svelte-double-quoted': encodeSvelteDoubleQuoted,
  'svelte-single-quoted': encodeSvelteSingleQuoted,
  'jsx-double-quoted': encodeJsxDoubleQuoted,
  'jsx-single-quoted': encodeJsxSingleQuoted,
  'js-string-double': encodeJsStringDouble,
  'js-string-single': encodeJsStringSingle,
  'js-template': encodeJsTemplate,
  'js-unicode-quotes': encodeUnicodeQuotes,
  'js-in-markdown': encodeJsInMarkdown,
  mdx: encodeMdx,
  asciidoc: encodeAsciidoc,
  'asciidoc-words': encodeAsciidocWords,
  'asciidoc-inline-words': encodeAsciidocInlineWords,
  'asciidoc-link-text': encodeAsciidocLinkText,
  'asciidoc-value': encodeAsciidocValue,
  'asciidoc-double-quoted': encodeAsciidocDoubleQuoted,
  'asciidoc-single-quoted': encodeAsciidocSingleQuoted,
  'asciidoc-brackets': encodeAsciidocBrackets,
  'asciidoc-cell': encodeAsciidocCell,
  'asciidoc-nested-cell': encodeAsciidocNestedCell,
  latex: encodeLatex,
  'typst-string': encodeTypstString,
  'rst-option': encodeRstOption,
  'json-string': encodeJsonString,
};

/** Line ends, tabs, control characters and lone surrogates have no place in an alt: they become single spaces. */
// oxlint-disable-next-line no-control-regex -- the control characters are what is looked for
const notForAlt = /[\p{Zl}\p{Zp}\s\u0000-\u001f\u007f-\u009f\ufeff]+/gu;

/** The words as they are written: one line, single spaces, well-formed UTF-16. */
export function altWords(alt: string): string {
  return alt.toWellFormed().replace(notForAlt, ' ').trim();
}

/**
 * Alt text → edit, per syntax: the document afterwards parses to the same picture with exactly `altWords(alt)`.
 * Null where words cannot be written (CSS, a computed alt).
 */
export function altEdit(reference: ImageReference, alt: string): TextEdit | null {
  const slot = reference.altSlot;
  if (slot === null) return null;
  const encoded = slot.encodings.reduce((text, encoding) => encoders[encoding](text), altWords(alt));
  return { range: slot.range, newText: slot.before + encoded + slot.after };
}
