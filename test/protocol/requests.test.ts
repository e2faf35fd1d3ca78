/** What the protocol asks of a server: cancelling, unknown and early requests, versions, files that change. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import {
  CancellationTokenSource,
  type CodeAction,
  type DocumentDiagnosticReport,
  type PublishDiagnosticsParams,
  type RegistrationParams,
} from 'vscode-languageserver-protocol/node';
import { eventually } from '../support/eventually.ts';
import { TestServer } from '../support/languageServer.ts';

const picture = '001-emoji.png';
const watching = {
  workspace: {
    configuration: true,
    workspaceFolders: true,
    didChangeWatchedFiles: { dynamicRegistration: true },
    diagnostics: { refreshSupport: true },
    workspaceEdit: { documentChanges: true },
  },
  textDocument: { diagnostic: {} },
};
let server: TestServer;
const registered: string[] = [];
let refreshed = 0;

before(async () => {
  server = await TestServer.start({ capabilities: watching, settings: { prefetch: false } });
  server.connection.onRequest('client/registerCapability', ({ registrations }: RegistrationParams) => {
    registered.push(...registrations.map(({ registerOptions }) => JSON.stringify(registerOptions)));
    return null;
  });
  server.connection.onRequest('workspace/diagnostic/refresh', () => {
    refreshed += 1;
    return null;
  });
  await server.file('wand.png', { picture });
});
after(() => server.stop());

async function pull(name: string, previousResultId?: string): Promise<DocumentDiagnosticReport> {
  const params = {
    textDocument: { uri: server.uri(name) },
    ...(previousResultId === undefined ? {} : { previousResultId }),
  };
  return server.connection.sendRequest<DocumentDiagnosticReport>('textDocument/diagnostic', params);
}

const codes = (report: DocumentDiagnosticReport): unknown[] =>
  report.kind === 'full' ? report.items.map(({ code }) => code) : [];

test('requests about a document that is not open are answered with nothing', async () => {
  const params = { textDocument: { uri: server.uri('closed.md') }, position: { line: 0, character: 0 } };
  const range = { start: params.position, end: params.position };
  assert.equal(await server.connection.sendRequest('textDocument/hover', params), null);
  assert.deepEqual(await server.connection.sendRequest('textDocument/completion', params), []);
  assert.deepEqual(await server.connection.sendRequest('textDocument/documentLink', params), []);
  assert.deepEqual(
    await server.connection.sendRequest('textDocument/codeAction', { ...params, range, context: { diagnostics: [] } }),
    [],
  );
  assert.deepEqual(codes(await pull('closed.md')), []);
});

test('problems that are still the same are not sent again', async () => {
  await server.open('same.md', 'markdown', '![](wand.png)\n\nwords\n');
  const first = await pull('same.md');
  assert.deepEqual(codes(first), ['alt-missing']);
  await server.type('same.md', { start: { line: 2, character: 0 }, end: { line: 2, character: 0 } }, 'more ');
  const second = await pull('same.md', first.resultId);
  assert.deepEqual(second, { kind: 'unchanged', resultId: first.resultId });
  await server.type('same.md', { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, '> ');
  const third = await pull('same.md', first.resultId);
  assert.deepEqual(codes(third), ['alt-missing']);
  assert.notEqual(third.resultId, first.resultId);
  assert.equal((await pull('same.md')).kind, 'full');
});

test('problems asked for while somebody types are those of the newest text', async () => {
  await server.open('typing.md', 'markdown', '\n');
  const answers: Promise<DocumentDiagnosticReport>[] = [];
  for (let round = 0; round < 20; round += 1) {
    await server.type(
      'typing.md',
      { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
      '![](wand.png)\n\n',
    );
    answers.push(pull('typing.md'));
  }
  const last = (await Promise.all(answers)).at(-1)!;
  assert.equal(codes(last).length, 20);
});

test('a picture that comes or goes changes the problems', async () => {
  await eventually(() =>
    assert.ok(registered.some((options) => options.includes('png') && options.includes('config*.json'))),
  );
  await server.open('later.md', 'markdown', '![Later](later.png)\n');
  assert.deepEqual(codes(await pull('later.md')), ['image-not-found']);
  const tell = async (type: 1 | 3): Promise<void> => {
    const before = refreshed;
    const changes = [{ uri: server.uri('later.png'), type }];
    await server.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
    await eventually(() => assert.ok(refreshed > before));
  };
  await server.file('later.png', { picture });
  await tell(1);
  assert.deepEqual(codes(await pull('later.md')), []);
  await rm(path.join(server.folder, 'later.png'));
  await tell(3);
  assert.deepEqual(codes(await pull('later.md')), ['image-not-found']);
});

test('a cancelled hover is acknowledged at once while the model works', async () => {
  await server.file('other.png', { picture: '002-emoji.png' });
  await server.open('hover.md', 'markdown', '![](other.png)\n');
  const cancel = new CancellationTokenSource();
  const params = { textDocument: { uri: server.uri('hover.md') }, position: { line: 0, character: 2 } };
  // The first of all: the model has to be loaded for it.
  const answer = server.connection.sendRequest('textDocument/hover', params, cancel.token).catch(() => null);
  await new Promise((resolve) => setTimeout(resolve, 60));
  const began = performance.now();
  cancel.cancel();
  assert.equal(await answer, null);
  const taken = performance.now() - began;
  assert.ok(taken < 100, `${taken} ms`);
});

test('code actions of one kind only', async () => {
  await server.open('only.md', 'markdown', '![Image of a wand](wand.png)\n');
  const ask = async (only: string): Promise<string[]> => {
    const range = { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } };
    const params = { textDocument: { uri: server.uri('only.md') }, range, context: { diagnostics: [], only: [only] } };
    const actions = await server.connection.sendRequest<CodeAction[]>('textDocument/codeAction', params);
    return [...new Set(actions.map(({ kind }) => kind!))];
  };
  assert.deepEqual(await ask('quickfix'), ['quickfix']);
  assert.deepEqual(await ask('source.fixAll'), ['source.fixAll.image-captioner']);
  assert.deepEqual(await ask('source.fixAll.image-captioner'), ['source.fixAll.image-captioner']);
  assert.deepEqual(await ask('source.organizeImports'), []);
  assert.deepEqual(await ask('refactor.extract'), []);
});

test('a command that is not known, or not understood, is told to the person', async () => {
  for (const [command, args, message] of [
    ['imageCaptioner.server.paint', [], /There is no command imageCaptioner\.server\.paint/],
    ['imageCaptioner.server.insertAltText', [{ uri: 1 }], /insertAltText: its argument is not understood/],
    ['imageCaptioner.server.insertAltText', [], /not understood/],
    ['imageCaptioner.server.captionWorkspace', [{ uris: 'all' }], /not understood/],
  ] as const) {
    const before = server.messages.length;
    assert.equal(await server.connection.sendRequest('workspace/executeCommand', { command, arguments: args }), null);
    await eventually(() => assert.ok(server.messages.length > before));
    assert.match(server.messages.at(-1)!, message);
  }
});

test('clients that do not pull get problems pushed, with the version they are of', async () => {
  const pushed: PublishDiagnosticsParams[] = [];
  const other = await TestServer.start({ capabilities: { textDocument: {} }, settings: { prefetch: false } });
  try {
    other.connection.onNotification(
      'textDocument/publishDiagnostics',
      (params: PublishDiagnosticsParams) => void pushed.push(params),
    );
    await other.open('a.md', 'markdown', '![x](none.png)\n');
    await eventually(() => assert.ok(pushed.length === 1));
    for (const text of ['![](none.png) ', 'a', 'b']) {
      await other.type('a.md', { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text);
    }
    await eventually(() => assert.ok(pushed.at(-1)!.version === 4));
    // Three keystrokes in a row are one.
    assert.deepEqual(
      pushed.map(({ version, diagnostics }) => [version, diagnostics.length]),
      [
        [1, 1],
        [4, 3],
      ],
    );
    await other.connection.sendNotification('textDocument/didClose', { textDocument: { uri: other.uri('a.md') } });
    await eventually(() => assert.ok(pushed.at(-1)!.diagnostics.length === 0));
  } finally {
    await other.stop();
  }
});

test('shutdown is answered at once while the model works, and the process ends', async (context) => {
  const other = await TestServer.start();
  // Where it fails no process is left for the runner to wait for.
  context.after(() => other.process.kill('SIGKILL'));
  await other.file('wand.png', { picture });
  await other.open('a.md', 'markdown', '![](wand.png)\n');
  const params = { textDocument: { uri: other.uri('a.md') }, position: { line: 0, character: 2 } };
  void other.connection.sendRequest('textDocument/hover', params).catch(() => null);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const began = performance.now();
  await other.connection.sendRequest('shutdown');
  const taken = performance.now() - began;
  assert.ok(taken < 50, `${taken} ms`);
  const ended = new Promise((resolve) => other.process.once('exit', resolve));
  await other.connection.sendNotification('exit');
  assert.equal(await ended, 0);
  await rm(path.dirname(other.folder), { recursive: true, force: true });
});
