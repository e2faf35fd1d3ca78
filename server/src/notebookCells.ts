import type { NotebookDocuments } from 'vscode-languageserver/node';
import { pathOf, type CellPlace } from './openDocuments.ts';
import type { TextSnapshot } from './textSnapshot.ts';

/** The notebook of a cell's document; null for any other document. */
export function cellPlace(notebooks: NotebookDocuments<TextSnapshot>, uri: string): CellPlace | null {
  const cell = notebooks.getNotebookCell(uri);
  const notebook = cell && notebooks.findNotebookDocumentForCell(cell);
  if (notebook === undefined) return null;
  // VS Code keeps them beside the cell's metadata, formerly under `custom`.
  const { attachments, custom } = (cell?.metadata ?? {}) as {
    attachments?: unknown;
    custom?: { attachments?: unknown };
  };
  const known = attachments ?? custom?.attachments;
  // A client that says nothing of attachments may have them all the same: nothing is missing then.
  return { path: pathOf(notebook.uri), attachments: known === undefined ? null : () => known };
}
