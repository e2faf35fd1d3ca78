/** The inference process starts while a model is hashed, where that shows that nothing can be cached. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { CaptionCache } from '../../server/src/captionCache.ts';
import { Captions, type CaptionRequest } from '../../server/src/captions.ts';

const folder = path.join(import.meta.dirname, '..', '..', 'models', 'mini-blip');
const image = { name: 'a.png', bytes: Buffer.from('a'), hash: 'a' } as CaptionRequest['image'];
const request: CaptionRequest = {
  image,
  model: { id: 'built-in', source: 'built-in', folder },
  precision: 'int8',
  alpha: 'auto',
  options: {},
  useCache: true,
};

test('a model that was never hashed starts it, a known one does not', async () => {
  const cacheFolder = await mkdtemp(path.join(os.tmpdir(), 'early-start-'));
  const startsOf = async (ask: (captions: Captions) => Promise<unknown>): Promise<number> => {
    let starts = 0;
    const inference = {
      prepare: () => void (starts += 1),
      run: () => Promise.reject(new Error('no model here')),
    };
    const cache = new CaptionCache(cacheFolder, () => undefined);
    await ask(new Captions({ inference, cache, cacheFolder, onEvent: () => undefined })).catch(() => undefined);
    return starts;
  };
  const { signal } = new AbortController();
  try {
    const caption = (captions: Captions): Promise<unknown> => captions.caption(request, 'hover', signal);
    assert.deepEqual([await startsOf(caption), await startsOf(caption)], [1, 0]);
    await rm(path.join(cacheFolder, 'graphs'), { recursive: true });
    assert.equal(await startsOf((captions) => captions.cached(request)), 0, 'what is only looked up starts nothing');
  } finally {
    await rm(cacheFolder, { recursive: true });
  }
});
