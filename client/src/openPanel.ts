import * as vscode from 'vscode';
import type { CaptionPanel, PanelContext, PanelSubject } from './captionPanel.ts';
import type { LanguageServer } from './languageServer.ts';

const panelType = 'imageCaptioner.panel';

/** The command that opens the panel beside the editor, and what brings it back after a reload. There is one panel. */
export function registerPanel(
  extension: vscode.ExtensionContext,
  server: LanguageServer,
  log: vscode.LogOutputChannel,
): vscode.Disposable[] {
  const context: PanelContext = {
    server,
    log,
    media: vscode.Uri.joinPath(extension.extensionUri, 'dist', 'media'),
    uploads: vscode.Uri.joinPath(extension.storageUri ?? extension.globalStorageUri, 'panel-pictures'),
  };
  let open: CaptionPanel | undefined;
  const attach = async (panel: vscode.WebviewPanel, subject: PanelSubject | null): Promise<void> => {
    // Loaded here: activation does without it.
    const { CaptionPanel } = await import('./captionPanel.ts');
    const made = new CaptionPanel(panel, context, subject);
    open = made;
    panel.onDidDispose(() => {
      made.dispose();
      if (open === made) open = undefined;
    });
  };
  return [
    vscode.commands.registerCommand('imageCaptioner.openPanel', async (argument?: unknown) => {
      const subject = await subjectOf(argument);
      if (open !== undefined) return open.show(subject);
      const panel = vscode.window.createWebviewPanel(
        panelType,
        vscode.l10n.t('Caption Panel'),
        { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
        { enableScripts: true },
      );
      panel.iconPath = vscode.Uri.joinPath(extension.extensionUri, 'media', 'icon.png');
      await attach(panel, subject);
    }),
    vscode.window.registerWebviewPanelSerializer(panelType, {
      deserializeWebviewPanel: (panel) => attach(panel, null),
    }),
    { dispose: () => open?.dispose() },
  ];
}

/** A file from the explorer, a place from a link in a hover, else what is open and where the cursor is. */
async function subjectOf(argument: unknown): Promise<PanelSubject> {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri = argument instanceof vscode.Uri ? argument : undefined;
  if (uri !== undefined && isImage(uri)) return { kind: 'file', uri };
  if (uri === undefined && input instanceof vscode.TabInputCustom && isImage(input.uri))
    return { kind: 'file', uri: input.uri };
  if (!isPlace(argument)) return { kind: 'cursor' };
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(argument.uri));
  const { line, character } = argument.position;
  return { kind: 'place', document, position: new vscode.Position(line, character) };
}

function isImage({ path }: vscode.Uri): boolean {
  return /\.(?:apng|avif|gif|jfif|jpe?g|png|svg|tiff?|webp)$/i.test(path);
}

interface Place {
  readonly uri: string;
  readonly position: { readonly line: number; readonly character: number };
}

function isPlace(argument: unknown): argument is Place {
  const { uri, position } = (argument ?? {}) as Partial<Place>;
  return typeof uri === 'string' && typeof position?.line === 'number' && typeof position.character === 'number';
}
