import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Hover, MarkupContent } from 'vscode-languageserver-protocol';
import { evalPictures, TestServer } from '../support/languageServer.ts';
import { systemTool } from '../support/systemTool.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = path.join(root, 'server/src/cli.ts');
const count = process.env['LONG_TESTS'] === '1' ? 100 : 5;
const pictures = readdirSync(evalPictures)
  .filter((name) => name.endsWith('.png'))
  .slice(0, count);
const files = pictures.map((name) => path.join(evalPictures, name));
let folder: string;

before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'offline-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string, args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(program, args, {
    encoding: 'utf8',
    cwd: root,
    env: { ...process.env, IMAGE_CAPTIONER_CACHE: path.join(folder, 'cache') },
  });
}

test('captions and checks open no connection to the network', () => {
  const trace = path.join(folder, 'trace');
  const strace = ['-f', '-qq', '-e', 'trace=connect,sendto', '-o', trace, process.execPath, cli];
  assert.equal(run(systemTool('strace'), [...strace, 'caption', '--no-cache', ...files]).status, 0);
  assert.doesNotMatch(readFileSync(trace, 'utf8'), /AF_INET/);
  assert.ok((run('strace', [...strace, 'check', 'samples']).status ?? 9) <= 1);
  assert.doesNotMatch(readFileSync(trace, 'utf8'), /AF_INET/);
});

test('captions and checks work without a network', () => {
  const isolated = ['--map-root-user', '--net', process.execPath, cli];
  const captioned = run(systemTool('unshare', 'util-linux'), [...isolated, 'caption', '--no-cache', ...files]);
  assert.equal(captioned.status, 0, captioned.stderr);
  assert.equal(captioned.stdout.trim().split('\n').length, count);
  assert.equal(run('unshare', [...isolated, 'check', 'samples']).status, 1);
});

/** Hovers over every picture, and asks for a document's problems. */
async function useServer(under: readonly string[]): Promise<void> {
  const server = await TestServer.start({ under });
  try {
    for (const picture of pictures) await server.file(`img/${picture}`, { picture });
    await server.open('page.md', 'markdown', pictures.map((picture) => `![](img/${picture})\n`).join(''));
    const textDocument = { uri: server.uri('page.md') };
    for (const line of pictures.keys()) {
      const position = { line, character: 3 };
      const hover = await server.connection.sendRequest<Hover>('textDocument/hover', { textDocument, position });
      assert.match((hover.contents as MarkupContent).value, /confidence|photograph/);
    }
    const report = await server.connection.sendRequest<{ items: unknown[] }>('textDocument/diagnostic', {
      textDocument,
    });
    assert.equal(report.items.length, count);
  } finally {
    await server.stop();
  }
}

test('hovers and problems open no connection to the network', async () => {
  const trace = path.join(folder, 'server-trace');
  await useServer([systemTool('strace'), '-f', '-qq', '-e', 'trace=connect,sendto', '-o', trace]);
  assert.doesNotMatch(readFileSync(trace, 'utf8'), /AF_INET/);
});

test('hovers and problems work without a network', () =>
  useServer([systemTool('unshare', 'util-linux'), '--map-root-user', '--net']));
