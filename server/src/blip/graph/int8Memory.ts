/**
 * Cross-attention over keys and values in int8: a quarter of the memory to hold, and to read for every word. A key has a
 * scale for each head and position, a value for each head and channel; queries and probabilities are quantised row by
 * row. No scale spans two pictures or two texts, so that none depends on its neighbours.
 */
import { crossKeyName, crossValueName, type MemoryForm } from './crossMemory.ts';
import { int, ints, type Dimension, type Value } from './onnxBuilder.ts';
import { greatestOf, signedBytes, uint8Middle, unsignedBytes } from './quantise.ts';

const microsoft = { domain: 'com.microsoft' } as const;

export function crossKeyScaleName(layer: number): string {
  return `cross_key_scale_${layer}`;
}

export function crossValueScaleName(layer: number): string {
  return `cross_value_scale_${layer}`;
}

/**
 * cross_key_N i8 [pictures, heads, head size, positions] with cross_key_scale_N [pictures, heads, 1, positions];
 * cross_value_N i8 [pictures, heads, positions, head size] with cross_value_scale_N [pictures, heads, 1, head size].
 * A scale is the greatest absolute value, which stands for 127.
 */
export const int8Memory: MemoryForm = {
  keep(graph, layer, keys, values, { pictures, heads, positions, headSize }, prefix) {
    // Quantised first, transposed as bytes then. What has only zeros is multiplied by its scale, 0, when it is read.
    const keyScale = greatestOf(graph, keys, 3); // [pictures, positions, heads, 1]
    const valueScale = greatestOf(graph, values, 1); // [pictures, 1, heads, head size]
    const named = (
      value: Value,
      perm: readonly number[],
      name: string,
      type: 'int8' | 'float32',
      dims: Dimension[],
    ) => {
      graph.output(graph.node('Transpose', [value], { perm: ints(perm) }), prefix + name, type, dims);
    };
    const [byColumn, byRow] = [
      [0, 2, 3, 1],
      [0, 2, 1, 3],
    ] as const;
    const key = signedBytes(graph, keys, keyScale);
    named(key, byColumn, crossKeyName(layer), 'int8', [pictures, heads, headSize, positions]);
    named(keyScale, byColumn, crossKeyScaleName(layer), 'float32', [pictures, heads, 1, positions]);
    const value = signedBytes(graph, values, valueScale);
    named(value, byRow, crossValueName(layer), 'int8', [pictures, heads, positions, headSize]);
    named(valueScale, byRow, crossValueScaleName(layer), 'float32', [pictures, heads, 1, headSize]);
  },

  recall(graph, layer, { pictures, heads, positions, headSize }) {
    const key = graph.input(crossKeyName(layer), 'int8', [pictures, heads, headSize, positions]);
    const keyScale = graph.input(crossKeyScaleName(layer), 'float32', [pictures, heads, 1, positions]);
    const value = graph.input(crossValueName(layer), 'int8', [pictures, heads, positions, headSize]);
    const valueScale = graph.input(crossValueScaleName(layer), 'float32', [pictures, heads, 1, headSize]);
    return {
      key,
      attend(query, observe) {
        const queryScale = greatestOf(graph, query, -1);
        const queries = unsignedBytes(graph, query, queryScale);
        // Query and key both stand for 127 times their scale.
        const products = graph.node(
          'MatMulIntegerToFloat',
          [queries, key, graph.scalar(1 / 127 ** 2), keyScale, uint8Middle(graph)],
          {},
          microsoft,
        );
        const probabilities = graph.node('Softmax', [graph.node('Mul', [products, queryScale])], { axis: int(-1) });
        observe(probabilities);
        // The likeliest position of each row stands for 255, however flat the row is.
        const most = graph.node('ReduceMax', [probabilities, graph.int64([-1])]);
        const shares = graph.node('QuantizeLinear', [graph.node('Div', [probabilities, most]), graph.scalar(1 / 255)]);
        const found = graph.node(
          'MatMulIntegerToFloat',
          [shares, value, graph.scalar(1 / (255 * 127)), valueScale],
          {},
          microsoft,
        );
        return graph.node('Mul', [found, most]);
      },
    };
  },
};
