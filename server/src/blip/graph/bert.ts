/** The post-norm BERT that BLIP's text encoder and decoder share. They differ in what self-attention may see. */
import type { TextConfig } from '../checkpoint/modelConfig.ts';
import type { CrossMemory } from './crossMemory.ts';
import type { GraphForms } from './forms.ts';
import { add, addedNorm, gelu, layerNorm, linear, linearLayer, reshape, type GraphContext } from './layers.ts';
import { int, type Value } from './onnxBuilder.ts';
import { scaled, stacked } from './weights.ts';

/** Self-attention of one layer over its queries, keys and values, each [texts, tokens, hidden] → the same shape. */
export type SelfAttention = (query: Value, key: Value, value: Value, layer: number) => Value;

/** Sees the attention's weights, [pictures, heads, texts × tokens, memory positions]. */
export type ObserveAttention = (probabilities: Value, layer: number) => void;

/** Token ids [texts, tokens] int64 and their positions [tokens] int64 → [texts × tokens, hidden] */
export function textEmbeddings(
  context: GraphContext,
  bert: string,
  ids: Value,
  positions: Value,
  text: TextConfig,
  forms: Pick<GraphForms, 'lookUp' | 'lookUpPositions'>,
): Value {
  const { graph, weights } = context;
  const words = weights(`${bert}.embeddings.word_embeddings.weight`);
  const places = weights(`${bert}.embeddings.position_embeddings.weight`);
  const wordEmbeddings = forms.lookUp(graph, words, ids); // [texts, tokens, hidden]
  const positionEmbeddings = forms.lookUpPositions(graph, places, positions); // [tokens, hidden]
  const rows = reshape(context, add(context, wordEmbeddings, positionEmbeddings), [-1, text.hiddenSize]);
  return layerNorm(context, rows, `${bert}.embeddings.LayerNorm`, text.epsilon);
}

/**
 * [texts × tokens, hidden] → the same, through one layer: self-attention, cross-attention where there is a memory, feed-forward.
 *
 * @param byText the shape [texts, tokens, 3 × hidden], of queries, keys and values; known only when the graph runs
 */
export function bertLayer(
  context: GraphContext,
  bert: string,
  index: number,
  hiddenStates: Value,
  text: TextConfig,
  byText: Value,
  selfAttention: SelfAttention,
  memory: CrossMemory | null,
  observe?: ObserveAttention,
): Value {
  const layer = `${bert}.encoder.layer.${index}`;
  const afterNorm = (result: Value, input: Value, name: string): Value =>
    addedNorm(context, result, input, `${layer}.${name}.LayerNorm`, text.epsilon);

  const qkv = queryKeyValue(context, hiddenStates, `${layer}.attention.self`);
  const [query, key, value] = context.graph.nodes(
    'Split',
    [context.graph.node('Reshape', [qkv, byText])],
    { axis: int(2), num_outputs: int(3) },
    { outputs: 3 },
  );
  const seen = reshape(context, selfAttention(query!, key!, value!, index), [-1, text.hiddenSize]);
  let states = afterNorm(linear(context, seen, `${layer}.attention.output.dense`), hiddenStates, 'attention.output');
  if (memory !== null) {
    const observed = observe && ((probabilities: Value) => observe(probabilities, index));
    const looked = memory.attend(index, crossQueries(context, layer, states, text), observed);
    states = afterNorm(
      linear(context, looked, `${layer}.crossattention.output.dense`),
      states,
      'crossattention.output',
    );
  }
  const inner = gelu(context, linear(context, states, `${layer}.intermediate.dense`)); // [texts × tokens, intermediate]
  return afterNorm(linear(context, inner, `${layer}.output.dense`), states, 'output');
}

/** The three projections as one: [rows, hidden] → [rows, 3 × hidden]. With few rows one large product is faster. */
function queryKeyValue({ graph, weights, linearForm }: GraphContext, hiddenStates: Value, name: string): Value {
  const parts = ['query', 'key', 'value'].map((part) => linearLayer(weights, `${name}.${part}`));
  return linearForm(graph, hiddenStates, {
    name: `${name}.qkv`,
    weight: stacked(
      `${name}.qkv.weight`,
      parts.map(({ weight }) => weight),
    ),
    bias: stacked(
      `${name}.qkv.bias`,
      parts.map(({ bias }) => bias),
    ),
  });
}

/** What each token asks the picture: [texts × tokens, hidden] → the same. 1/√(head size) is folded into the weights. */
function crossQueries(
  { graph, weights, linearForm }: GraphContext,
  layer: string,
  states: Value,
  text: TextConfig,
): Value {
  const { name, weight, bias } = linearLayer(weights, `${layer}.crossattention.self.query`);
  const scale = 1 / Math.sqrt(text.hiddenSize / text.heads);
  return linearForm(graph, states, { name, weight: scaled(weight, scale), bias: scaled(bias, scale) });
}
