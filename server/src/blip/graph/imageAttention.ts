/** Self-attention of the vision transformer, in float32 and in int8. */
import { int, ints, type OnnxBuilder, type Value } from './onnxBuilder.ts';
import { absoluteMax, signedBytes, uint8Middle, unsignedBytes } from './quantise.ts';

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
 * out. Queries and values have a scale for each head, keys for each head and position, probabilities for each row: the
 * likeliest position of a row stands for 255, however flat the row is.
 */
export const int8Attention: AttentionForm = (graph, [query, key, value], _layer, { positions, heads, headSize }) => {
  const split = (part: Value): Value => graph.node('Reshape', [part, graph.int64([1, positions, heads, headSize])]);
  const transposed = (part: Value, perm: readonly number[]): Value =>
    graph.node('Transpose', [part], { perm: ints(perm) });
  const [byRow, byColumn] = [
    [0, 2, 1, 3],
    [0, 2, 3, 1],
  ] as const;
  const [queries, keys, values] = [split(query), split(key), split(value)];

  // Quantised first, transposed as bytes then.
  const ofHead = (part: Value): Value => absoluteMax(graph, part, 3, 1); // [1, 1, heads, 1]
  const queryScale = ofHead(queries);
  const queries8 = transposed(unsignedBytes(graph, queries, queryScale), byRow); // [1, heads, positions, head size]
  const keyScale = absoluteMax(graph, keys, 3); // [1, positions, heads, 1]
  const keys8 = transposed(signedBytes(graph, keys, keyScale), byColumn); // [1, heads, head size, positions]
  const valueScale = ofHead(values);
  const values8 = transposed(signedBytes(graph, values, valueScale), byRow); // [1, heads, positions, head size]

  const bothScales = transposed(graph.node('Mul', [keyScale, queryScale]), byColumn); // [1, heads, 1, positions]
  const unit = graph.scalar(1 / (127 ** 2 * Math.sqrt(headSize)));
  const product = [queries8, keys8, unit, bothScales, uint8Middle(graph)];
  const scores = graph.node('MatMulIntegerToFloat', product, {}, microsoft);
  const probabilities = graph.node('Softmax', [scores], { axis: int(-1) }); // [1, heads, positions, positions]

  const rows = heads * positions;
  const most = graph.node('ReduceMax', [probabilities, graph.int64([-1])]); // [1, heads, positions, 1]
  const rowScale = graph.node('Mul', [most, graph.scalar(1 / 255)]);
  const flat = [
    graph.node('Reshape', [probabilities, graph.int64([rows, positions])]),
    graph.node('Reshape', [rowScale, graph.int64([rows])]),
    graph.weight(`uint8(0)[${rows}]`, { dataType: 'uint8', dims: [rows], load: () => new Uint8Array(rows) }),
  ];
  const shares = graph.node('QuantizeLinear', flat, { axis: int(0) });

  const shares8 = graph.node('Reshape', [shares, graph.int64([1, heads, positions, positions])]);
  const found = graph.node(
    'MatMulIntegerToFloat',
    [shares8, values8, graph.scalar(1), graph.scalar(1 / 127)],
    {},
    microsoft,
  );
  const attended = graph.node('Mul', [found, graph.node('Mul', [rowScale, transposed(valueScale, byRow)])]);
  return graph.node('Reshape', [transposed(attended, byRow), graph.int64([-1, heads * headSize])]);
};
