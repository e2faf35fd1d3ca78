/** A hover while a workspace is captioned: how many runs of the model lie between its question and its answer. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Hover, MarkupContent } from 'vscode-languageserver-protocol';
import type { CaptionWorkspaceResult } from '../../server/src/protocol.ts';
import { eventually } from '../support/eventually.ts';
import {
  InferenceClient,
  type BlipError,
  type InferenceTask,
  type Lane,
  type TaskEvent,
} from '../../server/src/blip/index.ts';
import { forkInference } from '../../server/src/inferenceFork.ts';
import { evalPictures, TestServer } from '../support/languageServer.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const probe = fileURLToPath(new URL('../support/runProbe.ts', import.meta.url));
const folder = mkdtempSync(path.join(os.tmpdir(), 'turns-'));
const log = path.join(folder, 'log');
const pictures = readdirSync(evalPictures).filter((name) => name.endsWith('.png'));
const bulk = pictures.slice(0, 150);
const hovered = pictures.slice(150, 154);
let server: TestServer;

before(async () => {
  server = await TestServer.start({
    settings: { prefetch: false },
    env: { NODE_OPTIONS: `--import=${probe}`, RUN_PROBE_LOG: log },
  });
  for (const copy of ['quiet', 'busy', 'killed'] as const) {
    for (const name of bulk) await server.file(`${copy}/img/${name}`, copyOf(name, copy));
    await server.file(`${copy}/page.md`, bulk.map((name) => `![](img/${name})\n`).join(''));
    for (const name of hovered) await server.file(`img/${copy}/${name}`, copyOf(name, copy));
    await server.open(`${copy}.md`, 'markdown', hovered.map((name) => `![](img/${copy}/${name})\n`).join(''));
  }
  await server.file('first.png', { picture: pictures.at(-1)! });
  await server.open('first.md', 'markdown', '![](first.png)\n');
  await hover('first.md', 0); // the model is converted and loaded
});
after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The same picture under another hash: a decoder does not look behind its end. */
function copyOf(name: string, word: string): Uint8Array {
  return Buffer.concat([readFileSync(path.join(evalPictures, name)), Buffer.from(word)]);
}

function events(): string[] {
  return readFileSync(log, 'utf8').trim().split('\n');
}

/** What happened in the inference process from the word of a hover to its answer. */
interface HoverEvents {
  readonly caption: string;
  readonly runs: number;
  /** A background task was in hand from before the word until after the answer. */
  readonly beside: boolean;
}

async function hover(document: string, line: number): Promise<HoverEvents> {
  const seen = document === 'first.md' ? 0 : events().length;
  const answer = await server.connection.sendRequest<Hover>('textDocument/hover', {
    textDocument: { uri: server.uri(document) },
    position: { line, character: 3 },
  });
  const all = events();
  const id = all
    .slice(seen)
    .find((event) => /^start \d+ urgent caption$/u.test(event))!
    .split(' ')[1]!;
  const [word, end] = [all.indexOf(`announce ${id}`), all.indexOf(`done ${id}`)];
  const started = all.slice(0, word).findLast((event) => /^start \d+ background/u.test(event));
  const ended = all.indexOf(`done ${started?.split(' ')[1]}`);
  return {
    caption: (answer.contents as MarkupContent).value.split('\n\n')[1]!,
    runs: all.slice(word, end).filter((event) => event === 'run').length,
    beside: started !== undefined && (ended < 0 || ended > end),
  };
}

async function captionWorkspace(name: string): Promise<string[]> {
  const result = await server.connection.sendRequest<CaptionWorkspaceResult>('workspace/executeCommand', {
    command: 'imageCaptioner.server.captionWorkspace',
    arguments: [{ uris: [server.uri(name)], review: true }],
  });
  return [...result.proposals.map(({ alt }) => alt), ...result.skipped.map(({ reason }) => reason)];
}

test('a hover waits for one run of the background at most; neither that nor a crash costs the background anything', async () => {
  const quiet: HoverEvents[] = [];
  for (const line of hovered.keys()) quiet.push(await hover('quiet.md', line));
  const beforeQuiet = events().length;
  const uninterrupted = await captionWorkspace('quiet');
  const tasks = events()
    .slice(beforeQuiet)
    .filter((event) => event.startsWith('start'));
  assert.ok(tasks.length < bulk.length / 2, `${tasks.length} tasks for ${bulk.length} pictures`);

  const before = events().length;
  const interrupted = captionWorkspace('busy');
  const busy: HoverEvents[] = [];
  for (const line of hovered.keys()) {
    const runs = 10 + 20 * line;
    await eventually(() =>
      assert.ok(
        events()
          .slice(before)
          .filter((event) => event === 'run').length > runs,
      ),
    );
    busy.push(await hover('busy.md', line));
  }
  assert.deepEqual(await interrupted, uninterrupted);

  assert.deepEqual(
    busy.map(({ caption }) => caption),
    quiet.map(({ caption }) => caption),
  );
  assert.ok(
    busy.some(({ beside }) => beside),
    'no background task was held up',
  );
  for (const [index, { runs }] of busy.entries()) {
    const alone = quiet[index]!.runs;
    assert.ok(alone > 1 && runs >= alone && runs <= alone + 1, `${runs} runs, ${alone} of its own`);
  }

  const eventsBefore = events().length;
  const killed = captionWorkspace('killed');
  await eventually(() => assert.ok(events().length > eventsBefore + 20));
  process.kill(inferenceProcess(), 'SIGKILL');
  assert.deepEqual(await killed, uninterrupted, 'a crash costs none of the pictures beside');
});

/** The inference process, a child of the server. */
function inferenceProcess(): number {
  const rows = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' }).split('\n');
  const row = rows.find((line) => line.includes('inferenceProcess') && line.includes(` ${server.processId} `));
  return Number(row!.trim().split(/\s+/u)[0]);
}

/** A caption by the built-in model, which is not converted yet. */
function caption(lane: Lane): InferenceTask {
  const bytes = readFileSync(path.join(evalPictures, '001-emoji.png'));
  const model = { folder: path.join(root, 'models/mini-blip'), precision: 'int8', cacheFolder: null } as const;
  return { kind: 'caption', model, image: { bytes, key: 'wand', alpha: 'auto' }, options: {}, lane };
}

for (const leaves of [false, true]) {
  const what = leaves ? 'goes on for an urgent task when the background one leaves' : 'is done once for both lanes';
  test(`loading a model ${what}`, async () => {
    const inferenceModule = path.join(root, 'server/src/blip/inferenceProcess.ts');
    const client = new InferenceClient({
      fork: () => forkInference(inferenceModule),
      idleMs: () => Infinity,
      memoryLimitBytes: Infinity,
      log: () => undefined,
    });
    try {
      const abort = new AbortController();
      const begun = Promise.withResolvers<void>();
      const fractions: number[] = [];
      const onEvent = (event: TaskEvent): void => {
        if (event.kind === 'converting') fractions.push(event.fraction);
        if (fractions.length === 3) begun.resolve();
      };
      const background = client.run(caption('background'), onEvent, abort.signal);
      const ended = background.then(
        (made) => (made as { caption: string }).caption,
        (error: unknown) => (error as BlipError).code,
      );
      await begun.promise;
      const urgent = client.run(caption('urgent'), onEvent, new AbortController().signal);
      if (leaves) abort.abort();
      assert.equal(((await urgent) as { caption: string }).caption, 'a magic wand emoji');
      assert.equal(await ended, leaves ? 'Aborted' : 'a magic wand emoji');
      const beginnings = fractions.filter((fraction, index) => fraction < 0.1 && (fractions[index - 1] ?? 1) >= 0.1);
      assert.equal(beginnings.length, 1, `converted ${beginnings.length} times`);
    } finally {
      client.close();
    }
  });
}
