import { findNodeAtLocation, getNodeValue, type Node, type ParseError, parseTree } from 'jsonc-parser';
import { withAttachment } from './cellAttachments.ts';
import { encodeJsonString } from './encode/markdown.ts';
import { parseHtml } from './html.ts';
import type { DocumentComment, DocumentParser, ImageReference, ParsedDocument } from './imageReference.ts';
import { JsonText } from './jsonText.ts';
import { parseMarkdown } from './markdown.ts';
import { frontMatter } from './markdown/frontMatter.ts';
import { movedReference, type OuterEncoding } from './movedReference.ts';

const jsonString: OuterEncoding = { name: 'json-string', encode: encodeJsonString };
const nothing: ParsedDocument = { references: [], comments: [], declaredLanguage: null, prose: '' };
/** So many characters tell a language. */
const enoughProse = 4000;

/**
 * A Jupyter notebook as its file holds it (nbformat 3 and 4): the Markdown cells, and raw cells that say they are
 * Markdown or HTML. Edits leave valid JSON. Each cell is a document of its own, as Jupyter renders it.
 */
export const parseNotebook: DocumentParser = (json, _languageId, options) => {
  const root = notebookTree(json);
  if (root === null) return nothing;
  const references: ImageReference[] = [];
  const comments: DocumentComment[] = [];
  let declaredLanguage: string | null = null;
  let prose = '';
  for (const cell of cellsOf(root)) {
    const source = sourceOf(json, cell);
    if (source === null) continue;
    const language = languageOf(cell);
    if (language === null) {
      declaredLanguage ??= frontMatter(source.text).language;
      continue;
    }
    const parsed = (language === 'html' ? parseHtml : parseMarkdown)(source.text, language, options);
    declaredLanguage ??= parsed.declaredLanguage;
    const inJson = source.range.bind(source);
    for (const reference of parsed.references) {
      references.push(withAttachment(movedReference(reference, inJson, jsonString), () => attachmentsOf(cell)));
    }
    comments.push(...parsed.comments.map(({ range, text }) => ({ range: inJson(range), text })));
    if (prose.length < enoughProse) prose += `${parsed.prose} `;
  }
  return { references, comments, declaredLanguage, prose: prose.trim().slice(0, enoughProse) };
};

function notebookTree(json: string): Node | null {
  const errors: ParseError[] = [];
  try {
    return parseTree(json, errors, { allowTrailingComma: true }) ?? null;
  } catch (error) {
    // Brackets in brackets, deeper than the stack: no notebook has them.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** nbformat 3 has its cells in worksheets. */
function cellsOf(root: Node): readonly Node[] {
  const sheets = findNodeAtLocation(root, ['worksheets'])?.children ?? [];
  return [root, ...sheets].flatMap((parent) => listAt(parent, 'cells')).filter(({ type }) => type === 'object');
}

function listAt(parent: Node, name: string): readonly Node[] {
  const found = parent.type === 'object' ? findNodeAtLocation(parent, [name]) : undefined;
  return found?.type === 'array' ? (found.children ?? []) : [];
}

/** What a cell is written in; null: nothing to look at, but front matter may stand there. */
function languageOf(cell: Node): 'markdown' | 'html' | null {
  const type = stringAt(cell, ['cell_type']);
  if (type === 'markdown') return 'markdown';
  const format = stringAt(cell, ['metadata', 'raw_mimetype']) ?? stringAt(cell, ['metadata', 'format']);
  if (format === 'text/markdown') return 'markdown';
  return format === 'text/html' ? 'html' : null;
}

/** The source of a cell that is no code; null: it has none. */
function sourceOf(json: string, cell: Node): JsonText | null {
  const type = stringAt(cell, ['cell_type']);
  if (type !== 'markdown' && type !== 'raw') return null;
  const source = findNodeAtLocation(cell, ['source']);
  const strings = source?.type === 'array' ? (source.children ?? []) : source === undefined ? [] : [source];
  const found = strings.filter((each) => each.type === 'string');
  return found.length === 0 ? null : new JsonText(json, found);
}

function stringAt(node: Node, path: readonly string[]): string | null {
  const found = findNodeAtLocation(node, [...path]);
  return found?.type === 'string' ? String(found.value) : null;
}

/** What the cell says of its attachments; the pictures may be large: read only where a target names one. */
function attachmentsOf(cell: Node): unknown {
  const found = findNodeAtLocation(cell, ['attachments']);
  return found && getNodeValue(found);
}
