/** The plans that the self-check tries, one after the other, by what was measured. */
import { isDeepStrictEqual } from 'node:util';
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import type { ModelSource } from './convert.ts';
import { isCrossLayer } from './crossMemory.ts';
import { fastestPlan, isSmall, normsBefore, smoothingFactors, type Int8Plan } from './int8Plan.ts';
import type { Measurements } from './probe.ts';
import { stacked } from './weights.ts';

/**
 * How much a layer's result may be off, relative to its size, and still be computed in a form: one after the other, until
 * the model agrees with itself in float32. Sound layers are off by 1 %, those that int8 spoils by 10 % and more.
 */
const errorLimits = [0.1, 0.03, 0.012];
/** Where float32 costs next to nothing. */
const smallModelLimits = [0.02, 0.01];

/** A plan that is tried; the last one leaves cross-attention in float32. */
export function attempts(config: ModelConfig): readonly (Pick<Int8Plan, 'memory'> & { readonly limit: number })[] {
  const limits = isSmall(config) ? smallModelLimits : errorLimits;
  const { memory } = fastestPlan(config);
  return limits.map((limit, index) => ({ limit, memory: index === limits.length - 1 ? 'float32' : memory }));
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
  const most = new Float32Array(config.vision.hiddenSize);
  for (const values of embeds) {
    for (const [index, value] of values.entries()) {
      const channel = index % most.length;
      most[channel] = Math.max(most[channel]!, Math.abs(value));
    }
  }
  const layers = Array.from({ length: config.text.layers }, (_, layer) =>
    weights(`text_decoder.bert.encoder.layer.${layer}.crossattention.self.value.weight`),
  );
  return smoothingFactors(most, await stacked('values', layers).load());
}

/** Of those measured: where text looks at states in int8, the vision part makes no keys and values. */
export function layersOfVision({ memory }: Int8Plan, measurements: Measurements): string[] {
  return measurements.layers('perTensor').filter((layer) => memory === 'float32' || !isCrossLayer(layer));
}

/** @param plan the fastest one that is to be tried */
export function planFor(
  plan: Int8Plan,
  config: ModelConfig,
  first: Measurements,
  second: SecondLook | null,
  limit: number,
): Int8Plan {
  const smoothing = second?.smoothing ?? new Map<string, Float32Array>();
  const after = normsBefore(config.vision.layers);
  const smoothed = new Set([...smoothing.keys()].map((norm) => after.get(norm)!));
  const linear: Map<string, 'perRow' | 'fp32'> = new Map();
  for (const layer of layersOfVision(plan, first)) {
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

export function samePlan(a: Int8Plan, b: Int8Plan | undefined): boolean {
  return b !== undefined && a.memory === b.memory && isDeepStrictEqual(a.linear, b.linear);
}
