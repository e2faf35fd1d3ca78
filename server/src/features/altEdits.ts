import type { ApplyWorkspaceEditParams, TextDocumentEdit } from 'vscode-languageserver-protocol';
import type { ImageReference, TextEdit } from '../documents/imageReference.ts';
import type { AnalysedDocument } from '../openDocuments.ts';

/** One document's edits as a versioned change: the editor refuses it where the text has changed meanwhile. */
export function versionedEdit(document: AnalysedDocument, edits: readonly TextEdit[]): TextDocumentEdit {
  return {
    textDocument: { uri: document.uri, version: document.version },
    edits: edits.map(({ range, newText }) => ({
      range: { start: document.text.positionAt(range.start), end: document.text.positionAt(range.end) },
      newText,
    })),
  };
}

export function applyEditParams(label: string, changes: TextDocumentEdit[]): ApplyWorkspaceEditParams {
  return { label, edit: { documentChanges: changes } };
}

/**
 * The same reference in a later version of its document: the one that shows the same picture with the same alt, and of
 * several the one with the same place among them. Undefined where it is gone or has changed: nothing is guessed.
 */
export function sameReference(
  before: AnalysedDocument,
  reference: ImageReference,
  after: AnalysedDocument,
): ImageReference | undefined {
  const alike = (document: AnalysedDocument): ImageReference[] =>
    document.parsed.references.filter((other) => identity(other, document) === identity(reference, before));
  const was = alike(before);
  const is = alike(after);
  return was.length === is.length ? is[was.indexOf(reference)] : undefined;
}

function identity({ element, target, alt }: ImageReference, { text }: AnalysedDocument): string {
  const asWritten = text.getText().slice(target.range.start, target.range.end);
  return JSON.stringify([element, asWritten, alt]);
}
