/** A disk that is full or cannot be written to: captions are still given, downloads say what is wrong. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { HubServer } from '../support/hubServer.ts';
import { evalPictures } from '../support/languageServer.ts';
import { kitPath } from '../support/parityKit.ts';
import { systemTool } from '../support/systemTool.ts';

const cli = fileURLToPath(new URL('../../server/src/cli.ts', import.meta.url));
const picture = path.join(evalPictures, '001-emoji.png');
let folder: string;

before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'full-disk-'));
  mkdirSync(path.join(folder, 'disk'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the terminal where `disk/` is a file system of its own, made by these shell commands. */
function onDisk(commands: string, args: readonly string[], env: Record<string, string>): Promise<Ended> {
  const shell = `${commands} && exec "$@"`;
  const words = ['--map-root-user', '--mount', 'sh', '-ec', shell, 'sh', process.execPath, cli, ...args];
  const disk = path.join(folder, 'disk');
  const child = spawn(systemTool('unshare', 'util-linux'), words, {
    cwd: folder,
    env: { ...process.env, DISK: disk, ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

const small = 'mount -t tmpfs -o size=100k none "$DISK"';
const disk = (): string => path.join(folder, 'disk');

test('with a full disk for the cache captions are still given', async () => {
  const { code, stdout, stderr } = await onDisk(small, ['caption', picture], {
    IMAGE_CAPTIONER_CACHE: path.join(disk(), 'cache'),
  });
  assert.equal(stdout, 'a magic wand emoji\n', stderr);
  assert.equal(code, 0);
});

test('with a cache that cannot be written to captions are still given', async () => {
  const commands = 'mount -t tmpfs none "$DISK" && mount -o remount,ro "$DISK"';
  const { code, stdout, stderr } = await onDisk(commands, ['caption', picture], {
    IMAGE_CAPTIONER_CACHE: path.join(disk(), 'cache'),
  });
  assert.equal(stdout, 'a magic wand emoji\n', stderr);
  assert.equal(code, 0);
  assert.match(stderr, /Captions are not kept/);
});

test('a model in a hub cache that cannot be written to is used as it is', async () => {
  const commit = 'a'.repeat(40);
  const model = `"$DISK/models--acme--kit"`;
  const commands =
    `mount -t tmpfs none "$DISK" && mkdir -p ${model}/refs ${model}/snapshots/${commit} && ` +
    `cp '${kitPath('caption')}'/*.json '${kitPath('caption', 'model.safetensors')}' ${model}/snapshots/${commit}/ && ` +
    `printf ${commit} > ${model}/refs/main && mount -o remount,ro "$DISK"`;
  const env = { HF_HUB_CACHE: disk(), IMAGE_CAPTIONER_CACHE: path.join(folder, 'cache') };
  const { code, stderr } = await onDisk(
    commands,
    ['caption', '--model', 'acme/kit', '--precision', 'fp32', picture],
    env,
  );
  assert.equal(code, 0, stderr);
});

test('a download that does not fit is refused before it begins, one without a writable cache at once', async () => {
  const hub = await HubServer.start();
  const names = ['config.json', 'model.safetensors'];
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(kitPath('caption', name))]));
  hub.publish('acme/kit', 'main', { files, large: ['model.safetensors'] });
  const env = { HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: path.join(disk(), 'hub') };
  const full = await onDisk(small, ['models', 'download', 'acme/kit'], env);
  assert.equal(full.code, 3);
  assert.match(
    full.stderr,
    /The disk is too full for acme\/kit: 0\.3 MB are needed in .*disk\/hub, 0\.1 MB are free\. Make room, or set HF_HUB_CACHE/,
  );
  const readOnly = await onDisk(`${small} && mount -o remount,ro "$DISK"`, ['models', 'download', 'acme/kit'], env);
  assert.equal(readOnly.code, 3);
  assert.match(readOnly.stderr, /disk\/hub.* cannot be written to .*Set HF_HUB_CACHE to a folder that can/);
  assert.equal(hub.bytesSent, 0);
  assert.ok(!existsSync(path.join(disk(), 'hub')));
  await hub.stop();
});
