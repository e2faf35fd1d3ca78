import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { loadTokenizer } from '../../server/src/blip/tokenizer.ts';
import { noBadWords } from '../../server/src/blip/generation/logitsProcessors.ts';
import { CaptionCache } from '../../server/src/captionCache.ts';
import type { Inference } from '../../server/src/captionInference.ts';
import { Captions, type CaptionRequest } from '../../server/src/captions.ts';
import { withBannedWords } from '../../server/src/models/bannedWords.ts';
import type { ModelLocation } from '../../server/src/models/modelLocation.ts';
import { copyOfModel } from '../support/parityKit.ts';

const salesforce: ModelLocation = { id: 'Salesforce/blip-image-captioning-large', source: 'hub', folder: '/m' };
const cases: readonly (readonly [string, ModelLocation, boolean])[] = [
  ['Salesforce large', salesforce, true],
  ['Salesforce base', { ...salesforce, id: 'Salesforce/blip-image-captioning-base' }, true],
  ['their model for questions', { ...salesforce, id: 'Salesforce/blip-vqa-base' }, false],
  ['another one', { ...salesforce, id: 'acme/blip' }, false],
  ['a folder of that name', { ...salesforce, source: 'folder' }, false],
  ['the built-in one', { id: 'built-in', source: 'built-in', folder: '/m' }, false],
];
for (const [name, model, bans] of cases) {
  test(`${name}: ${bans ? '"arafed" and its kin are banned' : 'nothing is banned'}`, () => {
    const words = withBannedWords({}, model).badWords ?? [];
    assert.equal(words.includes('arafed') && words.includes('araffe'), bans);
    assert.equal(words.length > 0, bans);
  });
}

test("a person's own words come on top, and other options stay", () => {
  const { badWords = [], numBeams } = withBannedWords({ badWords: ['photo'], numBeams: 3 }, salesforce);
  assert.equal(numBeams, 3);
  assert.ok(badWords.includes('photo') && badWords.includes('arafed'));
});

test('each way to a caption carries them to the decoder', async () => {
  const cacheFolder = await mkdtemp(path.join(os.tmpdir(), 'banned-'));
  const folder = copyOfModel('caption');
  const asked: (readonly string[])[] = [];
  const inference: Inference = {
    run: (task) => {
      if ('options' in task) asked.push(task.options.badWords ?? []);
      return Promise.reject(new Error('no model here'));
    },
    prepare: () => undefined,
  };
  const cache = new CaptionCache(cacheFolder, () => undefined);
  const captions = new Captions({ inference, cache, cacheFolder, onEvent: () => undefined });
  const image = { name: 'a.png', bytes: Buffer.from('a'), hash: 'a' } as CaptionRequest['image'];
  const request: CaptionRequest = {
    image,
    model: { ...salesforce, folder },
    precision: 'fp32',
    alpha: 'auto',
    options: {},
    useCache: true,
  };
  const { signal } = new AbortController();
  await assert.rejects(captions.caption(request, 'panel', signal), /no model here/);
  await assert.rejects(
    captions.stream(request, { crossAttention: false, prefixIds: [] }, () => undefined, signal),
    /no model here/,
  );
  assert.equal(asked.length, 2);
  for (const words of asked) assert.ok(words.includes('arafed'));
  await rm(cacheFolder, { recursive: true });
  await rm(folder, { recursive: true });
});

test('cut into pieces as BERT cuts them, no ending of the stem can be written', async () => {
  const folder = copyOfModel('caption');
  // The pieces of BERT's own vocabulary that the word is cut into.
  const pieces = [
    '[PAD]',
    '[UNK]',
    '[CLS]',
    '[SEP]',
    '[MASK]',
    '[DEC]',
    'ara',
    '##f',
    '##fed',
    '##fe',
    '##ffe',
    '##ff',
    '##ed',
    '##es',
    '##s',
    '##bia',
    'a',
  ];
  await rm(path.join(folder, 'tokenizer.json'), { force: true });
  await writeFile(path.join(folder, 'vocab.txt'), `${pieces.join('\n')}\n`);
  const tokenizer = await loadTokenizer(folder);
  const words = withBannedWords({}, salesforce).badWords ?? [];
  const process = noBadWords(words.map((word) => tokenizer.encode(word, false)));
  const scores = new Float32Array(pieces.length);
  process(scores, [pieces.indexOf('a'), pieces.indexOf('ara')]);
  const left = pieces.filter((_, index) => scores[index] === 0 && pieces[index]!.startsWith('##f'));
  assert.deepEqual(left, []);
  assert.equal(scores[pieces.indexOf('##bia')], 0, '"arabia" stays');
  await rm(folder, { recursive: true });
});
