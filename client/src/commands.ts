import * as vscode from 'vscode';
import { serverCommands, type InsertAltTextArguments } from '../../server/src/protocol.ts';
import { captionImage } from './captionImage.ts';
import type { LanguageServer } from './languageServer.ts';

/** The commands of the palette and of menus. Those that the server runs are registered by the language client. */
export function registerCommands(server: LanguageServer, log: vscode.LogOutputChannel): vscode.Disposable[] {
  const commands: Record<string, (argument?: unknown) => unknown> = {
    captionWorkspace: async () => (await import('./captionWorkspace.ts')).captionWorkspace(server, log),
    insertAltText: () => insertAltText(server),
    captionImage: (uri) => captionImage(server, uri instanceof vscode.Uri ? uri : imageOfActiveTab()),
    downloadModel: async () => (await import('./downloadModel.ts')).downloadModel(server, log),
    restart: () => server.restart(),
    showLog: () => log.show(),
  };
  return Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(`imageCaptioner.${name}`, run));
}

/** Writes the alt text of the image at the cursor. The server's edit is versioned: what was typed meanwhile stays. */
async function insertAltText(server: LanguageServer): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Put the cursor on an image in a document first.'));
    return;
  }
  const client = await server.started();
  const { code2ProtocolConverter } = client;
  const place: InsertAltTextArguments = {
    uri: code2ProtocolConverter.asUri(editor.document.uri),
    position: code2ProtocolConverter.asPosition(editor.selection.active),
  };
  await client.sendRequest('workspace/executeCommand', { command: serverCommands.insertAltText, arguments: [place] });
}

function imageOfActiveTab(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom ? input.uri : undefined;
}
