/** Bulk captions go in batches: each picture gets what it would get alone, in order, whatever lies beside it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CaptionGenerator, type CaptionOptions } from '../../server/src/blip/index.ts';
import { evalPictures } from '../support/languageServer.ts';
import { Terminal } from '../support/terminal.ts';

const builtIn = fileURLToPath(new URL('../../models/mini-blip', import.meta.url));
const probe = fileURLToPath(new URL('../support/runProbe.ts', import.meta.url));
const pictures = readdirSync(evalPictures)
  .filter((name) => name.endsWith('.png'))
  .toSorted()
  .slice(0, 40);
let terminal: Terminal;
let alone: CaptionGenerator;

interface Line {
  readonly file: string;
  readonly caption?: string;
  readonly tokens?: readonly unknown[];
  readonly timings?: { readonly totalMs: number };
  readonly error?: { readonly code: string; readonly message: string };
}

before(async () => {
  terminal = await Terminal.create();
  for (const name of pictures) await terminal.file(`img/${name}`, { picture: name });
  await terminal.file('img/005-broken.png', readFileSync(path.join(evalPictures, pictures[0]!)).subarray(0, 300));
  await terminal.file('img/020-broken.png', 'just words');
  await terminal.file('img/021-again.png', { picture: pictures[3]! });
  alone = await CaptionGenerator.load(builtIn, { cacheFolder: path.join(terminal.cache, 'graphs') });
});
after(async () => {
  await alone.close();
  await terminal.remove();
});

async function captions(...flags: string[]): Promise<{ lines: Line[]; tasks: string[] }> {
  const log = terminal.path('log');
  await terminal.file('log', '');
  const env = { NODE_OPTIONS: `--import=${probe}`, RUN_PROBE_LOG: log };
  const { stdout } = await terminal.run(['caption', '--no-cache', '--format', 'jsonl', ...flags, 'img'], { env });
  const tasks = readFileSync(log, 'utf8')
    .split('\n')
    .filter((event) => event.startsWith('start'));
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  return { lines, tasks };
}

for (const [flags, options] of [
  ['', {}],
  ['--num-beams 3 --num-return-sequences 2', { numBeams: 3, numReturnSequences: 2 }],
  ['--do-sample --seed 7 --max-new-tokens 6', { doSample: true, seed: 7, maxNewTokens: 6 }],
  ['--prompt the --alpha white', { prompt: 'the', alpha: 'white' }],
] as const satisfies readonly (readonly [string, CaptionOptions])[]) {
  test(`caption ${flags}: as one by one, in order, in few tasks`, async () => {
    const { lines, tasks } = await captions(...flags.split(' ').filter((flag) => flag !== ''));
    assert.deepEqual(
      lines.map(({ file }) => file),
      readdirSync(terminal.path('img'))
        .toSorted()
        .map((name) => `img/${name}`),
    );
    assert.ok(tasks.length < lines.length / 2, `${tasks.length} tasks for ${lines.length} pictures`);
    for (const { file, caption, tokens, timings, error } of lines) {
      if (file.includes('broken')) {
        assert.equal(error?.code, 'ImageUnreadable', file);
        assert.ok(error.message.startsWith(`${file}: `), error.message);
        continue;
      }
      const made = await alone.caption(readFileSync(terminal.path(file)), options);
      assert.deepEqual({ caption, tokens }, { caption: made.caption, tokens: made.tokens }, file);
      assert.ok(timings!.totalMs > 0);
    }
  });
}

test('samples without a seed are drawn one by one: equal pictures get texts of their own', async () => {
  const { lines, tasks } = await captions('--do-sample', '--temperature', '3');
  assert.ok(tasks.every((task) => task.endsWith(' caption')));
  const texts = lines.filter(({ file }) => file.endsWith(pictures[3]!) || file.includes('again'));
  assert.equal(new Set(texts.map(({ caption }) => caption)).size, 2);
});
