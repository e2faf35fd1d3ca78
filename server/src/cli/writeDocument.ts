import { randomUUID } from 'node:crypto';
import { realpath, rename, rm, stat, writeFile, chmod } from 'node:fs/promises';
import path from 'node:path';
import { formatPatch, structuredPatch } from 'diff';
import type { TextEdit } from '../documents/imageReference.ts';
import { readDocument, type DocumentFile } from './documentFiles.ts';

const byteOrderMark = '\ufeff';

/** The text with its edits made; they do not overlap. */
export function withEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let end = 0;
  for (const { range, newText } of edits.toSorted((a, b) => a.range.start - b.range.start)) {
    result += text.slice(end, range.start) + newText;
    end = range.end;
  }
  return result + text.slice(end);
}

/**
 * Writes the document aside and renames it into place, so that it is whole at every moment. What changed on disk since
 * it was read is not overwritten.
 * @returns a sentence where it could not be written
 */
export async function writeDocument(document: DocumentFile, text: string, signal: AbortSignal): Promise<string | null> {
  const now = await readDocument(document, signal);
  if (!now.ok) return now.message;
  if (now.document.text !== document.text) return `${document.name}: has changed meanwhile; nothing was written to it.`;
  try {
    // A symbolic link stays a link: the file behind it is written.
    const file = await realpath(document.path);
    const aside = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.tmp`);
    try {
      await writeFile(aside, (document.bom ? byteOrderMark : '') + text, { flush: true });
      await chmod(aside, (await stat(file)).mode);
      await rename(aside, file);
    } finally {
      await rm(aside, { force: true });
    }
    return null;
  } catch (error) {
    return `${document.name}: cannot be written: ${(error as Error).message}.`;
  }
}

/** A unified diff that git and patch can apply in the current folder, with the file's own line ends. */
export function unifiedDiff({ path: file, text, bom }: DocumentFile, after: string, cwd: string): string {
  const name = path.relative(cwd, file).split(path.sep).join('/');
  const mark = bom ? byteOrderMark : '';
  const patch = structuredPatch(`a/${name}`, `b/${name}`, mark + text, mark + after, undefined, undefined, {
    context: 3,
  });
  return formatPatch(patch).replace(/^(?:Index: .*\n)?=+\n/u, '');
}
