/**
 * What text looks at while it is written or read: the keys and values of every cross-attention layer. They depend on the
 * picture (or question) alone, so they are computed once for it.
 */
import type { TextConfig } from '../checkpoint/modelConfig.ts';
import { linear, reshape, type GraphContext } from './layers.ts';
import { ints, type Value } from './onnxBuilder.ts';

export function crossKeyName(layer: number): string {
  return `cross_key_${layer}`;
}

export function crossValueName(layer: number): string {
  return `cross_value_${layer}`;
}

/** Names of a model's cross-attention tensors, each [batch, heads, memory positions, head size]. */
export function crossMemoryNames(layers: number): string[] {
  return Array.from({ length: layers }, (_, layer) => [crossKeyName(layer), crossValueName(layer)]).flat();
}

/**
 * Adds the outputs cross_key_N and cross_value_N.
 *
 * @param memory [batch × positions, width]
 * @param positions of the memory; −1 where the batch is 1 and the positions are known only when the graph runs.
 * @param bert whose layers will look at the memory, e.g. text_decoder.bert
 * @param prefix of the outputs' names, for a graph that has inputs of these names.
 */
export function crossMemoryOutputs(
  context: GraphContext,
  memory: Value,
  positions: number,
  bert: string,
  text: TextConfig,
  prefix = '',
): void {
  const { graph } = context;
  const headSize = text.hiddenSize / text.heads;
  const split = positions === -1 ? [1, -1, text.heads, headSize] : [-1, positions, text.heads, headSize];
  const dims = ['batch', text.heads, positions === -1 ? 'memory' : positions, headSize];
  for (let layer = 0; layer < text.layers; layer += 1) {
    for (const [part, name] of [
      ['key', crossKeyName(layer)],
      ['value', crossValueName(layer)],
    ] as const) {
      const projected = linear(context, memory, `${bert}.encoder.layer.${layer}.crossattention.self.${part}`);
      const heads = reshape(context, projected, split); // [batch, positions, heads, head size]
      const transposed = graph.node('Transpose', [heads], { perm: ints([0, 2, 1, 3]) });
      graph.output(transposed, prefix + name, 'float32', dims);
    }
  }
}
