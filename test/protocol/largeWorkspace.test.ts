/** Captioning a workspace of thousands of images: bounded memory, cancelled at once, nothing half-written, resumable. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { eventually } from '../support/eventually.ts';
import { kitPath } from '../support/parityKit.ts';
import { randomGenerator } from '../support/random.ts';
import { Terminal } from '../support/terminal.ts';

const cli = fileURLToPath(new URL('../../server/src/cli.ts', import.meta.url));
const images = process.env['LONG_TESTS'] === '1' ? 10_000 : 500;
const perPage = 10;
const memoryLimitKilobytes = 1_500_000;
let terminal: Terminal;
const pages = Array.from({ length: images / perPage }, (_, page) => `pages/${String(page).padStart(4, '0')}.md`);

before(async () => {
  terminal = await Terminal.create();
  mkdirSync(terminal.path('pages/img'), { recursive: true });
  const random = randomGenerator(5);
  const channel = (): number => Math.floor(random() * 256);
  for (let image = 0; image < images; image += 1) {
    const background = { r: channel(), g: channel(), b: channel() };
    const png = await sharp({ create: { width: 24, height: 16, channels: 3, background } })
      .png({ compressionLevel: 1 })
      .toBuffer();
    writeFileSync(terminal.path(`pages/img/${image}.png`), png);
  }
  for (const [page, file] of pages.entries()) writeFileSync(terminal.path(file), source(page));
});
after(() => terminal.remove());

function source(page: number): string {
  return Array.from({ length: perPage }, (_, line) => `![](img/${page * perPage + line}.png)\n\n`).join('');
}

function readPages(): string[] {
  return pages.map((file) => readFileSync(terminal.path(file), 'utf8'));
}

/** How many pages have alts. Nothing but alts may have changed. */
function written(texts: readonly string[]): number {
  for (const [page, text] of texts.entries())
    assert.equal(text.replaceAll(/!\[(?:[^\]\\]|\\.)*\]/gu, '![]'), source(page));
  return texts.filter((text, page) => text !== source(page)).length;
}

interface Ended {
  readonly code: number | null;
  readonly endedAfterMs: number;
  readonly peakKilobytes: number;
}

/** `write` over all pages; interrupted once some of them are written. */
async function write(interrupt: boolean): Promise<Ended> {
  const args = [cli, 'write', '--model', kitPath('caption'), '--precision', 'fp32', '--min-confidence', '0', 'pages'];
  const env = { ...process.env, IMAGE_CAPTIONER_CACHE: terminal.cache };
  const child = spawn(process.execPath, args, { cwd: terminal.folder, env, stdio: 'ignore' });
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  let peakKilobytes = 0;
  const watch = setInterval(() => (peakKilobytes = Math.max(peakKilobytes, treeKilobytes(child.pid!))), 500);
  let asked = performance.now();
  if (interrupt) {
    await eventually(() => assert.ok(written(readPages()) > 1), 60_000);
    asked = performance.now();
    child.kill('SIGINT');
  }
  const code = await closed;
  clearInterval(watch);
  return { code, endedAfterMs: performance.now() - asked, peakKilobytes };
}

function treeKilobytes(pid: number): number {
  const rows = execFileSync('ps', ['-eo', 'pid,ppid,rss'], { encoding: 'utf8' }).trim().split('\n').slice(1);
  const processes = rows.map((row) => row.trim().split(/\s+/u).map(Number));
  return processes.reduce((sum, [id, parent, rss]) => (id === pid || parent === pid ? sum + rss! : sum), 0);
}

test(`${images} images: cancelled it ends at once with whole pages only, and the next run goes on`, async () => {
  const first = await write(true);
  assert.ok(first.endedAfterMs < 1000, `it ended after ${first.endedAfterMs} ms`);
  const half = readPages();
  assert.ok(written(half) > 0 && written(half) < pages.length, `${written(half)} pages`);
  const second = await write(false);
  assert.equal(second.code, 0);
  const whole = readPages();
  assert.equal(written(whole), pages.length);
  // What the first run wrote it wrote as a whole: the second had nothing to add.
  for (const [page, text] of half.entries()) assert.ok(text === source(page) || text === whole[page], pages[page]);
  assert.ok(second.peakKilobytes > 0 && second.peakKilobytes < memoryLimitKilobytes, `${second.peakKilobytes} kB`);
  const left = readdirSync(path.join(terminal.folder, 'pages')).filter(
    (name) => name !== 'img' && !name.endsWith('.md'),
  );
  assert.deepEqual(left, []);
});
