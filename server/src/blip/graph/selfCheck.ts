/**
 * Int8 that proves itself on the machine where it runs: the real weights were never seen by who wrote this, and vision
 * transformers have activations that int8 holds badly. A layer whose results int8 spoils takes a safer form; then the
 * whole int8 model reads the captions that the float32 model writes, and must find every word of them as good.
 */
import type { PixelTensor } from '../pixelTensor.ts';
import { agrees, compare, type Agreement, type Sight } from './agreement.ts';
import { attempts, layersOfVision, planFor, samePlan, smoothedMemory, type SecondLook } from './attempts.ts';
import { graphsInMemory, graphsOnDisk, type Graphs, type Sessions } from './checkGraphs.ts';
import { observeAll, readAll, seeAll, unobserved, writeAll } from './checkRun.ts';
import { convert, graphGroups, type ConversionProgress, type ModelSource } from './convert.ts';
import type { GraphForms } from './forms.ts';
import type { Conversion } from './graphCache.ts';
import {
  fastestPlan,
  int8Forms,
  isSmall,
  normsBefore,
  smoothedWeights,
  smoothingFactors,
  type Int8Plan,
} from './int8Plan.ts';
import { standAlone } from './neighbours.ts';
import { writeOnnx } from './onnxFile.ts';
import { Measurements, probingForms } from './probe.ts';
import { visionParts } from '../visionParts.ts';
import { visionGraphs } from './visionGraph.ts';

/** Above this error of the fastest form it is tried whether moving scale into the weights helps. */
const worthSmoothing = 0.02;

/** What float32 makes of the check pictures. */
interface Reference extends Sight {
  readonly captions: readonly (readonly number[])[];
  readonly measurements: Measurements;
}

/** What a check that int8 passed ends with. */
export interface Passed {
  readonly plan: Int8Plan;
  readonly agreement: Agreement;
  /** What is made of a picture is the same when others share its runs. */
  readonly batches: boolean;
  /** Those that passed, where they are still open. */
  readonly sessions: Sessions;
}

/**
 * Leaves int8 graphs in `folder` if some plan passes.
 *
 * @param scratchFolder for graphs that are needed meanwhile; `folder` and it are the caller's to empty.
 */
export async function convertChecked(
  source: ModelSource,
  pictures: readonly PixelTensor[],
  folder: string,
  scratchFolder: string,
  onProgress: (progress: ConversionProgress) => void,
  signal?: AbortSignal,
): Promise<Passed | null> {
  const share = (from: number, to: number) => (progress: ConversionProgress) =>
    onProgress({ ...progress, fraction: from + (to - from) * progress.fraction });
  const reference = await measure(source, pictures, scratchFolder, share(0, 0.4), signal);
  const second = await lookAgain(source, pictures, reference.measurements, scratchFolder, share(0.4, 0.5), signal);
  const memorySmoothing = isSmall(source.config) ? null : await smoothedMemory(source, reference.embeds);
  let tried: Int8Plan | undefined;
  const all = attempts(source.config, memorySmoothing);
  for (const [index, attempt] of all.entries()) {
    const from = 0.5 + (0.5 * index) / all.length;
    const plan = planFor(attempt, source.config, reference.measurements, second);
    if (samePlan(plan, tried)) continue;
    tried = plan;
    const weights = smoothedWeights(source.weights, source.config.vision.layers, plan.smoothing);
    const int8 = { ...source, weights };
    const graphs = await graphsToRun(int8, int8Forms(plan), folder, false, share(from, from + 0.1), signal);
    onProgress({ fraction: from + 0.1, message: 'checking int8 against float32' });
    // What is in memory is written while it is checked.
    const writing = source.kept === null ? null : convert(int8, int8Forms(plan), folder, undefined, signal);
    const ended = Promise.allSettled([writing]);
    try {
      const passed = await check(source, pictures, reference, plan, graphs, signal);
      await writing;
      if (passed !== null) return { ...passed, sessions: graphs.take() };
    } finally {
      await ended;
      await graphs.close();
    }
    await measureText(source, pictures, reference, scratchFolder, signal);
  }
  return null;
}

/** A large model's are written into `folder`; a small one's stay in memory. */
async function graphsToRun(
  source: ModelSource,
  forms: GraphForms,
  folder: string,
  fewRuns: boolean,
  onProgress: (progress: ConversionProgress) => void,
  signal?: AbortSignal,
): Promise<Graphs> {
  if (source.kept !== null) {
    onProgress({ fraction: 0, message: 'converting the model' });
    return graphsInMemory(graphGroups(source, forms).flat());
  }
  await convert(source, forms, folder, onProgress, signal);
  return graphsOnDisk(folder, { fewRuns });
}

async function check(
  { config }: ModelSource,
  pictures: readonly PixelTensor[],
  reference: Reference,
  plan: Int8Plan,
  graphs: Graphs,
  signal?: AbortSignal,
): Promise<Omit<Passed, 'sessions'> | null> {
  const parts = visionParts(config, 'int8');
  const seen = await seeAll(graphs, parts, pictures, unobserved, signal);
  const scores = await readAll(graphs, config.text, seen, reference.captions, signal);
  const agreement = compare(reference, { embeds: seen.map(({ embeds }) => embeds), scores });
  if (!agrees(agreement)) return null;
  return { plan, agreement, batches: await standAlone(graphs, parts, config.text, pictures, seen, signal) };
}

const measuring = 'measuring what int8 would change';

/** Tells at once, and again after each of `count` steps, which share of them is done: a large model's take seconds. */
function told(count: number, tell: (share: number) => void): () => void {
  let done = 0;
  tell(0);
  return () => tell(++done / count);
}

/** Runs graphs in float32 that measure int8 on the way: the vision part, and the text of a small model. */
async function measure(
  source: ModelSource,
  pictures: readonly PixelTensor[],
  scratchFolder: string,
  onProgress: (progress: ConversionProgress) => void,
  signal?: AbortSignal,
): Promise<Reference> {
  const { config } = source;
  const { fastest } = fastestPlan(config);
  const small = isSmall(config);
  // What is recorded serves smoothing, which only the fastest form of a large model knows.
  const recorded = small ? [] : normsBefore(config.vision.layers).values();
  const text = small ? [fastest.text] : [];
  const forms = probingForms({ vision: [fastest.vision], text, recorded: new Set(recorded) });
  const half = ({ fraction, message }: ConversionProgress): void => onProgress({ fraction: fraction / 2, message });
  const graphs = await graphsToRun(source, forms, scratchFolder, true, half, signal);
  try {
    const measurements = new Measurements();
    const observe = measurements.add.bind(measurements);
    const parts = visionParts(config, 'fp32');
    const steps = pictures.length * parts.length;
    const tell = told(steps, (share) => onProgress({ fraction: 0.5 + share / 2, message: measuring }));
    const seen = await seeAll(graphs, parts, pictures, (results) => (observe(results), tell()), signal);
    const written = await writeAll(graphs, config.text, seen, small ? seen.length : 1, observe, signal);
    return {
      embeds: seen.map(({ embeds }) => embeds),
      captions: written.map(({ ids }) => ids),
      scores: written.map(({ scores }) => scores),
      measurements,
    };
  } finally {
    await graphs.close();
  }
}

/** Block by block int8 seldom spoils a layer: the text of a large model is measured only when a check has failed. */
async function measureText(
  source: ModelSource,
  pictures: readonly PixelTensor[],
  { measurements }: Reference,
  scratchFolder: string,
  signal?: AbortSignal,
): Promise<void> {
  const { fastest } = fastestPlan(source.config);
  if (measurements.layers(fastest.text).length > 0) return;
  const forms = probingForms({ vision: [], text: [fastest.text] });
  await convert(source, forms, scratchFolder, undefined, signal);
  const observe = measurements.add.bind(measurements);
  const vision = graphsOnDisk(scratchFolder, { fewRuns: true });
  const seen = await seeAll(vision, visionParts(source.config, 'fp32'), pictures, unobserved, signal);
  const text = graphsOnDisk(scratchFolder, { fewRuns: false });
  await writeAll(text, source.config.text, seen, 1, observe, signal);
}

async function lookAgain(
  source: ModelSource,
  pictures: readonly PixelTensor[],
  first: Measurements,
  scratchFolder: string,
  onProgress: (progress: ConversionProgress) => void,
  signal?: AbortSignal,
): Promise<SecondLook | null> {
  const { config, architecture } = source;
  const visionLayers = layersOfVision(fastestPlan(config), first);
  if (visionLayers.every((layer) => first.error('perTensor', layer) < worthSmoothing)) return null;
  const factors = new Map<string, Float32Array>();
  for (const [norm, linear] of normsBefore(config.vision.layers)) {
    const inputs = first.inputs(linear);
    if (inputs === undefined || first.error('perTensor', linear) < worthSmoothing) continue;
    factors.set(norm, smoothingFactors(inputs, await source.weights(`${linear}.weight`).load()));
  }
  const weights = smoothedWeights(source.weights, config.vision.layers, factors);
  const forms = probingForms({ vision: ['perTensor', 'perRow'], text: [] });
  for (const graph of visionGraphs(config, architecture, weights, forms)) {
    await writeOnnx(graph, scratchFolder, new Map(), undefined, signal);
  }
  const measurements = new Measurements();
  const parts = visionParts(config, 'fp32');
  const tell = told(pictures.length * parts.length, (share) => onProgress({ fraction: share, message: measuring }));
  const scratch = graphsOnDisk(scratchFolder, { fewRuns: true });
  await observeAll(scratch, parts, pictures, (results) => (measurements.add(results), tell()), signal);
  const after = normsBefore(config.vision.layers);
  const helps = (norm: string): boolean =>
    measurements.error('perTensor', after.get(norm)!) < first.error('perTensor', after.get(norm)!);
  return { smoothing: new Map([...factors].filter(([norm]) => helps(norm))), measurements };
}

/** What became of a check, in a sentence for people. */
export function verdictOf({ plan, agreement, batches }: Passed, pictures: number): Conversion {
  const safer = [...plan.linear.values()];
  const kept = (form: string): number => safer.filter((name) => name === form).length;
  const notes = [
    `image embeds agree to a cosine of ${agreement.cosine.toFixed(4)}`,
    `the scores of words to ${agreement.drift.toFixed(3)} nats`,
    `${plan.smoothing.size} layers smoothed`,
    `${kept('perRow')} linear layers by row`,
    `${kept('fp32')} in float32`,
    ...(plan.memory === 'float32' ? ['cross-attention in float32'] : []),
    ...(batches ? [] : ['pictures one by one']),
  ].filter((note) => !note.startsWith('0 '));
  return { precision: 'int8', batches, verdict: `int8 passed on ${pictures} pictures: ${notes.join(', ')}.` };
}
