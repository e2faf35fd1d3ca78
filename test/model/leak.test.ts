/** Memory over thousands of captions. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CaptionGenerator } from '../../server/src/blip/captionGenerator.ts';
import { evalPictures } from '../support/languageServer.ts';
import { kitPath } from '../support/parityKit.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const long = process.env['LONG_TESTS'] === '1';
const count = long ? 5000 : 250;
const settled = long ? 2000 : 600;
/** The allocators grow in steps of some 20 MB: over few captions only what leaks pixels or tensors shows. */
const allowed = long ? count * 5000 : 32e6;

async function resident(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage.rss();
}

test(`${count} captions leave less than ${allowed / count} bytes each behind`, async () => {
  const pictures = readdirSync(evalPictures)
    .filter((name) => name.endsWith('.png'))
    .map((name) => readFileSync(path.join(evalPictures, name)));
  const generator = await CaptionGenerator.load(kitPath('caption'), {
    cacheFolder: null,
    precision: 'fp32',
    threads: 1,
  });
  const { signal } = new AbortController();
  // Without a key: what is kept of pictures to use it again grows up to its own limit, and is no leak.
  const captions = async (from: number, to: number): Promise<void> => {
    for (let index = from; index < to; index += 1) {
      await generator.caption(pictures[index % pictures.length]!, { maxNewTokens: 5 }, signal);
    }
  };
  await captions(0, settled); // the allocators have settled by then
  const before = await resident();
  await captions(settled, settled + count);
  const grown = (await resident()) - before;
  await generator.close();
  assert.ok(grown < allowed, `${grown} bytes, ${Math.round(grown / count)} a caption`);
});
