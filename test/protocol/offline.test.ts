import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { evalPictures } from '../support/languageServer.ts';
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
