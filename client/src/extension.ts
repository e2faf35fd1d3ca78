import * as vscode from 'vscode';
import { registerCommands } from './commands.ts';
import { LanguageServer } from './languageServer.ts';
import { registerPanel } from './openPanel.ts';
import { registerPasteImage } from './pasteImage.ts';
import { startWhenNeeded } from './relevantDocuments.ts';
import { StatusItem } from './statusItem.ts';

let server: LanguageServer | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Image Captioner', { log: true });
  server = new LanguageServer(context.extensionUri, log);
  context.subscriptions.push(
    log,
    server,
    new StatusItem(server),
    ...registerCommands(server, log),
    ...registerPasteImage(server),
    ...registerPanel(context, server, log),
    startWhenNeeded(server, log),
  );
}

/** VS Code waits for this promise, so the sidecar ends before the window does. */
export function deactivate(): Promise<void> | undefined {
  return server?.stop();
}
