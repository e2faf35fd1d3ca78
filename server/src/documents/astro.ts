import { emptyScope, type Scope, scopeOf } from './bindings.ts';
import { readBraceMarkup } from './braceMarkup.ts';
import { braceTree } from './braceTree.ts';
import { componentNames } from './html.ts';
import { htmlEncodings } from './htmlAttributes.ts';
import type { DocumentComment, DocumentParser } from './imageReference.ts';
import { type MarkupDialect, markupSource } from './markup.ts';
import { readMarkup } from './markupReferences.ts';
import { parseProgram } from './programSyntax.ts';

/**
 * Astro components: the template after the front matter, whose imports and constants its expressions are followed into.
 * Astro's own compiler is not used: it is WebAssembly that answers later, or native code, and gives nothing for a document
 * with an error in it.
 */
export const parseAstro: DocumentParser = (text, _languageId, options) => {
  const { scope, comments, end } = frontMatter(text);
  const tree = braceTree(text, readBraceMarkup(text, end, 'astro'), 'astro', scope);
  const dialect: MarkupDialect = {
    encodings: htmlEncodings,
    imageComponents: componentNames(options),
    components: true,
    aliases: false,
    laterWins: true,
    mapOffset: (offset) => offset,
  };
  return { ...readMarkup(markupSource(text), tree.nodes, dialect), comments: [...comments, ...tree.comments] };
};

interface FrontMatter {
  readonly scope: Scope;
  readonly comments: readonly DocumentComment[];
  /** Where the template starts. */
  readonly end: number;
}

/** Nothing but blanks and comments may stand before it. */
const opening = /^(?:\s|<!--[\s\S]*?-->)*---/;
const closing = /^[ \t]*---/gm;

function frontMatter(text: string): FrontMatter {
  const fence = opening.exec(text);
  if (fence === null) return { scope: emptyScope, comments: [], end: 0 };
  const start = fence[0].length;
  closing.lastIndex = start;
  const found = closing.exec(text);
  const codeEnd = found?.index ?? text.length;
  const parsed = parseProgram(text.slice(start, codeEnd), 'ts');
  const comments = (parsed?.comments ?? []).map((comment): DocumentComment => {
    return { range: { start: start + (comment.start ?? 0), end: start + (comment.end ?? 0) }, text: comment.value };
  });
  const scope = parsed === null ? emptyScope : scopeOf(parsed.program.body, emptyScope);
  return { scope, comments, end: found === null ? text.length : closing.lastIndex };
}
