import { angularEncodings, htmlEncodings, type QuoteEncodings } from './htmlAttributes.ts';
import { type HtmlFlavour, maskTemplates } from './htmlTemplates.ts';
import { HtmlMemory } from './htmlMemory.ts';
import type { DocumentComment, DocumentParser, ParsedDocument, ParseOptions } from './imageReference.ts';
import type { MarkupDialect } from './markup.ts';
import { readMarkup } from './markupReferences.ts';

/** Names of components, as `MarkupDialect.imageComponents` compares them. */
export function componentNames(options: ParseOptions): ReadonlySet<string> {
  return new Set(options.imageComponents.map((name) => name.toLowerCase().replaceAll('-', '')));
}

/**
 * HTML, XHTML and the template languages that write it. Bindings of Angular, Alpine and Vue are attributes here; what a
 * template writes (`{{ … }}`, `<?php … ?>`) is known only to the program.
 */
export const parseHtml: DocumentParser = (text, languageId, options) => {
  const isXhtml = languageId === 'xhtml' || /^\s*<\?xml|<!DOCTYPE[^>]*XHTML/i.test(text.slice(0, 1000));
  return read(text, (offset) => offset, options, { isXhtml, isPhp: languageId === 'php' });
};

/**
 * The references of HTML that stands in another language. `html` is a copy of that text, in which all but HTML and words
 * is blanked; `mapOffset` turns its offsets into the document's. Slots are encoded for HTML alone: the caller adds its own.
 */
export function htmlReferences(
  html: string,
  mapOffset: (offset: number) => number,
  context: ParseOptions,
): Pick<ParsedDocument, 'references' | 'comments'> {
  return read(html, mapOffset, context, { isXhtml: false, isPhp: false });
}

/** A template that an Angular component holds. */
export function parseAngularTemplate(text: string, options: ParseOptions): ParsedDocument {
  return read(text, (offset) => offset, options, { isXhtml: false, isPhp: false }, angularEncodings);
}

/** What only Angular's templates have: bindings in brackets, events in parentheses, its directives. */
const angularMark =
  /<[^<>]*\s(?:\[\(?[\w.-]+\)?\]|\([\w.-]+\)|\*ng[A-Z]\w*|ngSrc|\[?routerLink\]?)\s*=|<ng-(?:container|template|content)\b/;

const recentPages = new HtmlMemory();

function read(
  text: string,
  mapOffset: (offset: number) => number,
  options: ParseOptions,
  flavour: HtmlFlavour,
  known?: QuoteEncodings,
): ParsedDocument {
  const masked = maskTemplates(text, flavour);
  const encodings = known ?? (angularMark.test(masked.text) ? angularEncodings : htmlEncodings);
  const tree = recentPages.read({ original: text, masked, encodings });
  const dialect: MarkupDialect = {
    encodings,
    imageComponents: componentNames(options),
    components: false,
    aliases: false,
    laterWins: false,
    mapOffset,
  };
  const offsetOf = (mark: number): number => tree.marks.offsetOf(mark);
  const written = tree.comments.map(({ range, text: words }): DocumentComment => {
    return { range: { start: offsetOf(range.start), end: offsetOf(range.end) }, text: words };
  });
  const comments = [...masked.comments, ...written].toSorted((a, b) => a.range.start - b.range.start);
  const mapped = comments.map(({ range, text: words }): DocumentComment => {
    return { range: { start: mapOffset(range.start), end: mapOffset(range.end) }, text: words };
  });
  return { ...readMarkup({ text, offsetOf }, tree.nodes, dialect), comments: mapped };
}
