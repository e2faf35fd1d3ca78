/**
 * The text encoder: it reads a whole text at once, each token seeing all others, and looks at the picture where the task
 * asks for it. One text at a time.
 *
 *   question   → what the answer looks at: question_embeds, and the decoder's cross keys and values
 *   match      → match_logits [1, 2]: do picture and text not belong together, or do they
 *   feature    → text_feature [1, projection], without the picture
 */
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import { answerPrefix } from '../crossMemory.ts';
import { bertLayer, textEmbeddings } from './bert.ts';
import { float32Memory } from './crossMemory.ts';
import type { GraphForms } from './forms.ts';
import { linear, reshape, type GraphContext } from './layers.ts';
import { int, OnnxBuilder, type OnnxGraph, type Value } from './onnxBuilder.ts';
import type { Weights } from './weights.ts';

export type TextEncoderTask = 'question' | 'match' | 'feature';

const bert = 'text_encoder';

/** Inputs: input_ids [1, tokens], position_ids [tokens], and but for `feature` the picture's memory (`crossMemory.ts`). */
export function textEncoderGraph(
  config: ModelConfig,
  task: TextEncoderTask,
  weights: Weights,
  forms: GraphForms,
): OnnxGraph {
  const { text, vision } = config;
  const graph = new OnnxBuilder(task);
  const context: GraphContext = { graph, weights, linearForm: forms.text };
  const ids = graph.input('input_ids', 'int64', [1, 'tokens']);
  const positions = graph.input('position_ids', 'int64', ['tokens']);
  const positionsSeen = (vision.imageSize / vision.patchSize) ** 2 + 1;
  const reader = { bert, text, positions: positionsSeen, pictures: 1 };
  const memory = task === 'feature' ? null : forms.memory.recall(context, reader);
  const byText = graph.int64([1, -1, 3 * text.hiddenSize]);
  const attend = (query: Value, key: Value, value: Value): Value =>
    graph.node('MultiHeadAttention', [query, key, value], { num_heads: int(text.heads) }, { domain: 'com.microsoft' });

  let hiddenStates = textEmbeddings(context, bert, ids, positions, text, forms);
  for (let layer = 0; layer < text.layers; layer += 1) {
    hiddenStates = bertLayer(context, bert, layer, hiddenStates, text, byText, attend, memory);
  }
  if (task === 'question') {
    graph.output(reshape(context, hiddenStates, [1, -1, text.hiddenSize]), 'question_embeds', 'float32', [
      1,
      'tokens',
      text.hiddenSize,
    ]);
    const answerer = { bert: 'text_decoder.bert', text, positions: null, pictures: 'batch' };
    float32Memory.keep(context, hiddenStates, answerer, answerPrefix);
    return graph.build();
  }
  const first = graph.node('Gather', [hiddenStates, graph.int64([0])], { axis: int(0) }); // [1, hidden]: [CLS]
  if (task === 'match') graph.output(linear(context, first, 'itm_head'), 'match_logits', 'float32', [1, 2]);
  else graph.output(linear(context, first, 'text_proj'), 'text_feature', 'float32', [1, config.projectionSize]);
  return graph.build();
}
