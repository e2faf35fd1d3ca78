/**
 * What text looks at while it is written or read: the keys and values of every cross-attention layer. They depend on the
 * picture (or question) alone, so they are computed once for it.
 */
import type { TextConfig } from '../checkpoint/modelConfig.ts';
import { linear, reshape, type GraphContext } from './layers.ts';
import { float, int, ints, type Dimension, type OnnxBuilder, type Value } from './onnxBuilder.ts';

export function crossKeyName(layer: number): string {
  return `cross_key_${layer}`;
}

export function crossValueName(layer: number): string {
  return `cross_value_${layer}`;
}

export interface MemoryDims {
  /** How many pictures; a name where it is known only when the graph runs. */
  readonly pictures: Dimension;
  readonly heads: number;
  /** A name where they vary (a question). */
  readonly positions: Dimension;
  readonly headSize: number;
}

/** Sees the attention's weights, [pictures, heads, texts × tokens, memory positions]. */
export type ObserveProbabilities = (probabilities: Value) => void;

/** The memory of one layer, as a text graph reads it. */
export interface CrossMemory {
  /** Its first dimension counts the pictures. */
  readonly key: Value;
  /** Queries [pictures, heads, texts × tokens, head size], divided by √(head size) → what they found, the same shape. */
  attend(query: Value, observe: ObserveProbabilities): Value;
}

/** How keys and values are kept between the graph that makes them and the one that reads them. */
export interface MemoryForm {
  /**
   * Names the layer's keys and values as outputs of the graph.
   *
   * @param keys and values, each [pictures, positions, heads, head size]
   * @param prefix of the outputs' names, for a graph that has inputs of these names.
   */
  keep(graph: OnnxBuilder, layer: number, keys: Value, values: Value, dims: MemoryDims, prefix: string): void;
  /** Declares the layer's keys and values as inputs of the graph. */
  recall(graph: OnnxBuilder, layer: number, dims: MemoryDims): CrossMemory;
}

/** As they are: cross_key_N and cross_value_N, each [pictures, heads, positions, head size]. */
export const float32Memory: MemoryForm = {
  keep(graph, layer, keys, values, { pictures, heads, positions, headSize }, prefix) {
    for (const [name, value] of [
      [crossKeyName(layer), keys],
      [crossValueName(layer), values],
    ] as const) {
      const byHead = graph.node('Transpose', [value], { perm: ints([0, 2, 1, 3]) });
      graph.output(byHead, prefix + name, 'float32', [pictures, heads, positions, headSize]);
    }
  },
  recall(graph, layer, { pictures, heads, positions, headSize }) {
    const dims = [pictures, heads, positions, headSize];
    const key = graph.input(crossKeyName(layer), 'float32', dims);
    const value = graph.input(crossValueName(layer), 'float32', dims);
    return {
      key,
      attend(query, observe) {
        const transposed = { transB: int(1), alpha: float(1) };
        const scores = graph.node('FusedMatMul', [query, key], transposed, { domain: 'com.microsoft' });
        const probabilities = graph.node('Softmax', [scores], { axis: int(-1) });
        observe(probabilities);
        return graph.node('MatMul', [probabilities, value]);
      },
    };
  },
};

/**
 * Adds the keys and values of all layers as outputs.
 *
 * @param memory [pictures × positions, width]
 * @param positions of the memory; −1 where there is one picture and the positions are known only when the graph runs.
 * @param bert whose layers will look at the memory, e.g. text_decoder.bert
 */
export function crossMemoryOutputs(
  context: GraphContext,
  memory: Value,
  positions: number,
  bert: string,
  text: TextConfig,
  form: MemoryForm,
  prefix = '',
): void {
  const headSize = text.hiddenSize / text.heads;
  const split = positions === -1 ? [1, -1, text.heads, headSize] : [-1, positions, text.heads, headSize];
  const dims: MemoryDims = {
    pictures: 'batch',
    heads: text.heads,
    positions: positions === -1 ? 'memory' : positions,
    headSize,
  };
  for (let layer = 0; layer < text.layers; layer += 1) {
    const name = `${bert}.encoder.layer.${layer}.crossattention.self`;
    const [keys, values] = ['key', 'value'].map((part) =>
      reshape(context, linear(context, memory, `${name}.${part}`), split),
    );
    form.keep(context.graph, layer, keys!, values!, dims, prefix);
  }
}
