/** Processes that share the caption cache are killed again and again: no caption in it is wrong. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CaptionCache } from '../../server/src/captionCache.ts';
import { captionOf, keyOf } from '../support/cachedCaption.ts';
import { randomGenerator } from '../support/random.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'cache-kills-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const script = fileURLToPath(new URL('../support/cacheWriter.ts', import.meta.url));
const kills = process.env['LONG_TESTS'] === '1' ? 500 : 25;

async function writeAndDie(seed: number, afterMs: number): Promise<void> {
  const child = fork(script, [folder, String(seed)]);
  const died = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', () => reject(new Error('the writer ended by itself')));
  });
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  child.kill('SIGKILL');
  await died;
}

/** @returns how many captions are there */
async function readAll(): Promise<number> {
  const cache = new CaptionCache(folder, () => undefined);
  let there = 0;
  for (let number = 0; number < 200; number += 1) {
    const caption = await cache.read(keyOf(number));
    if (caption === undefined) continue;
    there += 1;
    assert.deepEqual(caption, captionOf(number));
  }
  return there;
}

test(`4 processes × ${kills} kills yield no wrong caption`, async () => {
  let there = 0;
  const writers = [1, 2, 3, 4].map(async (writer) => {
    const random = randomGenerator(writer);
    for (let kill = 0; kill < kills; kill += 1) {
      await writeAndDie(writer * 1000 + kill, random() * 30);
      if (kill % 5 === 4) there = await readAll();
    }
  });
  await Promise.all(writers);
  assert.ok(there >= 20, `${there} captions are there`);
});
