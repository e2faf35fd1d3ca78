import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Caption } from '../../server/src/blip/index.ts';
import { CaptionCache, type CaptionKey } from '../../server/src/captionCache.ts';
import { randomGenerator } from '../support/random.ts';

const key: CaptionKey = { modelHash: 'm', precision: 'int8', imageHash: 'i', alpha: 'auto', options: { numBeams: 3 } };
const caption: Caption = {
  confidence: 0.9,
  caption: 'a red circle',
  tokens: [{ id: 7, text: 'a', logProb: -0.1 }],
  photograph: false,
  confident: true,
  precision: 'int8',
  timings: { decodeMs: 1, encodeMs: 2, generateMs: 3, totalMs: 6 },
};
let folder: string;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'caption-cache-'));
});
after(() => rm(folder, { recursive: true, force: true }));

function open(sub: string, log: (message: string) => void = () => undefined): CaptionCache {
  return new CaptionCache(path.join(folder, sub), log);
}

async function onlyFile(sub: string): Promise<string> {
  const files = await readdir(path.join(folder, sub), { recursive: true, withFileTypes: true });
  const [file] = files.filter((entry) => entry.isFile());
  return path.join(file!.parentPath, file!.name);
}

test('another process reads what was written', async () => {
  await open('shared').write(key, caption);
  assert.deepEqual(await open('shared').read(key), caption);
});

test('anything that could change the caption makes another entry', async () => {
  await open('keys').write(key, caption);
  const others: CaptionKey[] = [
    { ...key, modelHash: 'n' },
    { ...key, precision: 'fp32' },
    { ...key, imageHash: 'j' },
    { ...key, alpha: 'white' },
    { ...key, options: { numBeams: 4 } },
    { ...key, options: {} },
  ];
  for (const other of others) assert.equal(await open('keys').read(other), undefined);
  assert.deepEqual(await open('keys').read({ ...key, options: { numBeams: 3 } }), caption);
});

test('a file changed in any way is absent, never wrong', async () => {
  await open('mutated').write(key, caption);
  const file = await onlyFile('mutated');
  const whole = await readFile(file);
  const rounds = process.env['LONG_TESTS'] === '1' ? 1000 : 50;
  const random = randomGenerator(1);
  for (let round = 0; round < rounds; round += 1) {
    const at = Math.floor(random() * whole.length);
    const changed = Buffer.from(whole);
    changed[at] = changed[at]! ^ (1 + Math.floor(random() * 255));
    await writeFile(file, round % 2 === 0 ? changed : whole.subarray(0, at));
    const read = await open('mutated').read(key);
    // A byte of white space between keys may change and the content stay whole: then the caption is the same.
    if (read !== undefined) assert.deepEqual(read, caption);
  }
});

test("an entry under another entry's name is not believed", async () => {
  await open('from').write(key, caption);
  await open('to').write({ ...key, imageHash: 'other' }, { ...caption, caption: 'a blue square' });
  await writeFile(await onlyFile('to'), await readFile(await onlyFile('from')));
  assert.equal(await open('to').read({ ...key, imageHash: 'other' }), undefined);
});

test('a folder that cannot be written is said once, and captions are still given', async () => {
  await writeFile(path.join(folder, 'a-file'), '');
  const messages: string[] = [];
  const cache = open('a-file/below', (message) => messages.push(message));
  await cache.write(key, caption);
  await cache.write({ ...key, imageHash: 'k' }, caption);
  assert.deepEqual(await cache.read(key), caption);
  assert.equal(messages.length, 1);
});

test('what killed writers left an hour ago is removed; that of one at work stays', async () => {
  await open('left').write(key, caption);
  const file = await onlyFile('left');
  const [old, atWork] = [`${file}.killed.tmp`, `${file}.at-work.tmp`];
  for (const name of [old, atWork]) await writeFile(name, '{"checksum":');
  const hourAgo = Date.now() / 1000 - 3700;
  for (const name of [old, file]) await utimes(name, hourAgo, hourAgo);
  await open('left').write(key, caption);
  const names = (await readdir(path.dirname(file))).toSorted();
  assert.deepEqual(names, [path.basename(file), path.basename(atWork)]);
  assert.deepEqual(await open('left').read(key), caption);
});
