import { htmlReferences } from './html.ts';
import type { DocumentParser, ImageReference, ParsedDocument, ParseOptions } from './imageReference.ts';
import type { FoundImage } from './markdown/foundImage.ts';
import { frontMatter } from './markdown/frontMatter.ts';
import type { Piece } from './markdown/longPieces.ts';
import { OpenElements } from './markdown/openElements.ts';
import { type Definitions, definitionsFor, parsePiece, readDefinitions } from './markdown/parsedPiece.ts';
import { pieces } from './markdown/pieces.ts';
import { prose } from './markdown/prose.ts';
import { Skeleton } from './markdown/skeleton.ts';

/** Markdown (CommonMark, GFM, Obsidian, Learn), Quarto and R Markdown. */
export const parseMarkdown: DocumentParser = (text, languageId, options) => {
  const { end, language } = frontMatter(text);
  const all = pieces(text, end);
  const { definitions, comments } = readDefinitions(text, all);
  const pandoc = languageId === 'quarto' || languageId === 'rmd';
  const found = read(text, skeleton(text, all, definitions, pandoc), options);
  return {
    references: found.references,
    comments: [...comments, ...found.comments].toSorted((a, b) => a.range.start - b.range.start),
    declaredLanguage: language,
    prose: prose(text, all),
  };
};

/** Images, HTML, `![[…]]`, `:::image`: without one of these there is nothing to find in a piece. */
const mayShow = /!\[|<[a-z!?/]|:::image/i;
const rawHtml = /^\s*[`~]{3,}\s*\{=html\}/;

function skeleton(text: string, all: readonly Piece[], definitions: Definitions, pandoc: boolean): Skeleton {
  const made = new Skeleton(text, definitions, pandoc);
  const open = new OpenElements();
  for (const piece of all) {
    const words = text.slice(piece.start, piece.end);
    const parsed = mayShow.test(words) && (piece.kind === 'text' || (pandoc && rawHtml.test(words)));
    if (!parsed) {
      if (open.any && piece.kind === 'text') made.addWords(piece);
      continue;
    }
    const tree = parsePiece(text, piece, definitionsFor(text, piece, definitions));
    open.read(tree.root.children);
    made.addPiece(tree);
  }
  return made;
}

function read(text: string, made: Skeleton, options: ParseOptions): Pick<ParsedDocument, 'references' | 'comments'> {
  if (made.html.length === 0) return { references: [], comments: [] };
  const html = htmlReferences(made.html.toString(), (offset) => made.html.sourceOffset(offset), options);
  const unseen = new Map(made.images);
  const references: ImageReference[] = [];
  for (const reference of html.references) {
    const own = made.images.get(reference.range.start);
    unseen.delete(reference.range.start);
    references.push(own === undefined ? inMarkdown(reference) : inContext(own, reference));
  }
  // A tag that is cut off may have swallowed what stands behind it.
  for (const { reference } of unseen.values()) references.push(reference);
  references.sort((a, b) => a.range.start - b.range.start);
  const comments = html.comments.filter(({ range }) => text.startsWith('<!--', range.start));
  return { references: references.map((each, index) => placed(text, each, references[index - 1], made)), comments };
}

/** What HTML around an image of Markdown says of it. */
function inContext({ reference }: FoundImage, html: ImageReference): ImageReference {
  return {
    ...reference,
    kind: reference.kind === 'decorative' ? 'decorative' : html.kind,
    altExpected: reference.altExpected && html.altExpected,
    hidden: html.hidden,
    markDecorative: html.markDecorative === null ? null : reference.markDecorative,
    link: html.link,
    nearby: [...reference.nearby, ...html.nearby],
    followsPrevious: html.followsPrevious,
  };
}

function inMarkdown(reference: ImageReference): ImageReference {
  const { altSlot } = reference;
  if (altSlot === null) return reference;
  return { ...reference, altSlot: { ...altSlot, encodings: [...altSlot.encodings, 'html-in-markdown'] } };
}

/** Lines of a quote start with `>`, which is no text between two pictures. */
function placed(text: string, each: ImageReference, previous: ImageReference | undefined, made: Skeleton): ImageReference {
  if (previous === undefined || each.followsPrevious) return each;
  const end = made.images.get(previous.range.start)?.outerEnd ?? previous.range.end;
  const between = text.slice(end, each.range.start).replace(/[\r\n][ \t>]*/g, '');
  return { ...each, followsPrevious: between.trim() === '' };
}
