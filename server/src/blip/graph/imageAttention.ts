/** Self-attention of the vision transformer, in float32 and in int8. */
import { int, ints, type OnnxBuilder, type Value } from './onnxBuilder.ts';
import { absoluteMax, int8Zero, uint8Middle } from './quantise.ts';

const microsoft = { domain: 'com.microsoft' } as const;

export interface AttentionDims {
  readonly positions: number;
  readonly heads: number;
  readonly headSize: number;
}

/** A layer's queries, keys and values, each [batch × positions, hidden], and the layer's name → the same shape. */
export type AttentionForm = (
  graph: OnnxBuilder,
  parts: readonly [query: Value, key: Value, value: Value],
  layer: string,
  dims: AttentionDims,
) => Value;

export const float32Attention: AttentionForm = (graph, parts, _layer, { positions, heads, headSize }) => {
  const shape = graph.int64([-1, positions, heads * headSize]);
  const byPicture = parts.map((part) => graph.node('Reshape', [part, shape]));
  const attended = graph.node('MultiHeadAttention', byPicture, { num_heads: int(heads) }, microsoft);
  return graph.node('Reshape', [attended, graph.int64([-1, heads * headSize])]);
};

/**
 * Both products in int8, of one picture: a quarter faster than float32, although the scores between them are written
 * out. Queries have a scale for each head, keys for each head and position, values for each head and channel,
 * probabilities for each row: the likeliest position of a row stands for 255, however flat the row is.
 */
export const int8Attention: AttentionForm = (graph, [query, key, value], _layer, { positions, heads, headSize }) => {
  const toHeads = (part: Value, perm: readonly number[]): Value => {
    const split = graph.node('Reshape', [part, graph.int64([1, positions, heads, headSize])]);
    return graph.node('Transpose', [split], { perm: ints(perm) });
  };
  const step = graph.scalar(1 / 127);
  const middle = uint8Middle(graph);

  const queries = toHeads(query, [0, 2, 1, 3]); // [1, heads, positions, head size]
  const byHead = graph.node('Reshape', [queries, graph.int64([heads, -1])]);
  const queryScale = graph.node('Mul', [absoluteMax(graph, byHead, 1), step]); // [heads, 1]
  const middles = constantBytes(graph, heads, 128);
  const flatScale = graph.node('Reshape', [queryScale, graph.int64([-1])]);
  const queries8 = graph.node('QuantizeLinear', [queries, flatScale, middles], { axis: int(1) });

  const keys = toHeads(key, [0, 2, 3, 1]); // [1, heads, head size, positions]
  const keyScale = absoluteMax(graph, keys, 2); // [1, heads, 1, positions]
  const keys8 = graph.node('QuantizeLinear', [graph.node('Div', [keys, keyScale]), step, int8Zero(graph)]);

  const bothScales = graph.node('Mul', [
    graph.node('Mul', [keyScale, graph.node('Reshape', [queryScale, graph.int64([1, heads, 1, 1])])]),
    graph.scalar(1 / (127 * Math.sqrt(headSize))),
  ]);
  const scores = graph.node(
    'MatMulIntegerToFloat',
    [queries8, keys8, graph.scalar(1), bothScales, middle],
    {},
    microsoft,
  );
  const probabilities = graph.node('Softmax', [scores], { axis: int(-1) }); // [1, heads, positions, positions]

  const rows = heads * positions;
  const most = graph.node('ReduceMax', [probabilities, graph.int64([-1])]); // [1, heads, positions, 1]
  const rowScale = graph.node('Mul', [most, graph.scalar(1 / 255)]);
  const shares = graph.node(
    'QuantizeLinear',
    [
      graph.node('Reshape', [probabilities, graph.int64([rows, positions])]),
      graph.node('Reshape', [rowScale, graph.int64([rows])]),
      constantBytes(graph, rows, 0),
    ],
    { axis: int(0) },
  );

  const values = toHeads(value, [0, 2, 1, 3]); // [1, heads, positions, head size]
  const valueScale = absoluteMax(graph, values, 2); // [1, heads, 1, head size]
  const values8 = graph.node('QuantizeLinear', [graph.node('Div', [values, valueScale]), step, int8Zero(graph)]);
  const shares4 = graph.node('Reshape', [shares, graph.int64([1, heads, positions, positions])]);
  const attended = graph.node('MatMulIntegerToFloat', [shares4, values8, step, valueScale], {}, microsoft);
  const byPosition = graph.node('Transpose', [graph.node('Mul', [attended, rowScale])], { perm: ints([0, 2, 1, 3]) });
  return graph.node('Reshape', [byPosition, graph.int64([-1, heads * headSize])]);
};

function constantBytes(graph: OnnxBuilder, count: number, value: number): Value {
  return graph.weight(`uint8(${value})[${count}]`, {
    dataType: 'uint8',
    dims: [count],
    load: () => new Uint8Array(count).fill(value),
  });
}
