/**
 * The vision transformer (ViT): pixels → image embeds, and the keys and values that text will look at.
 *
 *   pixels [batch, H, W, 3] u8 → patches [batch × P, patch² × 3] → embeds [batch × (P + 1), hidden] → layers → final norm
 */
import type { Architecture, ModelConfig } from '../checkpoint/modelConfig.ts';
import { crossMemoryOutputs } from './crossMemory.ts';
import type { GraphForms } from './forms.ts';
import { add, gelu, layerNorm, linear, reshape, splitColumns, type GraphContext, type LinearLayer } from './layers.ts';
import { int, ints, OnnxBuilder, type Dimension, type OnnxGraph, type Value } from './onnxBuilder.ts';
import { derivedWeight, type Weights } from './weights.ts';

export function visionGraph(
  config: ModelConfig,
  architecture: Architecture,
  weights: Weights,
  forms: GraphForms,
): OnnxGraph {
  const { vision, text, projectionSize } = config;
  const graph = new OnnxBuilder('vision');
  const context: GraphContext = { graph, weights, linearForm: forms.vision };
  const positions = (vision.imageSize / vision.patchSize) ** 2 + 1;

  let hiddenStates = embeddings(context, config, forms.batches ? 'batch' : 1);
  for (let index = 0; index < vision.layers; index += 1) {
    const layer = `vision_model.encoder.layers.${index}`;
    const attended = selfAttention(
      context,
      layerNorm(context, hiddenStates, `${layer}.layer_norm1`, vision.epsilon),
      layer,
      config,
    );
    hiddenStates = add(context, hiddenStates, attended);
    const normed = layerNorm(context, hiddenStates, `${layer}.layer_norm2`, vision.epsilon);
    const inner = gelu(context, linear(context, normed, `${layer}.mlp.fc1`)); // [batch × positions, intermediate]
    hiddenStates = add(context, hiddenStates, linear(context, inner, `${layer}.mlp.fc2`));
  }
  const embeds = layerNorm(context, hiddenStates, 'vision_model.post_layernorm', vision.epsilon);
  const byPicture = reshape(context, embeds, [-1, positions, vision.hiddenSize]);
  graph.output(byPicture, 'image_embeds', 'float32', ['batch', positions, vision.hiddenSize]);

  const reader = architecture === 'BlipForConditionalGeneration' ? 'text_decoder.bert' : 'text_encoder';
  crossMemoryOutputs(context, embeds, positions, reader, text, forms.memory);
  if (architecture === 'BlipForImageTextRetrieval') {
    const first = graph.node('Gather', [byPicture, graph.scalar(0, 'int64')], { axis: int(1) }); // [batch, hidden]
    graph.output(linear(context, first, 'vision_proj'), 'image_feature', 'float32', ['batch', projectionSize]);
  }
  return graph.build();
}

/** [batch, H, W, 3] u8 → [batch × (P + 1), hidden]: a row for the class, then the patches, left to right, downwards. */
function embeddings(context: GraphContext, config: ModelConfig, batch: Dimension): Value {
  const { graph, weights, linearForm } = context;
  const { imageSize, patchSize, hiddenSize } = config.vision;
  const side = imageSize / patchSize;
  const pixels = graph.input('pixels', 'uint8', [batch, imageSize, imageSize, 3]);
  const blocks = reshape(context, pixels, [-1, side, patchSize, side, patchSize, 3]);
  const gathered = graph.node('Transpose', [blocks], { perm: ints([0, 1, 3, 2, 4, 5]) });
  const flat = graph.node('Cast', [reshape(context, gathered, [-1, patchSize * patchSize * 3])], { to: int(1) });
  const patches = linearForm(graph, flat, patchEmbedding(weights, config)); // [batch × P, hidden]
  const byPicture = reshape(context, patches, [-1, side * side, hiddenSize]);

  const classEmbedding = weights('vision_model.embeddings.class_embedding'); // [1, 1, hidden]
  const pictures = graph.node('Shape', [pixels], { start: int(0), end: int(1) });
  const classShape = graph.node('Concat', [pictures, graph.int64([1, hiddenSize])], { axis: int(0) });
  const classes = graph.node('Expand', [graph.weight(classEmbedding.name, classEmbedding), classShape]);
  const joined = graph.node('Concat', [classes, byPicture], { axis: int(1) }); // [batch, P + 1, hidden]
  const position = weights('vision_model.embeddings.position_embedding'); // [1, P + 1, hidden]
  return reshape(context, add(context, joined, graph.weight(position.name, position)), [-1, hiddenSize]);
}

/**
 * The patch convolution as a linear layer over the bytes of a patch, [hidden, patch² × 3], with the normalisation
 * (byte / 255 − mean) / std folded into its weights and bias.
 */
function patchEmbedding(weights: Weights, { vision, imageMean, imageStd }: ModelConfig): LinearLayer {
  const name = 'vision_model.embeddings.patch_embedding';
  const kernel = weights(`${name}.weight`); // [hidden, 3, patch, patch]
  const bias = weights(`${name}.bias`);
  const area = vision.patchSize ** 2;
  const inputs = area * 3;
  const folded = derivedWeight(`${name}.folded.weight`, [vision.hiddenSize, inputs], async () => {
    const source = await kernel.load();
    const target = new Float32Array(source.length);
    for (let index = 0; index < source.length; index += 1) {
      const row = Math.floor(index / inputs);
      const channel = Math.floor((index % inputs) / area);
      target[row * inputs + (index % area) * 3 + channel] = source[index]! / (255 * imageStd[channel]!);
    }
    return target;
  });
  const foldedBias = derivedWeight(`${name}.folded.bias`, [vision.hiddenSize], async () => {
    const [source, target] = [await kernel.load(), Float64Array.from(await bias.load())];
    for (let index = 0; index < source.length; index += 1) {
      const channel = Math.floor((index % inputs) / area);
      target[Math.floor(index / inputs)]! -= (source[index]! * imageMean[channel]!) / imageStd[channel]!;
    }
    return Float32Array.from(target);
  });
  return { name, weight: folded, bias: foldedBias };
}

/** [batch × positions, hidden] → the same; qkv holds the rows of the queries, then the keys, then the values. */
function selfAttention(context: GraphContext, normed: Value, layer: string, { vision }: ModelConfig): Value {
  const positions = (vision.imageSize / vision.patchSize) ** 2 + 1;
  const qkv = linear(context, normed, `${layer}.self_attn.qkv`);
  const parts = splitColumns(context, qkv, 3).map((part) => reshape(context, part, [-1, positions, vision.hiddenSize]));
  const attributes = { num_heads: int(vision.heads) };
  const attended = context.graph.node('MultiHeadAttention', parts, attributes, { domain: 'com.microsoft' });
  return linear(context, reshape(context, attended, [-1, vision.hiddenSize]), `${layer}.self_attn.projection`);
}
