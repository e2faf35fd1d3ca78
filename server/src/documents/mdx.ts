import { emptyScope, scopeOf } from './bindings.ts';
import type { DocumentComment, DocumentParser, ImageReference, TextRange } from './imageReference.ts';
import { documentComment, jsxDialect, withoutBlankExpressions } from './jsx.ts';
import { imageComponentsOf } from './jsxComponents.ts';
import { jsxNodes } from './jsxTree.ts';
import { type FoundImage, inContext } from './markdown/foundImage.ts';
import { frontMatter } from './markdown/frontMatter.ts';
import { readDefinitions } from './markdown/parsedPiece.ts';
import { pieces } from './markdown/pieces.ts';
import { markupSource } from './markup.ts';
import { readMarkup } from './markupReferences.ts';
import { MdxMarkup, esmRanges } from './mdx/mdxMarkup.ts';
import { mdxPieces } from './mdx/mdxPieces.ts';
import { type ParsedProgram, parseProgram } from './programSyntax.ts';

/** MDX: Markdown's images as Markdown has them, JSX as JavaScript has it, with the page's own imports and exports. */
export const parseMdx: DocumentParser = (text, _languageId, options) => {
  const { end, language } = frontMatter(text);
  const all = pieces(text, end);
  const { definitions } = readDefinitions(text, all);
  const parsed = mdxPieces(text, all, definitions);
  const esm = parsed.flatMap((piece) => (piece.kind === 'parsed' ? esmRanges(piece.parsed) : []));
  const program = esm.length === 0 ? null : parseProgram(only(text, esm), 'tsx');
  const scope = program === null ? emptyScope : scopeOf(program.program.body, emptyScope);
  const markup = new MdxMarkup(text, definitions, scope);
  for (const piece of parsed) {
    if (piece.kind === 'parsed') markup.addPiece(piece.parsed);
    else if (piece.kind === 'words') markup.addWords(piece.piece);
  }
  markup.builder.leave(0, text.length);
  const exported = program === null ? [] : jsxNodes(text, program.program, scope);
  const components = program === null ? [] : imageComponentsOf(program.program);
  const dialect = jsxDialect([...options.imageComponents, ...components]);
  const reading = readMarkup(markupSource(withoutMargins(text)), [...markup.builder.nodes, ...exported], dialect);
  return {
    references: reading.references.map((each) => inMdx(each, markup.images.get(each.range.start), esm)),
    comments: comments(markup.comments, program),
    declaredLanguage: language,
    prose: reading.prose,
  };
};

/** What stands between two pictures is nothing, where it is `{' '}` or a quote's mark at the start of a line. */
function withoutMargins(text: string): string {
  return withoutBlankExpressions(text).replace(/(?<=[\r\n])[ \t>]+/g, (margin) => ' '.repeat(margin.length));
}

/** The text with all but these ranges blanked, so that offsets stay. */
function only(text: string, ranges: readonly TextRange[]): string {
  let kept = '';
  for (const { start, end } of ranges) kept = kept.padEnd(start) + text.slice(start, end);
  return kept;
}

function comments(found: readonly DocumentComment[], program: ParsedProgram | null): DocumentComment[] {
  const exported = program?.comments.map(documentComment) ?? [];
  return [...found, ...exported].toSorted((a, b) => a.range.start - b.range.start);
}

function inMdx(reference: ImageReference, image: FoundImage | undefined, esm: readonly TextRange[]): ImageReference {
  if (image !== undefined) {
    const found = inContext(image, reference);
    const { altSlot } = found;
    const slot = altSlot && { ...altSlot, encodings: [...altSlot.encodings, 'mdx' as const] };
    // The way of Markdown would be HTML: as JSX its path would no longer be taken along by the page's bundler.
    return { ...found, altSlot: slot, markDecorative: null };
  }
  const { altSlot, range } = reference;
  if (altSlot === null || esm.some(({ start, end }) => start <= range.start && range.end <= end)) return reference;
  const quoted = altSlot.encodings.some((encoding) => encoding.startsWith('jsx-'));
  return {
    ...reference,
    altSlot: { ...altSlot, encodings: [...altSlot.encodings, quoted ? 'html-in-markdown' : 'js-in-markdown'] },
  };
}
