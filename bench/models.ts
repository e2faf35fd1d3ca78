/**
 * Models of BLIP's sizes: how long the first use converts them, in how much memory, how soon a warm start gives its
 * first caption, and what a download that was cut sends again.
 *
 *     node bench/makeCheckpoint.ts bench/.work/blip-large large     # once: random weights in the hub's shapes
 *     npm run bench:models bench/.work/blip-large
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceClient, type InferenceTask } from '../server/src/blip/index.ts';
import { forkInference } from '../server/src/inferenceFork.ts';
import { ModelDownloader } from '../server/src/models/download.ts';
import { HuggingFaceCache } from '../server/src/models/huggingFaceCache.ts';
import { HubServer } from '../test/support/hubServer.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const model = path.resolve(process.argv[2] ?? path.join(root, 'bench', '.work', 'blip-base-random'));
const picture = readFileSync(path.join(root, 'test', 'fixtures', 'mini-blip-eval', '001-emoji.png'));
const inferenceModule = path.join(root, 'server', 'src', 'blip', 'inferenceProcess.ts');
const signal = new AbortController().signal;
const work = await mkdtemp(path.join(os.tmpdir(), 'bench-models-'));

interface Step {
  readonly ms: number;
  /** The process's most resident memory, bytes; null where the system does not tell. */
  readonly peakBytes: number | null;
  readonly precision: string;
}

/** A new inference process does one task; counted from its start. */
async function inNewProcess(task: InferenceTask): Promise<Step> {
  const client = new InferenceClient({
    fork: () => forkInference(inferenceModule),
    idleMs: () => Infinity,
    memoryLimitBytes: Infinity,
    log: () => undefined,
  });
  const started = performance.now();
  const result = await client.run(task, () => undefined, signal);
  const ms = performance.now() - started;
  const peakBytes = peakOf(client.processId!);
  client.close();
  return { ms, peakBytes, precision: (result as { readonly precision: string }).precision };
}

function peakOf(processId: number): number | null {
  const status = `/proc/${processId}/status`;
  if (!existsSync(status)) return null;
  return Number(/VmHWM:\s+(\d+) kB/u.exec(readFileSync(status, 'utf8'))?.[1]) * 1024;
}

/** Bytes sent beyond the file's own, over twenty cuts. */
async function resentBytes(size: number): Promise<{ most: number; size: number }> {
  const hub = await HubServer.start();
  const weights = Buffer.alloc(size, 7);
  hub.publish('bench/model', 'main', {
    files: { 'config.json': Buffer.from('{}'), 'model.safetensors': weights },
    large: ['model.safetensors'],
  });
  let most = 0;
  for (let cut = 1; cut <= 20; cut += 1) {
    const cacheFolder = path.join(work, `hub-${cut}`);
    const settings = { endpoint: hub.endpoint, token: null, cacheFolder, offline: false };
    const downloader = new ModelDownloader(settings, new HuggingFaceCache(cacheFolder), {
      stallMs: 5000,
      waits: [1, 1],
    });
    const described = await downloader.describe('bench/model', null, signal);
    hub.bytesSent = 0;
    hub.faults.push({ kind: 'short', after: 2 }, { kind: 'cut', after: Math.floor((size * cut) / 21) });
    await downloader.download(described, { onProgress: () => undefined, onMessage: () => undefined }, signal);
    most = Math.max(most, hub.bytesSent - size - 2);
    await rm(cacheFolder, { recursive: true });
  }
  await hub.stop();
  return { most, size };
}

const shown = (bytes: number | null): string => (bytes === null ? 'not known' : `${(bytes / 1e6).toFixed(0)} MB`);

try {
  if (!existsSync(path.join(model, 'config.json')))
    throw new Error(`${model} is no model: make it with bench/makeCheckpoint.ts`);
  for (const precision of ['int8', 'fp32'] as const) {
    const spec = { folder: model, precision, cacheFolder: path.join(work, 'graphs') };
    const converted = await inNewProcess({ kind: 'load', model: spec });
    console.log(
      `${precision}: conversion ${(converted.ms / 1000).toFixed(1)} s, peak memory ${shown(converted.peakBytes)}, kept as ${converted.precision}`,
    );
    const image = { bytes: picture, key: 'bench', alpha: 'auto' } as const;
    const warm = await inNewProcess({ kind: 'caption', model: spec, image, options: {} });
    console.log(
      `${precision}: warm start to the first caption ${(warm.ms / 1000).toFixed(2)} s, peak memory ${shown(warm.peakBytes)}`,
    );
  }
  const { most, size } = await resentBytes(32e6);
  console.log(`download of ${shown(size)} cut at 20 places: at most ${most} bytes sent again`);
} finally {
  await rm(work, { recursive: true, force: true });
}
