import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';

/**
 * The page of the panel: one script and one style with a nonce, pictures; nothing from elsewhere. Its frame is there
 * before the script is, and carries its style itself: each file that a webview asks for takes a way through the editor.
 */
export function panelHtml(webview: vscode.Webview, media: vscode.Uri): string {
  const style = readFileSync(vscode.Uri.joinPath(media, 'panel.css').fsPath, 'utf8');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(media, 'panel.js')).toString();
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'none'",
    `img-src ${webview.cspSource} data:`,
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ');
  const { bundle } = vscode.l10n;
  // Without a bundle the words are English, whatever the editor's language.
  const language = bundle === undefined ? 'en' : vscode.env.language;
  return `<!DOCTYPE html>
<html lang="${escape(language)}">
  <head>
    <meta charset="UTF-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1.0" />
    <title>${escape(vscode.l10n.t('Caption panel'))}</title>
    <style nonce="${nonce}">${style}</style>
    <script nonce="${nonce}" type="module" src="${script}"></script>
  </head>
  <body>
    <div id="panel" data-translations="${escape(JSON.stringify(bundle ?? {}))}">${frame()}</div>
  </body>
</html>
`;
}

/** What stands where the page will draw, until it does. */
function frame(): string {
  return `
      <main aria-busy="true">
        <h1 class="title">${escape(vscode.l10n.t('Caption panel'))}</h1>
        <div class="top">
          <section class="picture-part"><div class="empty"></div></section>
          <section class="caption-part">
            <div class="head"><h2>${escape(vscode.l10n.t('Caption'))}</h2></div>
            <div class="output"><p class="caption"><span class="waiting">${escape(vscode.l10n.t('Opening…'))}</span></p></div>
          </section>
        </div>
      </main>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escape(words: string): string {
  return words.replaceAll(/[&<>"]/g, (letter) => entities[letter] ?? letter);
}
