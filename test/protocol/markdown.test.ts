import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type {
  CodeAction,
  DocumentDiagnosticReport,
  DocumentLink,
  Hover,
  MarkupContent,
} from 'vscode-languageserver-protocol';
import { TestServer, withCursor } from '../support/languageServer.ts';

// "a magic wand emoji" with confidence 0.92: the model is sure of it.
const sure = '001-emoji.png';
let server: TestServer;

before(async () => {
  server = await TestServer.start();
});
after(() => server.stop());

async function openWithPicture(name: string, marked: string, picture = sure): Promise<number> {
  await server.file('img/wand.png', { picture });
  const { text, offset } = withCursor(marked);
  await server.open(name, 'markdown', text);
  return offset;
}

test('a hover shows the caption, the confidence, the size and the alt as it stands', async () => {
  const offset = await openWithPicture('hover.md', 'See ![o┃ld](img/wand.png).\n');
  const hover = await server.at<Hover>('textDocument/hover', 'hover.md', offset);
  const { value } = hover.contents as MarkupContent;
  assert.match(value, /\*\*A magic wand emoji\*\* \(confidence 92 %\)/);
  assert.match(value, /96 × 96 PNG/);
  assert.match(value, /Alt text: “old”/);
  assert.deepEqual(hover.range, { start: { line: 0, character: 4 }, end: { line: 0, character: 24 } });
});

test('a hover over plain text shows nothing', async () => {
  const offset = await openWithPicture('plain.md', 'W┃ords. ![](img/wand.png)\n');
  assert.equal(await server.at('textDocument/hover', 'plain.md', offset), null);
});

test('a hover over a missing picture says which file was expected', async () => {
  const offset = await openWithPicture('gone.md', '![┃](img/gone.png)\n');
  const hover = await server.at<Hover>('textDocument/hover', 'gone.md', offset);
  assert.match((hover.contents as MarkupContent).value, /There is no file .*gone/);
});

test('the quick fix is first, alone preferred, and writes the caption by a versioned edit', async () => {
  const offset = await openWithPicture('fix.md', 'Before ![┃](img/wand.png) after\n');
  const document = server.document('fix.md');
  const at = document.positionAt(offset);
  const actions = await server.connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
    textDocument: { uri: document.uri },
    range: { start: at, end: at },
    context: { diagnostics: [] },
  });
  assert.match(actions[0]!.title, /^Insert alt text/);
  assert.equal(actions[0]!.kind, 'quickfix');
  assert.equal(actions[0]!.edit, undefined);
  assert.deepEqual(
    actions.filter(({ isPreferred }) => isPreferred === true),
    [actions[0]],
  );
  await server.connection.sendRequest('workspace/executeCommand', actions[0]!.command!);
  assert.equal(document.getText(), 'Before ![A magic wand emoji](img/wand.png) after\n');
});

test('what is typed while the caption is computed is never overwritten', async () => {
  const offset = await openWithPicture('race.md', '![┃](img/wand.png)\n');
  const document = server.document('race.md');
  let typed = false;
  server.beforeEdit = async () => {
    if (typed) return;
    typed = true;
    const start = { line: 0, character: 0 };
    await server.type('race.md', { start, end: start }, 'Typed meanwhile. ');
  };
  const args = { uri: document.uri, position: document.positionAt(offset) };
  const command = 'imageCaptioner.server.insertAltText';
  await server.connection.sendRequest('workspace/executeCommand', { command, arguments: [args] });
  server.beforeEdit = null;
  assert.equal(document.getText(), 'Typed meanwhile. ![A magic wand emoji](img/wand.png)\n');
});

test('problems are pulled, with the rule as their code and a link to its page', async () => {
  await openWithPicture('problems.md', '![┃](img/wand.png) ![image](img/wand.png)\n');
  const textDocument = { uri: server.uri('problems.md') };
  const report = await server.connection.sendRequest<DocumentDiagnosticReport>('textDocument/diagnostic', {
    textDocument,
  });
  assert.equal(report.kind, 'full');
  const found = report.kind === 'full' ? report.items.map(({ code, source }) => `${source}:${code}`) : [];
  assert.deepEqual(found, ['image-captioner:alt-missing', 'image-captioner:alt-placeholder']);
  assert.match(
    report.kind === 'full' ? (report.items[0]!.codeDescription?.href ?? '') : '',
    /docs\/rules\/alt-missing\.md$/,
  );
});

test('a document link opens the located picture', async () => {
  await openWithPicture('link.md', '┃![a](img/wand.png)\n');
  const textDocument = { uri: server.uri('link.md') };
  const links = await server.connection.sendRequest<DocumentLink[]>('textDocument/documentLink', { textDocument });
  assert.deepEqual(links, [
    {
      range: { start: { line: 0, character: 5 }, end: { line: 0, character: 17 } },
      target: server.uri('img/wand.png'),
    },
  ]);
});
