import * as vscode from 'vscode';

/** Files, unsaved documents, and the Markdown cells of notebooks (which come by notebook synchronisation). */
export const documentSelector = [
  { scheme: 'file' },
  { scheme: 'untitled' },
  { scheme: 'vscode-notebook-cell', language: 'markdown' },
] as const;

/** Languages that people write pages in: any document of theirs starts the sidecar. */
const pageLanguages: ReadonlySet<string> = new Set([
  'markdown',
  'quarto',
  'rmd',
  'mdx',
  'html',
  'xhtml',
  'handlebars',
  'vue',
  'svelte',
  'astro',
  'javascriptreact',
  'typescriptreact',
  'asciidoc',
  'latex',
  'tex',
  'typst',
  'restructuredtext',
]);

/** The same, where no extension has taught VS Code the language. */
export const pagesByName = '**/*.{adoc,astro,mdx,qmd,rst,svelte,tex,typ,vue}';

/** In any other language a document counts where it names an image file. A look at its first part is enough. */
const imageName = /\.(?:apng|avif|gif|jfif|jpe?g|png|svg|tiff?|webp)\b/i;
const lookedAt = 200_000;

function isRelevant(document: vscode.TextDocument): boolean {
  if (vscode.languages.match([...documentSelector], document) === 0) return false;
  if (pageLanguages.has(document.languageId) || vscode.languages.match({ pattern: pagesByName }, document) > 0)
    return true;
  return imageName.test(document.getText().slice(0, lookedAt));
}

/** Starts the sidecar with the first document that can show an image; until then nothing runs. */
export function startWhenNeeded(
  server: { started(): Promise<unknown> },
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const subscriptions: vscode.Disposable[] = [];
  const stopLooking = (): void => {
    for (const subscription of subscriptions.splice(0)) subscription.dispose();
  };
  const look = (document: vscode.TextDocument): void => {
    if (!isRelevant(document)) return;
    stopLooking();
    // The language client shows and logs a failed start itself; this line says what it was started for.
    server.started().catch((error: unknown) => log.error(`Not started for ${document.uri.fsPath}: ${String(error)}`));
  };
  subscriptions.push(vscode.workspace.onDidOpenTextDocument(look), vscode.workspace.onDidSaveTextDocument(look));
  // Activation is over first: nobody waits for it.
  const open = setImmediate(() => vscode.workspace.textDocuments.forEach(look));
  return {
    dispose: () => {
      clearImmediate(open);
      stopLooking();
    },
  };
}
