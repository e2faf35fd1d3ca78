import * as vscode from 'vscode';
import type { AltProposal } from '../../server/src/protocol.ts';

/** A proposal with the words that a person accepted, theirs or the model's. */
export interface AcceptedProposal {
  readonly proposal: AltProposal;
  readonly alt: string;
}

interface ProposalItem extends vscode.QuickPickItem {
  readonly proposal: AltProposal;
}

/**
 * The review before anything is written: a list by document, each alt text ticked. Unticking skips it, the pencil edits
 * it, and moving along the list shows its image in the document.
 * @returns what was accepted; undefined where the person left the list
 */
export function reviewProposals(proposals: readonly AltProposal[]): Promise<readonly AcceptedProposal[] | undefined> {
  return new Promise((resolve) => {
    const list = vscode.window.createQuickPick<ProposalItem>();
    let editing = false;
    list.title = vscode.l10n.t('Alt text to write ({0})', proposals.length);
    list.placeholder = vscode.l10n.t('Untick to skip, pencil to edit; OK writes the ticked ones');
    list.canSelectMany = true;
    list.ignoreFocusOut = true;
    list.matchOnDescription = true;
    list.matchOnDetail = true;
    list.items = withDocumentNames(proposals.map((proposal) => itemFor(proposal, proposal.alt)));
    list.selectedItems = list.items.filter(isProposal);
    list.onDidChangeActive(([active]) => {
      if (active !== undefined && !editing) void reveal(active.proposal);
    });
    list.onDidTriggerItemButton(async ({ item }) => {
      const ticked = new Set(list.selectedItems.map(({ proposal }) => proposal));
      editing = true;
      const words = await editWords(item);
      editing = false;
      const changed = words === undefined ? item : itemFor(item.proposal, words);
      list.items = list.items.map((other) => (isProposal(other) && other.proposal === item.proposal ? changed : other));
      list.selectedItems = list.items.filter(
        (other) => isProposal(other) && (ticked.has(other.proposal) || (words !== undefined && other === changed)),
      );
      list.activeItems = [changed];
      list.show();
    });
    list.onDidAccept(() => {
      resolve(list.selectedItems.map(({ proposal, label }) => ({ proposal, alt: label })));
      list.dispose();
    });
    list.onDidHide(() => {
      // The box in which words are edited takes the list's place for a while.
      if (editing) return;
      resolve(undefined);
      list.dispose();
    });
    list.show();
  });
}

function itemFor(proposal: AltProposal, words: string): ProposalItem {
  const line = proposal.reference.start.line + 1;
  const sure = vscode.l10n.t('{0} % sure', Math.round(proposal.confidence * 100));
  return {
    proposal,
    label: words,
    description: words === proposal.alt ? sure : vscode.l10n.t('edited'),
    detail: vscode.l10n.t('{0}, line {1}', proposal.target, line),
    iconPath: vscode.Uri.parse(proposal.imageUri),
    buttons: [{ iconPath: new vscode.ThemeIcon('edit'), tooltip: vscode.l10n.t('Edit the words') }],
  };
}

function isProposal(item: vscode.QuickPickItem): item is ProposalItem {
  return item.kind !== vscode.QuickPickItemKind.Separator;
}

/** Puts the document's name before the first proposal of each document. */
function withDocumentNames(items: readonly ProposalItem[]): ProposalItem[] {
  return items.flatMap((item, index) => {
    const { uri } = item.proposal;
    if (items[index - 1]?.proposal.uri === uri) return [item];
    const label = vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
    return [{ label, kind: vscode.QuickPickItemKind.Separator, proposal: item.proposal }, item];
  });
}

async function editWords({ label, proposal }: ProposalItem): Promise<string | undefined> {
  const words = await vscode.window.showInputBox({
    title: vscode.l10n.t('Alt text of {0}', proposal.target),
    value: label,
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === '' ? vscode.l10n.t('Words are needed; untick it to skip it.') : null),
  });
  return words?.trim();
}

/** Shows the image in its document, the keyboard staying in the list. */
async function reveal({ uri, reference }: AltProposal): Promise<void> {
  const selection = new vscode.Range(
    reference.start.line,
    reference.start.character,
    reference.end.line,
    reference.end.character,
  );
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), { preserveFocus: true, preview: true, selection });
}
