/** A notebook's cells as an editor syncs them: each a document of its own, beside the notebook's file. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type {
  CodeAction,
  DocumentDiagnosticReport,
  DocumentLink,
  Hover,
  MarkupContent,
} from 'vscode-languageserver-protocol';
import { evalPictures, TestServer } from '../support/languageServer.ts';

const picture = '001-emoji.png';
const caption = 'A magic wand emoji';
const base64 = (await readFile(path.join(evalPictures, picture))).toString('base64');
let server: TestServer;
let cells: readonly TextDocument[];

before(async () => {
  server = await TestServer.start({ settings: { prefetch: false } });
  await server.file('notes/wand.png', { picture });
  cells = await server.openNotebook('notes/a.ipynb', [
    { text: 'Beside the notebook: ![](wand.png)\n' },
    {
      text: '![](attachment:drawn.png) ![](attachment:none.png)\n',
      metadata: { attachments: { 'drawn.png': { 'image/png': base64 } } },
    },
    { text: '![](attachment:untold.png)\n' },
    {
      text: '![](attachment:former.png)\n',
      metadata: { custom: { attachments: { 'former.png': { 'image/png': base64 } } } },
    },
  ]);
});
after(() => server.stop());

const about = (index: number): { textDocument: { uri: string } } => ({ textDocument: { uri: cells[index]!.uri } });

async function hover(index: number, character: number): Promise<string> {
  const params = { ...about(index), position: { line: 0, character } };
  const answer = await server.connection.sendRequest<Hover>('textDocument/hover', params);
  return (answer.contents as MarkupContent).value;
}

async function problems(index: number): Promise<string[]> {
  const report = await server.connection.sendRequest<DocumentDiagnosticReport>('textDocument/diagnostic', about(index));
  return report.kind === 'full' ? report.items.map(({ code, range }) => `${code} ${range.start.character}`) : [];
}

test('pictures beside the notebook and attachments of the cell are captioned', async () => {
  assert.match(await hover(0, 25), new RegExp(caption));
  assert.match(await hover(1, 5), new RegExp(caption));
  assert.match(await hover(3, 5), new RegExp(caption));
});

test('problems are each cell’s own; an attachment that the cell does not have is one', async () => {
  assert.deepEqual(await problems(0), ['alt-missing 21']);
  assert.deepEqual(await problems(1), ['alt-missing 0', 'alt-missing 26', 'image-not-found 30']);
  // Nothing was told of this cell's attachments: it may have it.
  assert.deepEqual(await problems(2), ['alt-missing 0']);
});

test('links lead to the files beside the notebook; attachments have none', async () => {
  const links = await server.connection.sendRequest<DocumentLink[]>('textDocument/documentLink', about(0));
  assert.deepEqual(
    links.map(({ target }) => target),
    [server.uri('notes/wand.png')],
  );
  assert.deepEqual(await server.connection.sendRequest('textDocument/documentLink', about(1)), []);
});

test('the quick fix writes into the cell, versioned', async () => {
  const at = { line: 0, character: 3 };
  const params = { ...about(1), range: { start: at, end: at }, context: { diagnostics: [] } };
  const [first] = await server.connection.sendRequest<CodeAction[]>('textDocument/codeAction', params);
  await server.connection.sendRequest('workspace/executeCommand', first!.command!);
  assert.equal(cells[1]!.getText(), `![${caption}](attachment:drawn.png) ![](attachment:none.png)\n`);
  const change = server.applied.at(-1)!.edit.documentChanges![0]!;
  assert.deepEqual('textDocument' in change && change.textDocument, { uri: cells[1]!.uri, version: 1 });
  assert.deepEqual(await problems(1), ['alt-missing 44', 'image-not-found 48']);
});

test('an attachment that is added later is found', async () => {
  const metadata = { attachments: { 'untold.png': { 'image/png': [base64] } } };
  await server.connection.sendNotification('notebookDocument/didChange', {
    notebookDocument: { uri: server.uri('notes/a.ipynb'), version: 2 },
    change: { cells: { data: [{ kind: 1, document: cells[2]!.uri, metadata }] } },
  });
  assert.match(await hover(2, 5), new RegExp(caption));
});
