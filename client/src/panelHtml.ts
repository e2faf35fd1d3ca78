import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** The page of the panel: one script with a nonce, one style sheet of the extension's, pictures; nothing from elsewhere. */
export function panelHtml(webview: vscode.Webview, media: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(media, name)).toString();
  const policy = [
    "default-src 'none'",
    `img-src ${webview.cspSource} data:`,
    `style-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1.0" />
    <link rel="stylesheet" href="${file('panel.css')}" />
    <title>${vscode.l10n.t('Caption Panel')}</title>
  </head>
  <body>
    <div id="panel"></div>
    <script nonce="${nonce}" type="module" src="${file('panel.js')}"></script>
  </body>
</html>
`;
}
