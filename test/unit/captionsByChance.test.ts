/** What a model's own options make a sample is asked for each time. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { Caption } from '../../server/src/blip/index.ts';
import { CaptionCache } from '../../server/src/captionCache.ts';
import type { Inference } from '../../server/src/captionInference.ts';
import { Captions, type CaptionRequest } from '../../server/src/captions.ts';
import { copyOfModel } from '../support/parityKit.ts';

const drawn: Caption = {
  caption: 'a dog',
  confidence: 0.9,
  tokens: [],
  confident: true,
  photograph: false,
  precision: 'fp32',
  timings: { decodeMs: 1, encodeMs: 1, generateMs: 1, totalMs: 3 },
};

for (const byChance of [true, false]) {
  test(`a caption drawn ${byChance ? 'by chance is not' : 'in one way is'} kept`, async () => {
    const cacheFolder = await mkdtemp(path.join(os.tmpdir(), 'chance-'));
    let asked = 0;
    const inference = {
      run: () => {
        asked += 1;
        return Promise.resolve(byChance ? { ...drawn, byChance } : drawn);
      },
      prepare: () => undefined,
    } as unknown as Inference;
    const cache = new CaptionCache(cacheFolder, () => undefined);
    const captions = new Captions({ inference, cache, cacheFolder, onEvent: () => undefined });
    const image = { name: 'a.png', bytes: Buffer.from('a'), hash: 'a'.repeat(64) };
    const request: CaptionRequest = {
      image,
      model: { id: 'mine', source: 'folder', folder: copyOfModel('caption') },
      precision: 'fp32',
      alpha: 'auto',
      options: {},
      useCache: true,
    };
    const { signal } = new AbortController();
    const first = await captions.caption(request, 'hover', signal);
    const second = await captions.caption(request, 'hover', signal);
    assert.deepEqual([first.cached, second.cached, asked], [false, !byChance, byChance ? 2 : 1]);
    await rm(cacheFolder, { recursive: true, force: true });
  });
}
