/**
 * Int8 that proves itself on the machine where it runs: the real weights were never seen by who wrote this, and vision
 * transformers have activations that int8 holds badly. A layer whose results int8 spoils takes a safer form; then the
 * whole int8 model reads the captions that the float32 model writes, and must find every word of them as good.
 */
import type { PixelTensor } from '../pixelTensor.ts';
import { readAll, seeAll, writeAll } from './checkRun.ts';
import { convert, type ConversionProgress, type ModelSource } from './convert.ts';
import type { Conversion } from './graphCache.ts';
import { int8Forms, normsBefore, smoothedWeights, smoothingFactors, type Int8Plan } from './int8Plan.ts';
import { Measurements, probingForms } from './probe.ts';

/** How much a layer's result may be off, relative to its size, and still be computed in a form. */
interface Limits {
  readonly linear: number;
  readonly attention: number;
  readonly memory: Int8Plan['memory'];
}

/** One after the other, until the model agrees with itself in float32. Sound layers are off by 1 or 2 %. */
const attempts: readonly Limits[] = [
  { linear: 0.05, attention: 0.1, memory: 'int8' },
  { linear: 0.02, attention: 0.03, memory: 'int8' },
  { linear: 0.01, attention: 0, memory: 'float32' },
];

/** Above this error of the fastest form it is tried whether moving scale into the weights helps. */
const worthSmoothing = 0.02;

/**
 * How much less likely than its own choice float32 may find int8's, in nats. Where two words are nearly as good it is
 * chance which one is chosen.
 */
export const toleratedRegret = 0.25;

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
}

/** What a check that int8 passed ends with. */
export interface Passed {
  readonly plan: Int8Plan;
  readonly agreement: Agreement;
}

/**
 * Leaves int8 graphs in `folder` if some plan passes.
 *
 * @param scratch for graphs that are needed meanwhile; `folder` and it are the caller's to empty.
 */
export async function convertChecked(
  source: ModelSource,
  pictures: readonly PixelTensor[],
  folder: string,
  scratch: string,
  onProgress: (progress: ConversionProgress) => void,
  signal?: AbortSignal,
): Promise<Passed | null> {
  const share = (from: number, to: number) => (progress: ConversionProgress) =>
    onProgress({ ...progress, fraction: from + (to - from) * progress.fraction });
  const reference = await measure(source, pictures, scratch, share(0, 0.4), signal);
  const smoothing = await chooseSmoothing(source, pictures, reference.measurements, scratch, signal);
  for (const [attempt, limits] of attempts.entries()) {
    const from = 0.5 + (0.5 * attempt) / attempts.length;
    const plan = planFor(reference.measurements, smoothing, limits);
    const weights = smoothedWeights(source.weights, source.config.vision.layers, plan.smoothing);
    await convert({ ...source, weights }, int8Forms(plan), folder, share(from, from + 0.1), signal);
    onProgress({ fraction: from + 0.1, message: 'checking int8 against float32' });
    const agreement = await compare(source, reference, pictures, folder, signal);
    if (agreement.regret <= toleratedRegret) return { plan, agreement };
  }
  return null;
}

/** Writes and runs graphs in float32 that measure int8 on the way. */
async function measure(
  source: ModelSource,
  pictures: readonly PixelTensor[],
  scratch: string,
  onProgress: (progress: ConversionProgress) => void,
  signal?: AbortSignal,
): Promise<Reference> {
  const { vision, text } = source.config;
  const recorded = new Set(normsBefore(vision.layers).values());
  await convert(source, probingForms(recorded), scratch, onProgress, signal);
  const measurements = new Measurements();
  const observe = measurements.add.bind(measurements);
  const seen = await seeAll(scratch, pictures, observe, signal);
  const captions = await writeAll(scratch, text, seen, observe, signal);
  const scores = await readAll(scratch, text, seen, captions, signal);
  return { embeds: seen.map(({ embeds }) => embeds), captions, scores, measurements };
}

/** A norm's factors, and the error of the layer after it with them. */
type Smoothing = ReadonlyMap<string, { readonly factors: Float32Array; readonly error: number }>;

async function chooseSmoothing(
  source: ModelSource,
  pictures: readonly PixelTensor[],
  measurements: Measurements,
  scratch: string,
  signal?: AbortSignal,
): Promise<Smoothing> {
  const { layers } = source.config.vision;
  const factors = new Map<string, Float32Array>();
  for (const [norm, linear] of normsBefore(layers)) {
    const inputs = measurements.inputs(linear);
    if (inputs === undefined || measurements.error('perTensor', linear) < worthSmoothing) continue;
    factors.set(norm, smoothingFactors(inputs, await source.weights(`${linear}.weight`).load()));
  }
  if (factors.size === 0) return new Map();
  const weights = smoothedWeights(source.weights, layers, factors);
  const probe = { ...source, weights };
  await convert(probe, probingForms(new Set()), scratch, () => {}, signal);
  const smoothed = new Measurements();
  await seeAll(scratch, pictures, smoothed.add.bind(smoothed), signal);
  return new Map(
    [...normsBefore(layers)].flatMap(([norm, linear]) => {
      const found = factors.get(norm);
      const error = smoothed.error('perTensor', linear);
      if (found === undefined || error >= measurements.error('perTensor', linear)) return [];
      return [[norm, { factors: found, error }] as const];
    }),
  );
}

function planFor(measurements: Measurements, smoothing: Smoothing, limits: Limits): Int8Plan {
  const linear: Map<string, 'perRow' | 'fp32'> = new Map();
  const smoothedLayers = new Map<string, number>();
  for (const [norm, { error }] of smoothing) smoothedLayers.set(layerAfter(norm), error);
  for (const layer of measurements.layers('perTensor')) {
    const fastest = smoothedLayers.get(layer) ?? measurements.error('perTensor', layer);
    if (fastest <= limits.linear) continue;
    linear.set(layer, measurements.error('perRow', layer) <= limits.linear ? 'perRow' : 'fp32');
  }
  for (const layer of measurements.layers('blockwise')) {
    if (measurements.error('blockwise', layer) > limits.linear) linear.set(layer, 'fp32');
  }
  const spoilt = measurements
    .layers('attention')
    .filter((layer) => measurements.error('attention', layer) > limits.attention);
  return {
    linear,
    float32Attention: new Set(spoilt),
    memory: limits.memory,
    smoothing: new Map([...smoothing].map(([norm, { factors }]) => [norm, factors])),
  };
}

function layerAfter(norm: string): string {
  return norm.endsWith('layer_norm1')
    ? norm.replace('layer_norm1', 'self_attn.qkv')
    : norm.replace('layer_norm2', 'mlp.fc1');
}

async function compare(
  { config }: ModelSource,
  reference: Reference,
  pictures: readonly PixelTensor[],
  folder: string,
  signal?: AbortSignal,
): Promise<Agreement> {
  const seen = await seeAll(folder, pictures, () => {}, signal);
  const scores = await readAll(folder, config.text, seen, reference.captions, signal);
  const cosines = seen.map(({ embeds }, index) => cosine(embeds, reference.embeds[index]!));
  const regrets = reference.scores.flatMap((steps, picture) =>
    steps.map((exact, step) => regretOf(exact, scores[picture]![step]!)),
  );
  return { cosine: Math.min(...cosines), regret: Math.max(...regrets) };
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
export function verdictOf({ plan, agreement }: Passed, pictures: number): Conversion {
  const safer = [...plan.linear.values()];
  const kept = (form: string): number => safer.filter((name) => name === form).length;
  const notes = [
    `image embeds agree to a cosine of ${agreement.cosine.toFixed(4)}`,
    `words to ${agreement.regret.toFixed(3)} nats`,
    `${plan.smoothing.size} layers smoothed`,
    `${kept('perRow')} linear layers by row`,
    `${kept('fp32')} in float32`,
    `${plan.float32Attention.size} attention layers in float32`,
    ...(plan.memory === 'float32' ? ['cross-attention in float32'] : []),
  ].filter((note) => !note.startsWith('0 '));
  return { precision: 'int8', verdict: `int8 passed on ${pictures} pictures: ${notes.join(', ')}.` };
}
