import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { ToPanel } from './panelMessages.ts';

type Pictures = Extract<ToPanel, { type: 'pictures' }>;

const formats = '{apng,avif,gif,jfif,jpeg,jpg,png,svg,tif,tiff,webp,APNG,AVIF,GIF,JFIF,JPEG,JPG,PNG,SVG,TIF,TIFF,WEBP}';
/** Thumbnails are the files themselves, drawn as they come into view: some hundreds are no load. */
const listed = 500;
/** Dropped and pasted pictures kept for a reload of the window; the oldest go first. */
const keptUploads = 20;
const uploadLimit = 200 * 1024 * 1024;

/** The pictures of the workspace, by path. */
export async function workspacePictures(webview: vscode.Webview): Promise<Pictures> {
  const found = await vscode.workspace.findFiles(`**/*.${formats}`, '**/{node_modules,.git}/**', listed + 1);
  const pictures = found.slice(0, listed).map((uri) => ({
    uri: uri.toString(),
    path: vscode.workspace.asRelativePath(uri),
    thumbnail: webview.asWebviewUri(uri).toString(),
  }));
  const order = new Intl.Collator('en', { numeric: true });
  return {
    type: 'pictures',
    pictures: pictures.toSorted((a, b) => order.compare(a.path, b.path)),
    more: found.length > listed,
  };
}

/**
 * Puts a dropped or pasted picture into the extension's own folder: the sidecar reads it there like any other, and the
 * panel finds it again after a reload.
 * @throws Error with a message for the person
 */
export async function keepUpload(folder: vscode.Uri, name: string, bytes: Uint8Array): Promise<vscode.Uri> {
  if (bytes.length > uploadLimit)
    throw new Error(vscode.l10n.t('{0} is too large: at most {1} MB are read.', name, uploadLimit / 1024 / 1024));
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const safe = name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').slice(-60) || 'picture';
  const ofThis = vscode.Uri.joinPath(folder, hash);
  const file = vscode.Uri.joinPath(ofThis, safe);
  await vscode.workspace.fs.writeFile(file, bytes);
  await dropOldUploads(folder);
  return file;
}

async function dropOldUploads(folder: vscode.Uri): Promise<void> {
  const names = await vscode.workspace.fs.readDirectory(folder);
  if (names.length <= keptUploads) return;
  const dated = await Promise.all(
    names.map(async ([name]) => {
      const uri = vscode.Uri.joinPath(folder, name);
      return { uri, time: (await vscode.workspace.fs.stat(uri)).mtime };
    }),
  );
  for (const { uri } of dated.toSorted((a, b) => b.time - a.time).slice(keptUploads))
    await vscode.workspace.fs.delete(uri, { recursive: true });
}
