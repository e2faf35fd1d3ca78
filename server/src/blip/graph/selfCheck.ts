/**
 * Int8 that proves itself on the machine where it runs: the real weights were never seen by who wrote this, and vision
 * transformers have activations that int8 holds badly. A layer whose results int8 spoils takes a safer form; then the
 * whole int8 model reads the captions that the float32 model writes, and must find every word of them as good.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import { highest } from '../generation/search.ts';
import type { PixelTensor } from '../pixelTensor.ts';
import { observeAll, readAll, seeAll, unobserved, writeAll, type GraphsAt, type SeenPicture } from './checkRun.ts';
import { convert, type ConversionProgress, type ModelSource } from './convert.ts';
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

/**
 * How much a layer's result may be off, relative to its size, and still be computed in a form: one after the other, until
 * the model agrees with itself in float32. Sound layers are off by 1 %, those that int8 spoils by 10 % and more.
 */
const errorLimits = [0.1, 0.03, 0.012];
/** Where float32 costs next to nothing. */
const smallModelLimits = [0.02, 0.01];

/** Above this error of the fastest form it is tried whether moving scale into the weights helps. */
const worthSmoothing = 0.02;

/**
 * How much less likely than its own choice float32 may find int8's, in nats. Where two words are nearly as good it is
 * chance which one is chosen.
 */
export const toleratedRegret = 0.25;

/** How far the distances between the likeliest words may move, root mean square, in nats. */
const toleratedDrift = 0.15;
/** So many of the likeliest words are looked at. */
const likeliest = 6;

/** What float32 makes of the check pictures. */
export interface Reference {
  readonly embeds: readonly Float32Array[];
  readonly captions: readonly (readonly number[])[];
  readonly scores: readonly (readonly Float32Array[])[];
  readonly measurements: Measurements;
}

/** How far int8 is from float32, at its worst. */
export interface Agreement {
  /** Cosine of the image embeds. */
  readonly cosine: number;
  /** Of the words int8 would choose after the same words. */
  readonly regret: number;
  /** Of the likeliest words' distances in score, root mean square. */
  readonly drift: number;
}

/** What a check that int8 passed ends with. */
export interface Passed {
  readonly plan: Int8Plan;
  readonly agreement: Agreement;
  /** What is made of a picture is the same when others share its runs. */
  readonly batches: boolean;
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
  const scratch: GraphsAt = { folder: scratchFolder, fewRuns: !isSmall(source.config) };
  const reference = await measure(source, pictures, scratch, share(0, 0.4), signal);
  const second = await lookAgain(source, pictures, reference.measurements, scratch, share(0.4, 0.5), signal);
  const limits = isSmall(source.config) ? smallModelLimits : errorLimits;
  let tried: Int8Plan | undefined;
  for (const [attempt, limit] of limits.entries()) {
    const from = 0.5 + (0.5 * attempt) / limits.length;
    const plan = planFor(source.config, reference.measurements, second, limit);
    if (samePlan(plan, tried)) continue;
    tried = plan;
    const weights = smoothedWeights(source.weights, source.config.vision.layers, plan.smoothing);
    await convert({ ...source, weights }, int8Forms(plan), folder, share(from, from + 0.1), signal);
    onProgress({ fraction: from + 0.1, message: 'checking int8 against float32' });
    const graphs = { folder, fewRuns: false };
    const parts = visionParts(source.config, 'int8');
    const seen = await seeAll(graphs, parts, pictures, unobserved, signal);
    const agreement = await compare(source, reference, seen, graphs, signal);
    if (agreement.regret <= toleratedRegret && agreement.drift <= toleratedDrift) {
      return { plan, agreement, batches: await standAlone(graphs, parts, source.config.text, pictures, seen, signal) };
    }
    await measureText(source, pictures, reference, scratch, signal);
  }
  return null;
}

const measuring = 'measuring what int8 would change';

/** Tells at once, and again after each of `count` steps, which share of them is done: a large model's take seconds. */
function told(count: number, tell: (share: number) => void): () => void {
  let done = 0;
  tell(0);
  return () => tell(++done / count);
}

/** Writes and runs graphs in float32 that measure int8 on the way: the vision part, and the text of a small model. */
async function measure(
  source: ModelSource,
  pictures: readonly PixelTensor[],
  scratch: GraphsAt,
  onProgress: (progress: ConversionProgress) => void,
  signal?: AbortSignal,
): Promise<Reference> {
  const { config } = source;
  const { fastest } = fastestPlan(config);
  const recorded = new Set(normsBefore(config.vision.layers).values());
  const text = isSmall(config) ? [fastest.text] : [];
  const forms = probingForms({ vision: [fastest.vision], text, recorded });
  const half = ({ fraction, message }: ConversionProgress): void => onProgress({ fraction: fraction / 2, message });
  await convert(source, forms, scratch.folder, half, signal);
  const measurements = new Measurements();
  const observe = measurements.add.bind(measurements);
  const parts = visionParts(config, 'fp32');
  const steps = pictures.length * parts.length;
  const tell = told(steps, (share) => onProgress({ fraction: 0.5 + share / 2, message: measuring }));
  const seen = await seeAll(scratch, parts, pictures, (results) => (observe(results), tell()), signal);
  const captions = await writeAll(scratch, config.text, seen, observe, signal);
  const scores = await readAll(scratch, config.text, seen, captions, unobserved, signal);
  return { embeds: seen.map(({ embeds }) => embeds), captions, scores, measurements };
}

/** Block by block int8 seldom spoils a layer: the text of a large model is measured only when a check has failed. */
async function measureText(
  source: ModelSource,
  pictures: readonly PixelTensor[],
  { measurements }: Reference,
  scratch: GraphsAt,
  signal?: AbortSignal,
): Promise<void> {
  const { fastest } = fastestPlan(source.config);
  if (measurements.layers(fastest.text).length > 0) return;
  const forms = probingForms({ vision: [], text: [fastest.text] });
  await convert(source, forms, scratch.folder, undefined, signal);
  const observe = measurements.add.bind(measurements);
  const seen = await seeAll(scratch, visionParts(source.config, 'fp32'), pictures, unobserved, signal);
  await writeAll({ ...scratch, fewRuns: false }, source.config.text, seen, observe, signal);
}

/** What a second look at layers that the fastest form spoils found. */
interface SecondLook {
  /** By the name of a layer norm: what smoothing divides by, where it helps. */
  readonly smoothing: Int8Plan['smoothing'];
  /** With that smoothing, of the fastest form and by row. */
  readonly measurements: Measurements;
}

async function lookAgain(
  source: ModelSource,
  pictures: readonly PixelTensor[],
  first: Measurements,
  scratch: GraphsAt,
  onProgress: (progress: ConversionProgress) => void,
  signal?: AbortSignal,
): Promise<SecondLook | null> {
  const { config, architecture } = source;
  if (first.layers('perTensor').every((layer) => first.error('perTensor', layer) < worthSmoothing)) return null;
  const factors = new Map<string, Float32Array>();
  for (const [norm, linear] of normsBefore(config.vision.layers)) {
    const inputs = first.inputs(linear);
    if (inputs === undefined || first.error('perTensor', linear) < worthSmoothing) continue;
    factors.set(norm, smoothingFactors(inputs, await source.weights(`${linear}.weight`).load()));
  }
  const weights = smoothedWeights(source.weights, config.vision.layers, factors);
  const forms = probingForms({ vision: ['perTensor', 'perRow'], text: [] });
  for (const graph of visionGraphs(config, architecture, weights, forms)) {
    await writeOnnx(graph, scratch.folder, new Map(), undefined, signal);
  }
  const measurements = new Measurements();
  const parts = visionParts(config, 'fp32');
  const tell = told(pictures.length * parts.length, (share) => onProgress({ fraction: share, message: measuring }));
  await observeAll(scratch, parts, pictures, (results) => (measurements.add(results), tell()), signal);
  const after = normsBefore(config.vision.layers);
  const helps = (norm: string): boolean =>
    measurements.error('perTensor', after.get(norm)!) < first.error('perTensor', after.get(norm)!);
  return { smoothing: new Map([...factors].filter(([norm]) => helps(norm))), measurements };
}

function planFor(config: ModelConfig, first: Measurements, second: SecondLook | null, limit: number): Int8Plan {
  const plan = fastestPlan(config);
  const smoothing = second?.smoothing ?? new Map<string, Float32Array>();
  const after = normsBefore(config.vision.layers);
  const smoothed = new Set([...smoothing.keys()].map((norm) => after.get(norm)!));
  const linear: Map<string, 'perRow' | 'fp32'> = new Map();
  for (const layer of first.layers('perTensor')) {
    const fastest = (smoothed.has(layer) ? second!.measurements : first).error('perTensor', layer);
    if (fastest <= limit) continue;
    const byRow = second?.measurements.error('perRow', layer) ?? Infinity;
    linear.set(layer, byRow <= limit ? 'perRow' : 'fp32');
  }
  for (const form of ['blockwise', 'finely'] as const) {
    const spoilt = first.layers(form).filter((layer) => first.error(form, layer) > limit);
    for (const layer of spoilt) linear.set(layer, 'fp32');
  }
  return { ...plan, linear, smoothing };
}

function samePlan(a: Int8Plan, b: Int8Plan | undefined): boolean {
  return b !== undefined && isDeepStrictEqual(a.linear, b.linear);
}

async function compare(
  { config }: ModelSource,
  reference: Reference,
  seen: readonly SeenPicture[],
  graphs: GraphsAt,
  signal?: AbortSignal,
): Promise<Agreement> {
  const scores = await readAll(graphs, config.text, seen, reference.captions, unobserved, signal);
  const cosines = seen.map(({ embeds }, index) => cosine(embeds, reference.embeds[index]!));
  const pairs = reference.scores.flatMap((steps, picture) =>
    steps.map((exact, step) => [exact, scores[picture]![step]!] as const),
  );
  const drifts = pairs.map(([exact, other]) => driftOf(exact, other));
  return {
    cosine: Math.min(...cosines),
    regret: Math.max(...pairs.map(([exact, other]) => regretOf(exact, other))),
    drift: Math.sqrt(drifts.reduce((sum, drift) => sum + drift, 0) / drifts.length),
  };
}

/** By how much `exact` prefers its own first choice to that of `other`. Infinite where `other` is no number. */
export function regretOf(exact: Float32Array, other: Float32Array): number {
  let [best, chosen] = [0, 0];
  for (let token = 1; token < exact.length; token += 1) {
    if (Number.isNaN(other[token])) return Infinity;
    if (exact[token]! > exact[best]!) best = token;
    if (other[token]! > other[chosen]!) chosen = token;
  }
  return exact[best]! - exact[chosen]!;
}

/** By how much the likeliest words' distances from the first of them differ, mean square. */
function driftOf(exact: Float32Array, other: Float32Array): number {
  const [first, ...rest] = highest(exact, likeliest).map(({ token }) => token);
  const moved = rest.map((token) => exact[first!]! - exact[token]! - (other[first!]! - other[token]!));
  return moved.reduce((sum, move) => sum + move ** 2, 0) / Math.max(moved.length, 1);
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, left, right] = [0, 0, 0];
  for (let index = 0; index < a.length; index += 1) {
    dot += a[index]! * b[index]!;
    left += a[index]! ** 2;
    right += b[index]! ** 2;
  }
  return dot / Math.sqrt(left * right);
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
