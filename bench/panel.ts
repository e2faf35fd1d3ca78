/**
 * The panel on a model of BLIP-base's size: a first caption against one with a changed parameter, which needs no new look
 * at the picture. `node bench/panel.ts`; bench/make_checkpoint.py makes the model, of random weights.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { InferenceClient, type GenerationOptions, type InferenceTask } from '../server/src/blip/index.ts';
import { forkInference } from '../server/src/inferenceFork.ts';

const work = fileURLToPath(new URL('.work', import.meta.url));
const model = { folder: `${work}/blip-base-random`, precision: 'int8', cacheFolder: `${work}/cache` } as const;
/** Ten new tokens each: random weights would not end by themselves. */
const length = { minNewTokens: 10, maxNewTokens: 10 };
const rounds = 5;
const never = new AbortController().signal;

function client(): InferenceClient {
  return new InferenceClient({
    fork: () => forkInference(fileURLToPath(new URL('../server/src/blip/inferenceProcess.ts', import.meta.url))),
    idleMs: () => Infinity,
    memoryLimitBytes: Infinity,
    log: () => undefined,
  });
}

async function caption(inference: InferenceClient, picture: number, options: GenerationOptions): Promise<number> {
  const bytes = await readFile(`${work}/pictures/${picture % 8}.jpg`);
  // A key of its own: no embeds of an earlier round are found.
  const key = createHash('sha256').update(bytes).update(String(picture)).digest('hex');
  const image = { bytes, key, alpha: 'auto' } as const;
  const task: InferenceTask = { kind: 'stream', model, image, options: { ...length, ...options, rereadBest: true } };
  const started = performance.now();
  await inference.run(task, () => undefined, never);
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

// Converted once, before anything is measured.
const warm = client();
await caption(warm, 0, {});
warm.close();

const first: number[] = [];
const fresh: number[] = [];
const again: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const inference = client();
  first.push(await caption(inference, 0, {}));
  for (let picture = 1; picture <= rounds; picture += 1) {
    fresh.push(await caption(inference, picture, {}));
    again.push(await caption(inference, picture, { repetitionPenalty: 1.1 + picture / 100 }));
  }
  inference.close();
}
const line = (name: string, ms: number): void =>
  console.log(`${name.padEnd(44)} ${ms.toFixed(0).padStart(6)} ms ${(ms / median(again)).toFixed(1).padStart(6)}×`);
line('first caption: process, model, picture, words', median(first));
line('new picture, model loaded', median(fresh));
line('changed parameter, picture known', median(again));
