import type { DocumentParser, ImageReference } from './imageReference.ts';
import { frontMatter } from './markdown/frontMatter.ts';
import { groups } from './markdown/groups.ts';
import { type FoundReference, readDefinitions } from './markdown/parsedPiece.ts';
import { pieces } from './markdown/pieces.ts';
import { prose } from './markdown/prose.ts';
import { readGroup } from './markdown/readGroup.ts';

/** Markdown (CommonMark, GFM, Obsidian, Learn), Quarto and R Markdown. */
export const parseMarkdown: DocumentParser = (text, languageId, options) => {
  const { end, language } = frontMatter(text);
  const all = pieces(text, end);
  const { definitions, comments } = readDefinitions(text, all);
  const circumstances = { definitions, pandoc: languageId === 'quarto' || languageId === 'rmd', options };
  const found = groups(text, all, definitions, circumstances.pandoc).map((group) =>
    readGroup(text, group, circumstances),
  );
  return {
    references: placed(
      text,
      found.flatMap(({ references }) => references),
    ),
    comments: [...comments, ...found.flatMap((each) => each.comments)].toSorted(
      (a, b) => a.range.start - b.range.start,
    ),
    declaredLanguage: language,
    prose: prose(text, all, definitions),
  };
};

/** Which follow one another. Lines of a quote start with `>`, which is no text between two pictures. */
function placed(text: string, found: readonly FoundReference[]): ImageReference[] {
  return found.map(({ reference }, index) => {
    const previous = found[index - 1];
    if (previous === undefined || reference.followsPrevious) return reference;
    const between = text.slice(previous.outerEnd, reference.range.start).replace(/[\r\n][ \t>]*/g, '');
    return between.trim() === '' ? { ...reference, followsPrevious: true } : reference;
  });
}
