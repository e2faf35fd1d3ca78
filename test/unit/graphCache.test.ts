/** Converted models on disk: whole, or made anew. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { graphFolder } from '../../server/src/blip/graph/graphCache.ts';
import { processLock, processName } from '../../server/src/blip/graph/processLock.ts';
import { eventually } from '../support/eventually.ts';

const root = mkdtempSync(join(tmpdir(), 'graph-cache-'));
after(() => rmSync(root, { recursive: true }));
let caches = 0;
const newCache = (): string => join(root, String(caches++));

/** Fills a folder with one file, counting how often. */
function counting() {
  const made: string[] = [];
  const fill = async (folder: string) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'vision.onnx'), 'a graph');
    made.push(folder);
    return { precision: 'fp32', verdict: null, batches: true } as const;
  };
  return { made, fill };
}

/** A process that converts the model `m` for so long, and notes in `made` that it has begun. */
function converting(cache: string, made: string, ms: number): ChildProcess {
  const script = `
    import { appendFileSync, writeFileSync } from 'node:fs';
    import { graphFolder } from ${JSON.stringify(new URL('../../server/src/blip/graph/graphCache.ts', import.meta.url).href)};
    await graphFolder(${JSON.stringify(cache)}, 'm', async (folder) => {
      writeFileSync(folder + '/vision.onnx', 'a graph');
      appendFileSync(${JSON.stringify(made)}, 'made\\n');
      await new Promise((resolve) => setTimeout(resolve, ${ms}));
      return { precision: 'fp32', verdict: null, batches: true };
    });`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'inherit', 'inherit'] });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`exit code ${code}`))));
  });
}

describe('converted models', () => {
  it('are made once, and found again with what became of them', async () => {
    const { made, fill } = counting();
    const cache = newCache();
    const verdict = 'two layers stay in fp32';
    const first = await graphFolder(cache, 'm', async (folder) => ({
      ...(await fill(folder)),
      precision: 'int8',
      verdict,
      batches: true,
    }));
    const again = await graphFolder(cache, 'm', fill);
    assert.equal(made.length, 1);
    assert.deepEqual([again.path, again.precision, again.verdict], [first.path, 'int8', verdict]);
    assert.deepEqual(readdirSync(cache), ['m']);
  });

  for (const [what, damage] of [
    ['a file is shorter', (path: string) => truncateSync(join(path, 'vision.onnx'), 3)],
    ['a file is gone', (path: string) => rmSync(join(path, 'vision.onnx'))],
    ['the manifest is gone', (path: string) => rmSync(join(path, 'graphs.json'))],
    ['the manifest is broken', (path: string) => truncateSync(join(path, 'graphs.json'), 5)],
  ] as const) {
    it(`are made anew where ${what}`, async () => {
      const { made, fill } = counting();
      const cache = newCache();
      const { path } = await graphFolder(cache, 'm', fill);
      damage(path);
      await graphFolder(cache, 'm', fill);
      assert.equal(made.length, 2);
      assert.equal(readFileSync(join(path, 'vision.onnx'), 'utf8'), 'a graph');
      assert.deepEqual(readdirSync(cache), ['m']);
    });
  }

  it('made by two at once are both right', async () => {
    const { fill } = counting();
    const cache = newCache();
    const both = await Promise.all([graphFolder(cache, 'm', fill), graphFolder(cache, 'm', fill)]);
    assert.deepEqual(
      both.map(({ path }) => path),
      [join(cache, 'm'), join(cache, 'm')],
    );
    assert.deepEqual(readdirSync(cache), ['m']);
  });

  it('leave nothing behind when they fail', async () => {
    const { fill } = counting();
    const cache = newCache();
    const failing = graphFolder(cache, 'm', async (folder) => {
      await fill(folder);
      throw new Error('a NaN');
    });
    await assert.rejects(failing, /a NaN/);
    assert.deepEqual(readdirSync(cache), []);
  });

  it('that find no room say so, and where', async () => {
    const cache = newCache();
    const full = graphFolder(cache, 'm', () => Promise.reject(Object.assign(new Error('write'), { code: 'ENOSPC' })));
    await assert.rejects(full, {
      code: 'ModelUnavailable',
      message: new RegExp(`no room left in ${cache} nor in ${tmpdir()}`),
    });
    assert.deepEqual(readdirSync(cache), []);
  });

  it('are made once by five processes that want them at once', async () => {
    const cache = newCache();
    const made = join(root, 'made');
    await Promise.all(Array.from({ length: 5 }, () => ended(converting(cache, made, 300))));
    assert.equal(readFileSync(made, 'utf8'), 'made\n');
    assert.deepEqual(readdirSync(cache), ['m']);
  });

  it('do not wait for a process that was killed at it, and clear away what it left', async () => {
    const cache = newCache();
    const made = join(root, 'made-by-killed');
    const killed = converting(cache, made, 60_000);
    await eventually(() => assert.ok(existsSync(made)));
    assert.equal(readdirSync(cache).filter((name) => name.endsWith('.partial')).length, 1);
    killed.kill('SIGKILL');
    await ended(killed).catch(() => null);
    const started = performance.now();
    await graphFolder(cache, 'm', counting().fill);
    assert.ok(performance.now() - started < 2000);
    assert.deepEqual(readdirSync(cache), ['m']);
  });

  it('can be waited for no longer', async () => {
    const cache = newCache();
    const abort = new AbortController();
    const begun = Promise.withResolvers<void>();
    const other = graphFolder(cache, 'm', async (folder) => {
      begun.resolve();
      await new Promise((resolve) => setTimeout(resolve, 300));
      return counting().fill(folder);
    });
    await begun.promise;
    const waiting = graphFolder(cache, 'm', counting().fill, { onWait: () => abort.abort(), signal: abort.signal });
    await assert.rejects(waiting, { name: 'AbortError' });
    await other;
    assert.deepEqual(readdirSync(cache), ['m']);
  });

  it('are kept for this run alone where the cache is full', async () => {
    const { made, fill } = counting();
    const cache = newCache();
    const whole = await graphFolder(cache, 'm', async (folder) => {
      if (folder.startsWith(cache)) throw Object.assign(new Error('write'), { code: 'ENOSPC' });
      return fill(folder);
    });
    assert.ok(existsSync(join(whole.path, 'vision.onnx')));
    assert.equal(made.length, 1);
    assert.deepEqual(readdirSync(cache), []);
    whole.dispose();
    assert.ok(!existsSync(whole.path));
  });

  it('clear away what a killed process left, not what another one is at', async () => {
    const cache = newCache();
    for (const name of ['m.old.partial', 'm.new.partial']) mkdirSync(join(cache, name), { recursive: true });
    const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1000);
    utimesSync(join(cache, 'm.old.partial'), yesterday, yesterday);
    await graphFolder(cache, 'm', counting().fill);
    assert.deepEqual(readdirSync(cache).toSorted(), ['m', 'm.new.partial']);
    mkdirSync(join(cache, 'other.cancelled.partial'));
    utimesSync(join(cache, 'other.cancelled.partial'), yesterday, yesterday);
    const running = `other.${processName()}.partial`; // for a day: a slow machine, and a large model
    mkdirSync(join(cache, running));
    utimesSync(join(cache, running), yesterday, yesterday);
    await graphFolder(cache, 'm', () => assert.fail('it is there'));
    assert.deepEqual(
      readdirSync(cache).toSorted(),
      ['m', 'm.new.partial', running],
      'also where nothing is to be made',
    );
  });

  it('keep their lock as long as they are made', async (context) => {
    context.mock.timers.enable({ apis: ['setInterval'] });
    const cache = newCache();
    mkdirSync(cache);
    const file = join(cache, 'm.lock');
    const release = await processLock(file, () => assert.fail('nobody holds it'));
    const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1000);
    utimesSync(file, yesterday, yesterday);
    context.mock.timers.tick(60_000);
    context.mock.timers.reset();
    await eventually(() => assert.ok(Date.now() - statSync(file).mtimeMs < 60_000), 5000);
    await release();
    assert.ok(!existsSync(file));
  });

  it('without a cache, or where it is no folder, live until they are given back', async () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    for (const cache of [null, file]) {
      const { path, dispose } = await graphFolder(cache, 'm', counting().fill);
      assert.ok(existsSync(join(path, 'vision.onnx')));
      dispose();
      assert.ok(!existsSync(path));
    }
  });
});
