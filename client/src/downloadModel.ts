import * as vscode from 'vscode';
import {
  downloadProgressNotification,
  modelRequests,
  type DescribeModelResult,
  type DownloadModelResult,
  type DownloadProgress,
  type HubModelDescription,
} from '../../server/src/protocol.ts';
import type { LanguageServer } from './languageServer.ts';

/** Models that are known to describe photographs well. */
const known = [
  { label: 'Salesforce/blip-image-captioning-base', description: '990 MB' },
  { label: 'Salesforce/blip-image-captioning-large', description: '1.88 GB' },
] as const;

/** "Download Model…": asks which, says what it is, downloads it once a person agrees, and offers to use it. */
export async function downloadModel(server: LanguageServer, log: vscode.LogOutputChannel): Promise<void> {
  const id = await chooseModel();
  if (id === undefined) return;
  const described = await describe(server, id);
  if (described === 'cancelled') return;
  if (!described.ok) return showFailure(described.message, log);
  const { model } = described;
  if (model.missing > 0) {
    if (!(await agrees(model))) return;
    const downloaded = await download(server, model);
    if (downloaded === 'cancelled') {
      vscode.window.setStatusBarMessage(
        vscode.l10n.t('The download was cancelled. What has arrived is kept for the next try.'),
        8000,
      );
      return;
    }
    if (!downloaded.ok) return showFailure(downloaded.message, log);
  }
  await offerToUse(id);
}

async function chooseModel(): Promise<string | undefined> {
  const other = { label: vscode.l10n.t('Another model…'), description: vscode.l10n.t('by its name on the hub') };
  const picked = await vscode.window.showQuickPick([...known, other], {
    title: vscode.l10n.t('Download a model for photographs'),
    placeHolder: vscode.l10n.t('You will see its size and licence before anything is downloaded'),
  });
  if (picked?.label !== other.label) return picked?.label;
  return vscode.window
    .showInputBox({
      title: vscode.l10n.t('A BLIP model of the hub'),
      placeHolder: 'owner/name',
      validateInput: (words) =>
        /^[\w][\w.-]*\/[\w][\w.-]*$/.test(words.trim()) ? undefined : vscode.l10n.t('Models are called owner/name.'),
    })
    .then((words) => words?.trim());
}

async function describe(server: LanguageServer, id: string): Promise<DescribeModelResult | 'cancelled'> {
  const title = vscode.l10n.t('Asking about {0}', id);
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (_, cancellation) => {
    const client = await server.started();
    return unlessCancelled(
      client.sendRequest<DescribeModelResult>(modelRequests.describe, { id }, cancellation),
      cancellation,
    );
  });
}

async function agrees({ id, bytes, missing, license, endpoint, revision }: HubModelDescription): Promise<boolean> {
  const yes = vscode.l10n.t('Download');
  const detail = [
    missing === bytes
      ? vscode.l10n.t('Size: {0}', size(bytes))
      : vscode.l10n.t('Size: {0}, of which {1} are not here yet', size(bytes), size(missing)),
    revision === 'main'
      ? vscode.l10n.t('From: {0}', endpoint)
      : vscode.l10n.t('From: {0} (revision {1})', endpoint, revision),
    license === null ? vscode.l10n.t('Licence: not named') : vscode.l10n.t('Licence: {0}', license),
    '',
    vscode.l10n.t(
      'It is downloaded once, into the Hugging Face cache that other tools share, and then works without a network. Your images stay on this machine.',
    ),
  ].join('\n');
  return (
    (await vscode.window.showInformationMessage(vscode.l10n.t('Download {0}?', id), { modal: true, detail }, yes)) ===
    yes
  );
}

async function download(
  server: LanguageServer,
  { id, revision }: HubModelDescription,
): Promise<DownloadModelResult | 'cancelled'> {
  const title = vscode.l10n.t('Downloading {0}', id);
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, cancellation) => {
    const client = await server.started();
    let shown = 0;
    const listening = client.onNotification(downloadProgressNotification, (now: DownloadProgress) => {
      if (now.id !== id) return;
      const percentage = Math.max(shown, Math.floor((100 * now.bytes) / Math.max(now.total, 1)));
      progress.report({ message: progressWords(now), increment: percentage - shown });
      shown = percentage;
    });
    try {
      const request = client.sendRequest<DownloadModelResult>(modelRequests.download, { id, revision }, cancellation);
      return await unlessCancelled(request, cancellation);
    } finally {
      listening.dispose();
    }
  });
}

async function unlessCancelled<T>(
  request: Promise<T>,
  cancellation: vscode.CancellationToken,
): Promise<T | 'cancelled'> {
  try {
    const result = await request;
    return cancellation.isCancellationRequested ? 'cancelled' : result;
  } catch (error) {
    if (cancellation.isCancellationRequested) return 'cancelled';
    throw error;
  }
}

async function offerToUse(id: string): Promise<void> {
  const settings = vscode.workspace.getConfiguration('imageCaptioner');
  if (settings.get('model') === id) {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} is here and in use.', id));
    return;
  }
  const use = vscode.l10n.t('Use It');
  const words = vscode.l10n.t(
    '{0} is here. The first caption prepares it for this machine, which takes a minute or two.',
    id,
  );
  if ((await vscode.window.showInformationMessage(words, use)) !== use) return;
  await settings.update('model', id, vscode.ConfigurationTarget.Global);
}

async function showFailure(message: string, log: vscode.LogOutputChannel): Promise<void> {
  log.error(message);
  const showLog = vscode.l10n.t('Show Log');
  if ((await vscode.window.showErrorMessage(message, showLog)) === showLog) log.show();
}

function progressWords({ bytes, total, bytesPerSecond, secondsLeft }: DownloadProgress): string {
  const soFar = vscode.l10n.t('{0} of {1}', size(bytes), size(total));
  if (secondsLeft === null) return soFar;
  return vscode.l10n.t('{0}, {1}/s, {2} left', soFar, size(bytesPerSecond), duration(secondsLeft));
}

function size(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  return bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e6).toFixed(2)} MB`;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 90 ? vscode.l10n.t('{0} s', whole) : vscode.l10n.t('{0} min', Math.ceil(whole / 60));
}
