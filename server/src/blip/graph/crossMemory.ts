/**
 * What text looks at while it is written or read: the states of a picture (or question), through the key and value layers
 * of each cross-attention. It depends on the picture alone, so it is made once for it.
 */
import type { TextConfig } from '../checkpoint/modelConfig.ts';
import { linearLayer, reshape, type GraphContext, type LinearLayer } from './layers.ts';
import { float, int, ints, type Dimension, type OnnxBuilder, type Value } from './onnxBuilder.ts';

/** Who looks: the layers of a BERT; and at how much. */
export interface MemoryReader {
  /** Whose layers look, e.g. text_decoder.bert */
  readonly bert: string;
  readonly text: TextConfig;
  /** What they look at: a picture's positions; null where they vary (a question), of which there is one. */
  readonly positions: number | null;
  /** How many pictures; a name where it is known only when the graph runs. */
  readonly pictures: Dimension;
}

/** Takes the attention's weights, [pictures, heads, texts × tokens, memory positions]. */
export type ObserveProbabilities = (probabilities: Value) => void;

/** A memory as a text graph reads it. */
export interface CrossMemory {
  /**
   * @param queries of a layer, [texts × tokens, hidden], divided by √(head size)
   * @returns what they found, the same shape.
   */
  attend(layer: number, queries: Value, observe?: ObserveProbabilities): Value;
}

/** How the memory is kept between the graph that makes it and the one that reads it. */
export interface MemoryForm {
  /**
   * Names what the layers will look at as outputs of the graph.
   *
   * @param states [pictures × positions, width]
   * @param prefix of the outputs' names, for a graph that has inputs of these names.
   */
  keep(context: GraphContext, states: Value, reader: MemoryReader, prefix?: string): void;
  /** Declares it as inputs of the graph. */
  recall(context: GraphContext, reader: MemoryReader): CrossMemory;
}

/** The key or value layer of a cross-attention. */
export function crossLayer(
  { weights }: GraphContext,
  { bert }: MemoryReader,
  layer: number,
  part: 'key' | 'value',
): LinearLayer {
  return linearLayer(weights, `${bert}.encoder.layer.${layer}.crossattention.self.${part}`);
}

/** Whether a layer, by its name, makes keys or values of a cross-attention. */
export function isCrossLayer(name: string): boolean {
  return /\.crossattention\.self\.(key|value)$/.test(name);
}

export function headSizeOf({ text }: MemoryReader): number {
  return text.hiddenSize / text.heads;
}

/**
 * A shape known only when the graph runs: as many pictures as the memory has, then what is given.
 *
 * @param counted an input of the graph whose first dimension counts the pictures
 */
export function ofPictures(graph: OnnxBuilder, counted: Value, rest: readonly number[]): Value {
  const pictures = graph.node('Shape', [counted], { start: int(0), end: int(1) });
  return graph.node('Concat', [pictures, graph.int64(rest)], { axis: int(0) });
}

/** Keys and values of every layer as they are: cross_key_N and cross_value_N, each [pictures, heads, positions, head size]. */
export const float32Memory: MemoryForm = {
  keep(context, states, reader, prefix = '') {
    const { graph, linearForm } = context;
    const { positions, text } = reader;
    const split = [positions === null ? 1 : -1, positions ?? -1, text.heads, headSizeOf(reader)];
    for (let layer = 0; layer < text.layers; layer += 1) {
      for (const part of ['key', 'value'] as const) {
        const projected = linearForm(graph, states, crossLayer(context, reader, layer, part));
        const byHead = graph.node('Transpose', [reshape(context, projected, split)], { perm: ints([0, 2, 1, 3]) });
        graph.output(byHead, `${prefix}cross_${part}_${layer}`, 'float32', keyDims(reader));
      }
    }
  },

  recall(context, reader) {
    const { graph } = context;
    const memories = Array.from({ length: reader.text.layers }, (_, layer) => ({
      key: graph.input(`cross_key_${layer}`, 'float32', keyDims(reader)),
      value: graph.input(`cross_value_${layer}`, 'float32', keyDims(reader)),
    }));
    const byHead = ofPictures(graph, memories[0]!.key, [-1, reader.text.heads, headSizeOf(reader)]);
    return {
      attend(layer, queries, observe) {
        const { key, value } = memories[layer]!;
        const heads = graph.node('Reshape', [queries, byHead]); // [pictures, texts × tokens, heads, head size]
        const query = graph.node('Transpose', [heads], { perm: ints([0, 2, 1, 3]) });
        const transposed = { transB: int(1), alpha: float(1) };
        const scores = graph.node('FusedMatMul', [query, key], transposed, { domain: 'com.microsoft' });
        const probabilities = graph.node('Softmax', [scores], { axis: int(-1) });
        observe?.(probabilities);
        const found = graph.node('Transpose', [graph.node('MatMul', [probabilities, value])], {
          perm: ints([0, 2, 1, 3]),
        });
        return reshape(context, found, [-1, reader.text.hiddenSize]);
      },
    };
  },
};

function keyDims(reader: MemoryReader): Dimension[] {
  return [reader.pictures, reader.text.heads, reader.positions ?? 'memory', headSizeOf(reader)];
}
