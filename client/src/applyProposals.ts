import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { altEditRequest, type AltEditParams, type AltEditResult, type AltProposal } from '../../server/src/protocol.ts';
import type { AcceptedProposal } from './reviewProposals.ts';

export interface AppliedProposals {
  readonly written: number;
  readonly documents: readonly vscode.TextDocument[];
  /** Not written, because the text around the image is not what was reviewed. */
  readonly changedMeanwhile: readonly AltProposal[];
}

/** Writes what was accepted: one edit, and so one undo, a document. The documents are left unsaved for a last look. */
export async function applyProposals(
  client: LanguageClient,
  accepted: readonly AcceptedProposal[],
): Promise<AppliedProposals> {
  const documents: vscode.TextDocument[] = [];
  const changedMeanwhile: AltProposal[] = [];
  let written = 0;
  for (const [uri, inDocument] of Map.groupBy(accepted, ({ proposal }) => proposal.uri)) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
    const { edits, left } = await editsFor(client, document, inDocument);
    changedMeanwhile.push(...left);
    if (edits.length === 0) continue;
    const edit = new vscode.WorkspaceEdit();
    edit.set(document.uri, edits);
    if (await vscode.workspace.applyEdit(edit)) {
      written += edits.length;
      documents.push(document);
    } else changedMeanwhile.push(...inDocument.map(({ proposal }) => proposal).filter((one) => !left.includes(one)));
  }
  return { written, documents, changedMeanwhile };
}

async function editsFor(
  client: LanguageClient,
  document: vscode.TextDocument,
  accepted: readonly AcceptedProposal[],
): Promise<{ readonly edits: vscode.TextEdit[]; readonly left: AltProposal[] }> {
  const asked: { readonly proposal: AltProposal; readonly edit: AltEditResult }[] = [];
  for (const { proposal, alt } of accepted) {
    // A proposal's own edit was made for the very text that `referenceText` holds, at whatever version.
    const reviewed = { version: null, range: proposal.range, newText: proposal.newText };
    asked.push({ proposal, edit: alt === proposal.alt ? reviewed : await editFor(client, proposal, alt) });
  }
  // Looked at after the last answer, and nothing is awaited from here on: what was typed meanwhile is never overwritten.
  const edits: vscode.TextEdit[] = [];
  const left: AltProposal[] = [];
  for (const { proposal, edit } of asked) {
    const stands =
      document.getText(rangeOf(proposal.reference)) === proposal.referenceText &&
      (edit?.version ?? document.version) === document.version;
    if (edit !== null && stands) edits.push(vscode.TextEdit.replace(rangeOf(edit.range), edit.newText));
    else left.push(proposal);
  }
  return { edits, left };
}

/** The server knows how words are written in this document's language. */
function editFor(client: LanguageClient, proposal: AltProposal, alt: string): Promise<AltEditResult> {
  const params: AltEditParams = { uri: proposal.uri, position: proposal.reference.start, alt };
  return client.sendRequest<AltEditResult>(altEditRequest, params);
}

function rangeOf({ start, end }: AltProposal['range']): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
