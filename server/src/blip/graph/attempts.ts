/** The plans that the self-check tries, one after the other, by what was measured. */
import { isDeepStrictEqual } from 'node:util';
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import type { ModelSource } from './convert.ts';
import { isCrossLayer } from './crossMemory.ts';
import { fastestPlan, greatestByColumn, isSmall, normsBefore, smoothingFactors, type Int8Plan } from './int8Plan.ts';
import type { Measurements } from './probe.ts';

/**
 * How much a layer's result may be off, relative to its size, and still be computed in a form: one after the other, until
 * the model agrees with itself in float32. Sound layers are off by 1 %, those that int8 spoils by 10 % and more.
 */
const errorLimits = [0.1, 0.03, 0.012];
/** Where float32 costs next to nothing. */
const smallModelLimits = [0.02, 0.01];

/** What a plan is made from that is tried. */
interface Attempt {
  /** As fast as may be. */
  readonly fastest: Int8Plan;
  /** How much a layer's result may be off. */
  readonly limit: number;
}

/** One after the other; the last one leaves cross-attention in float32. */
export function attempts(config: ModelConfig, memorySmoothing: Float32Array | null): readonly Attempt[] {
  const limits = isSmall(config) ? smallModelLimits : errorLimits;
  const fastest = { ...fastestPlan(config), memorySmoothing };
  const last = { ...fastest, memory: 'float32' } as const;
  return limits.map((limit, index) => ({ fastest: index === limits.length - 1 ? last : fastest, limit }));
}

/** What a second look at layers that the fastest form spoils found. */
export interface SecondLook {
  /** By the name of a layer norm: what smoothing divides by, where it helps. */
  readonly smoothing: Int8Plan['smoothing'];
  /** With that smoothing, of the fastest form and by row. */
  readonly measurements: Measurements;
}

/** By what the channels of the image embeds reach in the check pictures, and the value layers make of them. */
export async function smoothedMemory(
  { config, weights }: ModelSource,
  embeds: readonly Float32Array[],
): Promise<Float32Array> {
  const values = Array.from({ length: config.text.layers }, (_, layer) =>
    weights(`text_decoder.bert.encoder.layer.${layer}.crossattention.self.value.weight`).load(),
  );
  return smoothingFactors(greatestByColumn(embeds, config.vision.hiddenSize), ...(await Promise.all(values)));
}

/** Of those measured: where text looks at states in int8, the vision part makes no keys and values. */
export function layersOfVision({ memory }: Int8Plan, measurements: Measurements): string[] {
  return measurements.layers('perTensor').filter((layer) => memory === 'float32' || !isCrossLayer(layer));
}

export function planFor(
  { fastest, limit }: Attempt,
  config: ModelConfig,
  first: Measurements,
  second: SecondLook | null,
): Int8Plan {
  const smoothing = second?.smoothing ?? new Map<string, Float32Array>();
  const after = normsBefore(config.vision.layers);
  const smoothed = new Set([...smoothing.keys()].map((norm) => after.get(norm)!));
  const linear: Map<string, 'perRow' | 'fp32'> = new Map();
  for (const layer of layersOfVision(fastest, first)) {
    const perTensor = (smoothed.has(layer) ? second!.measurements : first).error('perTensor', layer);
    if (perTensor <= limit) continue;
    const byRow = second?.measurements.error('perRow', layer) ?? Infinity;
    linear.set(layer, byRow <= limit ? 'perRow' : 'fp32');
  }
  for (const form of ['blockwise', 'finely'] as const) {
    const spoilt = first.layers(form).filter((layer) => first.error(form, layer) > limit);
    for (const layer of spoilt) linear.set(layer, 'fp32');
  }
  return { ...fastest, linear, smoothing };
}

export function samePlan(a: Int8Plan, b: Int8Plan | undefined): boolean {
  return b !== undefined && a.memory === b.memory && isDeepStrictEqual(a.linear, b.linear);
}
