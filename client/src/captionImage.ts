import * as vscode from 'vscode';
import { captionImageRequest, type CaptionImageParams, type CaptionImageResult } from '../../server/src/protocol.ts';
import type { LanguageServer } from './languageServer.ts';

/** "Caption this image", from the explorer or an image's tab: shows the caption and copies it. */
export async function captionImage(server: LanguageServer, image: vscode.Uri | undefined): Promise<void> {
  if (image === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Open an image, or choose one in the explorer, first.'));
    return;
  }
  const title = vscode.l10n.t('Captioning {0}', vscode.workspace.asRelativePath(image));
  const result = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, async () => {
    const client = await server.started();
    const params: CaptionImageParams = { uri: client.code2ProtocolConverter.asUri(image) };
    return client.sendRequest<CaptionImageResult>(captionImageRequest, params);
  });
  if (!result.ok) {
    void vscode.window.showErrorMessage(result.message);
    return;
  }
  const copy = vscode.l10n.t('Copy');
  const sure = vscode.l10n.t('{0} % sure', Math.round(result.caption.confidence * 100));
  const words = [`${result.alt} (${sure})`, result.note].filter((part) => part !== null).join(' — ');
  if ((await vscode.window.showInformationMessage(words, copy)) === copy)
    await vscode.env.clipboard.writeText(result.alt);
}
