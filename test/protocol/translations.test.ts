/** The server in the reader's language: with the words that the client hands over in `initialize`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CodeAction, DocumentDiagnosticReport, Hover } from 'vscode-languageserver-protocol';
import { TestServer } from '../support/languageServer.ts';

const translations = {
  'There is no picture "{0}".': 'Es gibt kein Bild "{0}".',
  'There is no file {0}.': 'Die Datei {0} gibt es nicht.',
  'No alt text.': 'Kein Alternativtext.',
  'Mark as decorative': 'Als Schmuck kennzeichnen',
};

test('problems, fixes and hovers are in the language that the editor gives', async () => {
  const capabilities = { textDocument: { diagnostic: {} } };
  const server = await TestServer.start({ capabilities, initializationOptions: { translations } });
  try {
    await server.open('a.md', 'markdown', '![](nothing.png)\n');
    const textDocument = { uri: server.uri('a.md') };
    const report = await server.connection.sendRequest<DocumentDiagnosticReport>('textDocument/diagnostic', {
      textDocument,
    });
    assert.ok(report.kind === 'full');
    const messages = report.items.map(({ message }) => message);
    assert.ok(messages.includes('Es gibt kein Bild "nothing.png".'), JSON.stringify(messages));
    const hover = await server.at<Hover>('textDocument/hover', 'a.md', 6);
    assert.match(JSON.stringify(hover.contents), /Die Datei .*nothing.* gibt es nicht\..*Kein Alternativtext\./);
    const range = { start: { line: 0, character: 2 }, end: { line: 0, character: 2 } };
    const context = { diagnostics: [] };
    const actions = await server.connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
      textDocument,
      range,
      context,
    });
    assert.ok(
      actions.some(({ title }) => title === 'Als Schmuck kennzeichnen'),
      JSON.stringify(actions),
    );
  } finally {
    await server.stop();
  }
});
