/** Which form each part of an int8 model takes. The self-check writes it; the converter builds by it. */
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import { float32Memory } from './crossMemory.ts';
import type { GraphForms } from './forms.ts';
import { int8Memory } from './int8Memory.ts';
import { gather, gemm, type LinearForm } from './layers.ts';
import { blockwise, finely, lookUpBlocks, lookUpHalves, perRow, perTensor } from './quantise.ts';
import { outputLayerName } from './textGraph.ts';
import { byColumn, type Weights } from './weights.ts';

export const linearForms = { perTensor, perRow, blockwise, finely, fp32: gemm } as const satisfies Record<
  string,
  LinearForm
>;

export type LinearFormName = keyof typeof linearForms;

export interface Int8Plan {
  /** The form of a linear layer that `linear` does not name. */
  readonly fastest: { readonly vision: LinearFormName; readonly text: LinearFormName };
  readonly linear: ReadonlyMap<string, LinearFormName>;
  /** Cross-attention. */
  readonly memory: 'int8' | 'float32';
  /** What the channels of the image embeds are divided by on their way through the value layers, [hidden]. */
  readonly memorySmoothing: Float32Array | null;
  /** By the name of a layer norm: what its outputs are divided by, and the next layer's weights multiplied with. */
  readonly smoothing: ReadonlyMap<string, Float32Array>;
}

/** Fewer products of a caption take a few milliseconds in any form: then int8 can be as exact as it gets. */
const smallModelProducts = 2e9;
/** A caption's steps read each weight once: they cost as much as this many rows of a matrix product. */
const textRows = 150;

export function isSmall({ vision, text }: ModelConfig): boolean {
  const positions = (vision.imageSize / vision.patchSize) ** 2 + 1;
  const layerWeights = (hidden: number, intermediate: number): number => 4 * hidden ** 2 + 2 * hidden * intermediate;
  const seen = vision.layers * layerWeights(vision.hiddenSize, vision.intermediateSize) * positions;
  const written =
    text.layers * layerWeights(text.hiddenSize, text.intermediateSize) + text.vocabulary * text.hiddenSize;
  return seen + written * textRows < smallModelProducts;
}

/** Before anything was measured: int8 wherever it gains time. */
export function fastestPlan(config: ModelConfig): Int8Plan {
  const small = isSmall(config);
  return {
    fastest: small ? { vision: 'finely', text: 'finely' } : { vision: 'perTensor', text: 'blockwise' },
    linear: new Map(),
    memory: small ? 'float32' : 'int8',
    memorySmoothing: null,
    smoothing: new Map(),
  };
}

export function int8Forms(plan: Int8Plan): GraphForms {
  const planned =
    (fastest: LinearFormName): LinearForm =>
    (graph, input, layer) =>
      linearForms[plan.linear.get(layer.name) ?? fastest](graph, input, layer);
  return {
    precision: 'int8',
    vision: planned(plan.fastest.vision),
    text: planned(plan.fastest.text),
    memory: plan.memory === 'int8' ? int8Memory(plan.memorySmoothing) : float32Memory,
    // Word embeddings and output layer are one matrix, kept once where both can be.
    lookUp: (plan.linear.get(outputLayerName) ?? plan.fastest.text) === 'blockwise' ? lookUpBlocks : gather,
    lookUpPositions: lookUpHalves,
    // Scales by row span no other picture.
    batches: plan.fastest.vision === 'finely',
  };
}

/** The layer norms of the vision part that feed one linear layer each, with that layer. */
export function normsBefore(layers: number): ReadonlyMap<string, string> {
  return new Map(
    Array.from({ length: layers }, (_, index) => `vision_model.encoder.layers.${index}`).flatMap((layer) => [
      [`${layer}.layer_norm1`, `${layer}.self_attn.qkv`] as const,
      [`${layer}.layer_norm2`, `${layer}.mlp.fc1`] as const,
    ]),
  );
}

/**
 * Moves scale from a layer norm's outputs into the weights of the layer it feeds, channel by channel (SmoothQuant, arXiv
 * 2211.10438): the same product, with activations that int8 holds better.
 */
export function smoothedWeights(weights: Weights, layers: number, smoothing: Int8Plan['smoothing']): Weights {
  const changed = new Map<string, Float32Array>();
  for (const [norm, linear] of normsBefore(layers)) {
    const factors = smoothing.get(norm);
    if (factors === undefined) continue;
    const inverse = factors.map((factor) => 1 / factor);
    changed.set(`${norm}.weight`, inverse);
    changed.set(`${norm}.bias`, inverse);
    changed.set(`${linear}.weight`, factors);
  }
  return (name) => {
    const factors = changed.get(name);
    return factors === undefined ? weights(name) : byColumn(weights(name), factors);
  };
}

/** How much of a channel's scale moves into the weights: SmoothQuant's α. */
const migration = 0.5;

/**
 * What to divide each channel by.
 *
 * @param activations the greatest absolute value of each input channel, [inputs]
 * @param weights of the layers they go into, each [outputs, inputs]
 */
export function smoothingFactors(activations: Float32Array, ...weights: readonly Float32Array[]): Float32Array {
  const most = greatestByColumn(weights, activations.length);
  return activations.map((activation, input) => {
    if (activation === 0 || most[input] === 0) return 1;
    return activation ** migration / most[input]! ** (1 - migration);
  });
}

/** The greatest absolute value of each column of all matrices, each [rows, columns]. */
export function greatestByColumn(matrices: readonly Float32Array[], columns: number): Float32Array {
  const most = new Float32Array(columns);
  for (const values of matrices) {
    for (const [index, value] of values.entries()) {
      const column = index % columns;
      most[column] = Math.max(most[column]!, Math.abs(value));
    }
  }
  return most;
}
