/** A disk that is full or cannot be written to: captions are still given, downloads say what is wrong. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { HubServer } from '../support/hubServer.ts';
import { evalPictures } from '../support/languageServer.ts';
import { kitPath } from '../support/parityKit.ts';
import { systemTool } from '../support/systemTool.ts';

const cli = fileURLToPath(new URL('../../server/src/cli.ts', import.meta.url));
const picture = path.join(evalPictures, '001-emoji.png');
let folder: string;

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'full-disk-'));
  mkdirSync(path.join(folder, 'disk'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the terminal where `disk/` is a file system of its own, made by these shell commands.
 *
 * @param afterwards shell commands that look at what is left; the terminal's words have gone to stdout before
 */
function onDisk(
  commands: string,
  args: readonly string[],
  env: Record<string, string>,
  afterwards = ':',
): Promise<Ended> {
  const shell = `${commands}\ncode=0\n"$@" || code=$?\n${afterwards}\nexit $code`;
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

/** Why these tests cannot be run here; false where they can. */
function whyNot(): string | false {
  const words = ['--map-root-user', '--mount', 'sh', '-c', 'mount -t tmpfs none "$1"', 'sh', tmpdir()];
  const { status, stderr } = spawnSync(systemTool('unshare', 'util-linux'), words, { encoding: 'utf8' });
  return status === 0 ? false : `this machine does not let a test mount a file system of its own: ${stderr.trim()}`;
}

/** A hub that ends with the test. */
async function hubUntil(context: TestContext): Promise<HubServer> {
  const hub = await HubServer.start();
  context.after(() => hub.stop());
  return hub;
}

const skip = whyNot();
const small = 'mount -t tmpfs -o size=100k none "$DISK"';
const disk = (): string => path.join(folder, 'disk');

test('with a full disk for the cache captions are still given', { skip }, async () => {
  const { code, stdout, stderr } = await onDisk(small, ['caption', picture], {
    IMAGE_CAPTIONER_CACHE: path.join(disk(), 'cache'),
  });
  assert.equal(stdout, 'a magic wand emoji\n', stderr);
  assert.equal(code, 0);
});

test('with a cache that cannot be written to captions are still given', { skip }, async () => {
  const commands = 'mount -t tmpfs none "$DISK" && mount -o remount,ro "$DISK"';
  const { code, stdout, stderr } = await onDisk(commands, ['caption', picture], {
    IMAGE_CAPTIONER_CACHE: path.join(disk(), 'cache'),
  });
  assert.equal(stdout, 'a magic wand emoji\n', stderr);
  assert.equal(code, 0);
  assert.match(stderr, /Captions are not kept/);
});

test('a model in a hub cache that cannot be written to is used as it is', { skip }, async () => {
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

test(
  'a download that does not fit is refused before it begins, one without a writable cache at once',
  { skip },
  async (context) => {
    const hub = await hubUntil(context);
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
  },
);

/** Takes all the room there is, as soon as the condition holds. */
const fill = `(dd if=/dev/zero of="$DISK/filler" bs=1k 2>/dev/null || true)`;
const fillWhen = (condition: string): string =>
  `(for try in $(seq 2000); do ${condition} && break; sleep 0.02; done; ${fill}) &`;
const listFiles = 'find "$DISK" ! -type d ! -name filler | sort';

test(
  'a disk that fills while a model comes: what has arrived is kept, and the next try goes on',
  { skip },
  async (context) => {
    const hub = await hubUntil(context);
    const files = { 'config.json': readFileSync(kitPath('caption', 'config.json')), 'model.safetensors': weights() };
    hub.publish('acme/kit', 'main', { files, large: ['model.safetensors'] });
    hub.faults.push({ kind: 'none' }, { kind: 'pause', after: 100_000, ms: 3000 });
    const env = { HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: path.join(disk(), 'hub') };
    const { code, stdout, stderr } = await onDisk(
      `mount -t tmpfs -o size=1m none "$DISK"\n${fillWhen('[ -s "$DISK"/hub/*/blobs/*.incomplete ]')}`,
      ['models', 'download', 'acme/kit'],
      env,
      `${listFiles}; rm "$DISK/filler"; echo again:; "$@"`,
    );
    assert.equal(code, 3, stderr);
    assert.match(
      stderr,
      /image-captioner: The disk is full: .*models--acme--kit\. Make room, then download again: what has arrived is kept\.\n/,
    );
    assert.doesNotMatch(stderr, /\n\s+at /);
    const [left = '', again = ''] = stdout.split('again:\n');
    assert.match(left, /\.image-captioner\.incomplete\n/);
    assert.doesNotMatch(left, /snapshots\/\w+\/model\.safetensors|refs\/main|\.tmp/);
    assert.match(again, /snapshots\/[0-9a-f]{40}\n$/);
    assert.ok(hub.bytesSent < 1.7 * files['model.safetensors'].length, `${hub.bytesSent} bytes were sent`);
  },
);

function weights(): Buffer {
  return readFileSync(kitPath('caption', 'model.safetensors'));
}

test('a disk that is full for conversions, and another one too: said, and nothing is left', { skip }, async () => {
  const { code, stdout, stderr } = await onDisk(
    'mount -t tmpfs -o size=300k none "$DISK"; mkdir "$DISK/tmp"',
    ['caption', picture],
    { IMAGE_CAPTIONER_CACHE: path.join(disk(), 'cache'), TMPDIR: path.join(disk(), 'tmp') },
    listFiles,
  );
  assert.equal(code, 3, stderr);
  assert.match(stderr, /no room left in .*disk\/cache\/graphs nor in .*disk\/tmp\. Free some, or choose another/);
  assert.doesNotMatch(stderr, /\n\s+at /);
  assert.doesNotMatch(stdout, /partial|lock|onnx|weights/);
});

test('a disk that fills before a caption is kept: it is given, and nothing half-made is left', { skip }, async () => {
  const { code, stdout, stderr } = await onDisk(
    `mount -t tmpfs -o size=64m none "$DISK"; "$@" >/dev/null 2>&1; rm -r "$DISK/cache/captions"; ${fill}`,
    ['caption', picture],
    { IMAGE_CAPTIONER_CACHE: path.join(disk(), 'cache') },
    listFiles,
  );
  const [caption = '', ...left] = stdout.split('\n');
  assert.equal(code, 0, stderr);
  assert.equal(caption, 'a magic wand emoji');
  assert.match(stderr, /^Captions are not kept: ENOSPC/m);
  assert.doesNotMatch(left.join('\n'), /\.tmp|captions/);
});
