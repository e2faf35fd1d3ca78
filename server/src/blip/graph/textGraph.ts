/**
 * One step of the text decoder: the next tokens of several texts → scores of what follows them.
 *
 * Texts about one picture (beams, samples) share what is seen of it: they are positions of one sequence there. Their own
 * past is chosen by `past_rows`, so that a beam can go on from any other.
 */
import type { ModelConfig, TextConfig } from '../checkpoint/modelConfig.ts';
import { bertLayer, textEmbeddings, type ObserveAttention } from './bert.ts';
import type { GraphForms } from './forms.ts';
import { gelu, layerNorm, linear, type GraphContext } from './layers.ts';
import { int, OnnxBuilder, type OnnxGraph, type Value } from './onnxBuilder.ts';
import type { Weights } from './weights.ts';

const bert = 'text_decoder.bert';
const head = 'text_decoder.cls.predictions';
export const outputLayerName = `${head}.decoder`;

export interface TextGraphOptions {
  /** The checkpoint has an output layer of its own, not the word embeddings. */
  readonly ownOutputLayer: boolean;
  /** Add cross_attention: where in the memory each token looked, [layers, pictures, heads, texts × tokens, memory]. */
  readonly showAttention: boolean;
  /** Width of what the text looks at: the memory's positions, or null where they vary (a question). */
  readonly memoryPositions: number | null;
}

/**
 * Inputs: input_ids [texts, tokens], position_ids [tokens], past_rows [texts], logit_rows [rows], past_key_N and
 * past_value_N [past texts, heads, past tokens, head size], and the memory (`crossMemory.ts`).
 * Outputs: logits [rows, vocabulary], greatest_logit [rows] and greatest_probability [rows], whose logarithm says what the
 * others' are; present_key_N and present_value_N.
 */
export function textGraph(
  config: ModelConfig,
  weights: Weights,
  forms: GraphForms,
  options: TextGraphOptions,
): OnnxGraph {
  const { text } = config;
  const graph = new OnnxBuilder(options.showAttention ? 'text-attention' : 'text');
  const context: GraphContext = { graph, weights, linearForm: forms.text };
  const ids = graph.input('input_ids', 'int64', ['texts', 'tokens']);
  const positions = graph.input('position_ids', 'int64', ['tokens']);
  const pastRows = graph.input('past_rows', 'int64', ['texts']);
  const logitRows = graph.input('logit_rows', 'int64', ['rows']);
  const reader = { bert, text, positions: options.memoryPositions, pictures: 'pictures' };
  const memory = forms.memory.recall(context, reader);

  const qkvDims = [graph.node('Shape', [ids]), graph.int64([3 * text.hiddenSize])];
  const byText = graph.node('Concat', qkvDims, { axis: int(0) });
  const looks: Value[] = [];
  const observe: ObserveAttention = (probabilities) => {
    looks.push(graph.node('Unsqueeze', [probabilities, graph.int64([0])])); // [1, pictures, heads, texts × tokens, memory]
  };

  let hiddenStates = textEmbeddings(context, bert, ids, positions, text, forms);
  for (let layer = 0; layer < text.layers; layer += 1) {
    const selfAttention = causalAttention(graph, text, pastRows);
    hiddenStates = bertLayer(
      context,
      bert,
      layer,
      hiddenStates,
      text,
      byText,
      selfAttention,
      memory,
      options.showAttention ? observe : undefined,
    );
  }

  const asked = graph.node('Gather', [hiddenStates, logitRows]); // [rows, hidden]
  const logits = outputLayer(context, asked, text, options.ownOutputLayer);
  graph.output(logits, 'logits', 'float32', ['rows', text.vocabulary]);
  // Operators that are vectorised, and do not depend on the other rows; ReduceLogSumExp takes several times as long.
  const probabilities = graph.node('Softmax', [logits], { axis: int(-1) });
  for (const [values, name] of [
    [logits, 'greatest_logit'],
    [probabilities, 'greatest_probability'],
  ] as const) {
    const greatest = graph.node('ReduceMax', [values, graph.int64([1])], { keepdims: int(0) });
    graph.output(greatest, name, 'float32', ['rows']);
  }
  if (options.showAttention) {
    const dims = [text.layers, 'pictures', text.heads, 'looks', options.memoryPositions ?? 'memory'];
    graph.output(graph.node('Concat', looks, { axis: int(0) }), 'cross_attention', 'float32', dims);
  }
  return graph.build();
}

/** Self-attention over the chosen past and the new tokens, each of which sees only what came before it. */
function causalAttention(graph: OnnxBuilder, text: TextConfig, pastRows: Value) {
  const headSize = text.hiddenSize / text.heads;
  const dims = (tokens: string, texts: string) => [texts, text.heads, tokens, headSize];
  return (query: Value, key: Value, value: Value, layer: number): Value => {
    const [pastKey, pastValue] = ['key', 'value'].map((part) => {
      const past = graph.input(`past_${part}_${layer}`, 'float32', dims('past', 'past_texts'));
      return graph.node('Gather', [past, pastRows]);
    });
    const [attended, presentKey, presentValue] = graph.nodes(
      'MultiHeadAttention',
      [query, key, value, '', '', '', pastKey!, pastValue!],
      { num_heads: int(text.heads), unidirectional: int(1) },
      { domain: 'com.microsoft', outputs: 3 },
    );
    graph.output(presentKey!, `present_key_${layer}`, 'float32', dims('present', 'texts'));
    graph.output(presentValue!, `present_value_${layer}`, 'float32', dims('present', 'texts'));
    return attended!;
  };
}

/** [rows, hidden] → [rows, vocabulary]; the output layer is the word embeddings unless the checkpoint has its own. */
function outputLayer(context: GraphContext, rows: Value, text: TextConfig, own: boolean): Value {
  const transformed = layerNorm(
    context,
    gelu(context, linear(context, rows, `${head}.transform.dense`)),
    `${head}.transform.LayerNorm`,
    text.epsilon,
  );
  const weight = context.weights(own ? `${outputLayerName}.weight` : `${bert}.embeddings.word_embeddings.weight`);
  return context.linearForm(context.graph, transformed, {
    name: outputLayerName,
    weight,
    bias: context.weights(`${head}.bias`),
  });
}
