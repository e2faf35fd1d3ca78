import type { Comment } from '@babel/types';
import { emptyScope, scopeOf } from './bindings.ts';
import { parseCode } from './code.ts';
import type { DocumentComment, DocumentParser, ParsedDocument, ParseOptions } from './imageReference.ts';
import { jsxEncodings } from './jsxAttributes.ts';
import { imageComponentsOf } from './jsxComponents.ts';
import { recoverJsx } from './jsxRecovery.ts';
import { jsxNodes } from './jsxTree.ts';
import { type MarkupDialect, type MarkupNode, markupSource } from './markup.ts';
import { readMarkup } from './markupReferences.ts';
import { parseProgram } from './programSyntax.ts';

/** What a file's JSX comes down to. */
export interface JsxReading {
  readonly nodes: readonly MarkupNode[];
  readonly comments: readonly DocumentComment[];
  /** Components that show a picture by what the file says of them. */
  readonly imageComponents: readonly string[];
}

const nothing: ParsedDocument = { references: [], comments: [], declaredLanguage: null, prose: '' };

/**
 * JavaScript and TypeScript with JSX, parsed by Babel; where a file is broken, its tags are read one by one. Files without
 * JSX are like any other code: paths in quotes, to look at only.
 */
export const parseJsx: DocumentParser = (text, languageId, options) => {
  const react = languageId === 'javascriptreact' || languageId === 'typescriptreact';
  if (!/<[A-Za-z>]/.test(text)) return react ? nothing : parseCode(text, languageId, options);
  const read = readJsx(text, languageId === 'typescriptreact' ? 'tsx' : 'jsx');
  if (read.nodes.length === 0 && !react) return { ...parseCode(text, languageId, options), comments: read.comments };
  return jsxDocument(text, read, options);
};

/** What a reader of the file's JSX gets. */
export function jsxDocument(text: string, read: JsxReading, options: ParseOptions): ParsedDocument {
  const dialect = jsxDialect([...options.imageComponents, ...read.imageComponents]);
  return { ...readMarkup(markupSource(withoutBlankExpressions(text)), read.nodes, dialect), comments: read.comments };
}

export function jsxDialect(imageComponents: readonly string[]): MarkupDialect {
  return {
    encodings: jsxEncodings,
    imageComponents: new Set(imageComponents.map((name) => name.toLowerCase().replaceAll('-', ''))),
    components: true,
    aliases: false,
    laterWins: true,
    mapOffset: (offset) => offset,
  };
}

export function readJsx(text: string, dialect: 'jsx' | 'tsx'): JsxReading {
  const parsed = parseProgram(text, dialect);
  if (parsed === null) return recoverJsx(text);
  const { program } = parsed;
  return {
    nodes: jsxNodes(text, program, scopeOf(program.body, emptyScope)),
    comments: parsed.comments.map(documentComment),
    imageComponents: imageComponentsOf(program),
  };
}

export function documentComment(comment: Comment): DocumentComment {
  return { range: { start: comment.start ?? 0, end: comment.end ?? 0 }, text: comment.value };
}

/** `{' '}` is a blank between two elements: it shows as one, and is made one here (offsets stay). */
export function withoutBlankExpressions(text: string): string {
  return text.replace(/\{\s*(?:' +'|" +"|` +`)\s*\}/g, (all) => ' '.repeat(all.length));
}
