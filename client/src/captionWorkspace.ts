import * as vscode from 'vscode';
import {
  serverCommands,
  type CaptionWorkspaceArguments,
  type CaptionWorkspaceResult,
} from '../../server/src/protocol.ts';
import { applyProposals, type AppliedProposals } from './applyProposals.ts';
import type { LanguageServer } from './languageServer.ts';
import { reviewProposals } from './reviewProposals.ts';

/** Captions what has no alt text in the workspace, lets a person review it, then writes what they accepted. */
export async function captionWorkspace(server: LanguageServer, log: vscode.LogOutputChannel): Promise<void> {
  const result = await askForProposals(server);
  if (result === 'cancelled') {
    vscode.window.setStatusBarMessage(vscode.l10n.t('Captioning was cancelled; nothing was written.'), 5000);
  }
  if (result === 'cancelled' || result === 'failed') return;
  for (const { uri, reference, target, reason } of [...result.skipped, ...result.failed]) {
    log.info(`${vscode.Uri.parse(uri).fsPath}:${reference.start.line + 1} ${target}: ${reason}`);
  }
  if (result.proposals.length === 0) {
    await tell(vscode.l10n.t('No alt text to suggest in {0} documents.', result.documents), leftToPeople(result), log);
    return;
  }
  const accepted = await reviewProposals(result.proposals);
  if (accepted === undefined || accepted.length === 0) return;
  const applied = await applyProposals(await server.started(), accepted);
  for (const { uri, target } of applied.changedMeanwhile) {
    log.warn(`${vscode.Uri.parse(uri).fsPath}: ${target} was changed during the review, so nothing was written there`);
  }
  await tellWritten(applied, leftToPeople(result), log);
}

/** `failed`: the server has told the person why. */
async function askForProposals(server: LanguageServer): Promise<CaptionWorkspaceResult | 'cancelled' | 'failed'> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Captioning images'),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, cancellation) => {
    const client = await server.started();
    const { runWithProgress } = await import('./languageClient.ts');
    let shown = 0;
    const show = (message: string, percent: number | null): void => {
      const reached = Math.max(shown, percent ?? shown);
      progress.report({ message, increment: reached - shown });
      shown = reached;
    };
    const request: CaptionWorkspaceArguments = { review: true };
    try {
      const result = await runWithProgress<CaptionWorkspaceResult | null>(
        client,
        { command: serverCommands.captionWorkspace, arguments: [request] },
        show,
        cancellation,
      );
      if (result?.cancelled === true || cancellation.isCancellationRequested) return 'cancelled';
      return result ?? 'failed';
    } catch (error) {
      if (cancellation.isCancellationRequested) return 'cancelled';
      throw error;
    }
  });
}

/** What a person still has to do, as a sentence; the log names each picture. */
function leftToPeople({ skipped, failed }: CaptionWorkspaceResult): string {
  const count = skipped.length + failed.length;
  if (count === 0) return '';
  return count === 1
    ? vscode.l10n.t('1 image is left to you; the log says which and why.')
    : vscode.l10n.t('{0} images are left to you; the log says which and why.', count);
}

async function tell(message: string, left: string, log: vscode.LogOutputChannel): Promise<void> {
  if (left === '') {
    void vscode.window.showInformationMessage(message);
    return;
  }
  const showLog = vscode.l10n.t('Show Log');
  if ((await vscode.window.showInformationMessage(`${message} ${left}`, showLog)) === showLog) log.show();
}

async function tellWritten(applied: AppliedProposals, left: string, log: vscode.LogOutputChannel): Promise<void> {
  const { written, documents, changedMeanwhile } = applied;
  const sentences = [
    written === 1
      ? vscode.l10n.t('Wrote 1 alt text.')
      : vscode.l10n.t('Wrote {0} alt texts in {1} documents.', written, documents.length),
    changedMeanwhile.length === 0
      ? ''
      : vscode.l10n.t('{0} were left out: the document changed meanwhile.', changedMeanwhile.length),
    left,
  ].filter((sentence) => sentence !== '');
  const saveAll = vscode.l10n.t('Save All');
  const showLog = vscode.l10n.t('Show Log');
  const buttons = [saveAll, ...(left === '' && changedMeanwhile.length === 0 ? [] : [showLog])];
  const chosen = await vscode.window.showInformationMessage(sentences.join(' '), ...buttons);
  if (chosen === saveAll) for (const document of documents) await document.save();
  if (chosen === showLog) log.show();
}
