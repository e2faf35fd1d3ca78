/**
 * Memory over many captions. Allocators grow in steps of ten megabytes and more, which a difference of two moments cannot
 * tell from a leak: a leak shows in every stretch, a step in one of them. What JavaScript holds is known to the byte;
 * native pieces of some kilobytes can hide for a while in room that was freed before, larger ones cannot.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CaptionGenerator } from '../../server/src/blip/captionGenerator.ts';
import { evalPictures } from '../support/languageServer.ts';
import { kitPath } from '../support/parityKit.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const long = process.env['LONG_TESTS'] === '1';
/** Until the code is compiled and the allocators have taken what a caption needs. */
const warmUp = long ? 1000 : 600;
const stretches = long ? 80 : 12;
const captionsPerStretch = 50;
/** The few pictures of the short form come again and again, so that no picture asks for more than the ones before. */
const pictureCount = long ? 288 : 4;
const allowed = 5000;

interface Memory {
  /** Of the whole process, the runtime's native memory included. */
  readonly resident: number;
  /** What JavaScript holds: objects, and the bytes of pixels and tensors. */
  readonly held: number;
}

let generator: CaptionGenerator;
/** At the end of the warm-up and of each stretch. */
const samples: Memory[] = [];

async function measure(): Promise<Memory> {
  for (let round = 0; round < 3; round += 1) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { resident: rss, held: heapUsed + external };
}

before(async () => {
  const pictures = readdirSync(evalPictures)
    .filter((name) => name.endsWith('.png'))
    .slice(0, pictureCount)
    .map((name) => readFileSync(path.join(evalPictures, name)));
  generator = await CaptionGenerator.load(kitPath('caption'), { cacheFolder: null, precision: 'fp32', threads: 1 });
  const { signal } = new AbortController();
  // Without a key: what is kept of pictures to use it again grows up to its own limit, and is no leak.
  let made = 0;
  const captions = async (count: number): Promise<void> => {
    for (const end = made + count; made < end; made += 1) {
      await generator.caption(pictures[made % pictures.length]!, { maxNewTokens: 5 }, signal);
    }
  };
  await captions(warmUp);
  samples.push(await measure());
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    await captions(captionsPerStretch);
    samples.push(await measure());
  }
});
after(() => generator.close());

/** The middle one of the stretches' growths, bytes a caption. */
function usualGrowth(of: keyof Memory): number {
  const growths = samples.slice(1).map((sample, index) => sample[of] - samples[index]![of]);
  return growths.toSorted((a, b) => a - b)[Math.floor(growths.length / 2)]! / captionsPerStretch;
}

const count = stretches * captionsPerStretch;

test(`${count} captions leave less than ${allowed} bytes each to JavaScript`, () => {
  const grown = (samples.at(-1)!.held - samples[0]!.held) / count;
  assert.ok(grown < allowed, `${Math.round(grown)} bytes a caption`);
});

test(`${count} captions leave less than ${allowed} bytes each in the process`, () => {
  const usual = usualGrowth('resident');
  assert.ok(usual < allowed, `${Math.round(usual)} bytes a caption`);
});

test(
  'over thousands the process grows by less than that on the whole',
  { skip: !long && 'only with the long tests' },
  () => {
    // Least squares over the samples: bytes a stretch.
    const middle = (samples.length - 1) / 2;
    const mean = samples.reduce((sum, { resident }) => sum + resident, 0) / samples.length;
    const slope =
      samples.reduce((sum, { resident }, index) => sum + (index - middle) * (resident - mean), 0) /
      samples.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
    const grown = slope / captionsPerStretch;
    assert.ok(grown < allowed, `${Math.round(grown)} bytes a caption`);
  },
);
