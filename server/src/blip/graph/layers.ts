/**
 * The layers BLIP is made of. Hidden states are kept as rows, [rows, hidden], where rows = batch × positions: a linear
 * layer is then one matrix product, whatever the batch.
 */
import { float, int, type OnnxBuilder, type Value } from './onnxBuilder.ts';
import type { Weight, Weights } from './weights.ts';

/** A linear layer: y = x Wᵀ + b. */
export interface LinearLayer {
  /** Hugging Face's name of the layer, by which a quantiser chooses its form. */
  readonly name: string;
  /** [outputs, inputs] */
  readonly weight: Weight;
  /** [outputs] */
  readonly bias: Weight;
}

/** How a linear layer is computed: [rows, inputs] → [rows, outputs]. Every layer of every graph goes through one of these. */
export type LinearForm = (graph: OnnxBuilder, input: Value, layer: LinearLayer) => Value;

/** Rows of a table: ids [texts, tokens] int64 → [texts, tokens, width]. */
export type LookUpForm = (graph: OnnxBuilder, table: Weight, ids: Value) => Value;

/** What a graph is built with. */
export interface GraphContext {
  readonly graph: OnnxBuilder;
  readonly weights: Weights;
  readonly linearForm: LinearForm;
}

/** float32: one Gemm, which adds the bias and packs the weights when the session is made. */
export const gemm: LinearForm = (graph, input, { weight, bias }) =>
  graph.node('Gemm', [input, graph.weight(weight.name, weight), graph.weight(bias.name, bias)], { transB: int(1) });

export const gather: LookUpForm = (graph, table, ids) => graph.node('Gather', [graph.weight(table.name, table), ids]);

export function linearLayer(weights: Weights, name: string): LinearLayer {
  return { name, weight: weights(`${name}.weight`), bias: weights(`${name}.bias`) };
}

/** [rows, inputs] → [rows, outputs] */
export function linear({ graph, weights, linearForm }: GraphContext, input: Value, name: string): Value {
  return linearForm(graph, input, linearLayer(weights, name));
}

/** Over the last dimension. */
export function layerNorm({ graph, weights }: GraphContext, input: Value, name: string, epsilon: number): Value {
  const scale = weights(`${name}.weight`);
  const bias = weights(`${name}.bias`);
  const inputs = [input, graph.weight(scale.name, scale), graph.weight(bias.name, bias)];
  return graph.node('LayerNormalization', inputs, { axis: int(-1), epsilon: float(epsilon) });
}

/** The norm of a sum, in one operator: faster than two with few rows, slower with many. */
export function addedNorm(
  { graph, weights }: GraphContext,
  left: Value,
  right: Value,
  name: string,
  epsilon: number,
): Value {
  const scale = weights(`${name}.weight`);
  const bias = weights(`${name}.bias`);
  const inputs = [left, right, graph.weight(scale.name, scale), graph.weight(bias.name, bias)];
  return graph.node('SkipLayerNormalization', inputs, { epsilon: float(epsilon) }, { domain: 'com.microsoft' });
}

/** The exact GELU, with erf. */
export function gelu({ graph }: GraphContext, input: Value): Value {
  return graph.node('Gelu', [input]);
}

export function add({ graph }: GraphContext, left: Value, right: Value): Value {
  return graph.node('Add', [left, right]);
}

/** A fixed shape; −1 once for what is left over, 0 for a dimension as it is. */
export function reshape({ graph }: GraphContext, input: Value, shape: readonly number[]): Value {
  return graph.node('Reshape', [input, graph.int64(shape)]);
}

/** Splits the last dimension of [rows, parts × size]. */
export function splitColumns({ graph }: GraphContext, input: Value, parts: number): Value[] {
  return graph.nodes('Split', [input], { axis: int(1), num_outputs: int(parts) }, { outputs: parts });
}
