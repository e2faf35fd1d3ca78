/**
 * `npm run bench`: a checkpoint of BLIP-base's size with random weights, captioned by Image Captioner, by Hugging Face
 * Transformers on PyTorch (fp32 as people run it, bf16, dynamic int8 with SDPA) and, for the vision part, by OpenVINO,
 * in turns within one run, 10 new tokens each. Prints the table with its ratios and writes bench/RESULTS.md's first part.
 *
 *     npm run bench -- --rounds 5 --skip openvino,bf16
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';
import { allocatorSettings } from '../server/src/inferenceFork.ts';
import { Figures, writeResults } from './results.ts';
import { Worker } from './worker.ts';

const bench = import.meta.dirname;
const work = path.join(bench, '.work');
const python = path.join(bench, '.venv', 'bin', 'python');
const checkpoint = path.join(work, 'blip-base-random');
const pictures = Array.from({ length: 8 }, (_, index) => path.join(work, 'pictures', `${index}.jpg`));
const packages = [
  'torch==2.13.0',
  'transformers==5.23.0',
  'numpy==2.4.6',
  'pillow==13.0.0',
  'safetensors==0.8.0',
  'openvino==2026.4.1',
  'nncf==3.4.0',
];

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, skip: { type: 'string', default: '' } },
});
const rounds = Number(values.rounds);
const skipped = new Set(values.skip.split(','));

function prepare(): void {
  mkdirSync(work, { recursive: true });
  if (!existsSync(python)) {
    execFileSync('python3', ['-m', 'venv', path.join(bench, '.venv')], { stdio: 'inherit' });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...packages], { stdio: 'inherit' });
  }
  if (!existsSync(path.join(checkpoint, 'model.safetensors')) || !existsSync(pictures[0]!)) {
    execFileSync(python, [path.join(bench, 'make_checkpoint.py'), work], { stdio: 'inherit' });
  }
}

/** Ours as it is shipped: JavaScript in chunks, nothing to compile when it starts. */
const ourWorker = path.join(work, 'ours', 'ours.js');

function bundleOurs(): void {
  buildSync({
    entryPoints: [path.join(bench, 'ours.ts'), path.join(bench, '..', 'server/src/blip/visionWorker.ts')],
    entryNames: '[name]',
    outdir: path.dirname(ourWorker),
    splitting: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['onnxruntime-node', 'sharp'],
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
    },
  });
}

/** @param first a picture that is captioned before it is ready */
const reference = (variant: string, first: readonly string[] = []): Promise<Worker> =>
  Worker.start(variant, python, [path.join(bench, 'reference.py'), variant, checkpoint, ...first]);
const ours = (precision: string, first: readonly string[] = []): Promise<Worker> =>
  Worker.start(
    `ours ${precision}`,
    process.execPath,
    [ourWorker, precision, checkpoint, path.join(work, 'cache'), ...first],
    allocatorSettings, // as the sidecar starts it
  );
const openvino = (): Promise<Worker> =>
  Worker.start('openvino', python, [
    path.join(bench, 'openvino_vision.py'),
    checkpoint,
    path.join(work, 'pictures'),
    work,
  ]);

const makers: readonly (readonly [string, (first?: readonly string[]) => Promise<Worker>])[] = [
  ['fp32', (first) => reference('fp32', first)],
  ['bf16', (first) => reference('bf16', first)],
  ['int8-sdpa', (first) => reference('int8-sdpa', first)],
  ['ours int8', (first) => ours('int8', first)],
  ['ours fp32', (first) => ours('fp32', first)],
  ['openvino', openvino],
];

/** Before a case is measured. */
const warmRounds = 3;

/** Each case in turn on each side that knows it, round after round. */
const cases: readonly {
  readonly name: string;
  readonly rounds: number;
  readonly sides: RegExp;
  readonly ask: (round: number) => Record<string, unknown>;
}[] = [
  {
    name: 'new picture, greedy',
    rounds,
    sides: /^(?!openvino)/,
    ask: (round) => ({ pictures: [pictures[round % 8]], beams: 1 }),
  },
  { name: '3 beams', rounds, sides: /^(?!openvino)/, ask: (round) => ({ pictures: [pictures[round % 8]], beams: 3 }) },
  {
    name: '8 pictures',
    rounds: Math.max(2, Math.ceil(rounds / 2)),
    sides: /^(?!openvino)/,
    ask: () => ({ pictures, beams: 1 }),
  },
  {
    name: 'same picture, other settings',
    rounds,
    sides: /^ours/,
    ask: (round) => ({ again: pictures[round % 8], beams: 1 }),
  },
  { name: 'vision part alone', rounds: rounds * 2, sides: /./, ask: (round) => ({ vision: pictures[round % 8] }) },
];

async function measureCases(workers: readonly Worker[], figures: Figures): Promise<void> {
  for (const { name, rounds: times, sides, ask } of cases) {
    const asked = workers.filter((worker) => sides.test(worker.name));
    // Each side as it is when it has run for a while: memory laid out, kernels chosen, JavaScript compiled.
    for (let round = 0; round < warmRounds; round += 1) for (const worker of asked) await worker.ask(ask(round));
    for (let round = 0; round < times; round += 1) {
      for (const worker of asked) {
        const { ms } = await worker.ask(ask(round));
        figures.add(name, worker.name, ms!);
      }
    }
    console.log(figures.line(name));
  }
}

/** A process that is started to caption one picture; the converted model is in the cache. */
async function measureStarts(names: ReadonlySet<string>, figures: Figures): Promise<void> {
  for (let round = 0; round < Math.min(3, rounds); round += 1) {
    for (const [name, make] of makers) {
      if (!names.has(name) || name === 'openvino') continue;
      const worker = await make([pictures[round]!]);
      figures.add('fresh process to first caption', name, worker.readyMs);
      worker.stop();
    }
  }
  console.log(figures.line('fresh process to first caption'));
}

function sizeMb(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0) / 1e6;
}

prepare();
bundleOurs();
// The conversion is timed from nothing.
rmSync(path.join(work, 'cache'), { recursive: true, force: true });
const figures = new Figures();
const converting = performance.now();
const converter = await ours('int8');
figures.add('conversion', 'ours int8', performance.now() - converting);
figures.note(`int8 self-check: ${converter.hello.verdict ?? 'nothing was checked'}`);
converter.stop();

const workers: Worker[] = [];
for (const [name, make] of makers) if (!skipped.has(name)) workers.push(await make());
await measureCases(workers, figures);
for (const worker of workers) figures.add('peak memory, MB', worker.name, (await worker.ask({ memory: true })).peakMb!);
for (const worker of workers) worker.stop();
await measureStarts(new Set(workers.map(({ name }) => name)), figures);
for (const name of ['fp32', 'bf16', 'int8-sdpa']) figures.add('on disk, MB', name, sizeMb(checkpoint));
for (const folder of readdirSync(path.join(work, 'cache'))) {
  const precision = /-(int8|fp32)-/.exec(folder)?.[1];
  if (precision !== undefined)
    figures.add('on disk, MB', `ours ${precision}`, sizeMb(path.join(work, 'cache', folder)));
}
console.log(`\n${figures.table()}`);
writeResults(path.join(bench, 'RESULTS.md'), figures);
