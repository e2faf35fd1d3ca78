/**
 * The vision transformer (ViT): pixels → image embeds, and what text will look at.
 *
 *   pixels [batch, H, W, 3] u8 → patches [batch × P, patch² × 3] → embeds [batch × (P + 1), hidden] → layers → final norm
 *
 * A large one is cut into parts that run one after the other.
 */
import type { Architecture, ModelConfig } from '../checkpoint/modelConfig.ts';
import type { GraphForms } from './forms.ts';
import { add, gelu, layerNorm, linear, reshape, splitColumns, type GraphContext, type LinearLayer } from './layers.ts';
import { int, ints, OnnxBuilder, type Dimension, type OnnxGraph, type Value } from './onnxBuilder.ts';
import { passedOn, takenOver, visionParts, type VisionPart } from '../visionParts.ts';
import { derivedWeight, type Weights } from './weights.ts';

/** @returns the graphs of the parts, in order; each passes its hidden states on to the next. */
export function visionGraphs(
  config: ModelConfig,
  architecture: Architecture,
  weights: Weights,
  forms: GraphForms,
  parts: readonly VisionPart[] = visionParts(config, forms.precision),
): OnnxGraph[] {
  return parts.map((part) => {
    const graph = new OnnxBuilder(part.name);
    const context: GraphContext = { graph, weights, linearForm: forms.vision };
    const batch = forms.batches ? 'batch' : 1;
    const given = part.first === 0 ? embeddings(context, config, batch) : passed(context, config, batch);
    const states = layersOf(context, config, part, given);
    if (part.isLast) outcome(context, config, architecture, states, forms);
    else graph.output(byPicture(context, states, config), passedOn, 'float32', hiddenDims(config, 'batch'));
    return graph.build();
  });
}

/** [batch × positions, hidden] → the same, through the layers of a part. */
function layersOf(context: GraphContext, config: ModelConfig, part: VisionPart, states: Value): Value {
  const { epsilon } = config.vision;
  let hiddenStates = states;
  for (let index = part.first; index < part.end; index += 1) {
    const layer = `vision_model.encoder.layers.${index}`;
    const attended = selfAttention(
      context,
      layerNorm(context, hiddenStates, `${layer}.layer_norm1`, epsilon),
      layer,
      config,
    );
    hiddenStates = add(context, hiddenStates, attended);
    const normed = layerNorm(context, hiddenStates, `${layer}.layer_norm2`, epsilon);
    const inner = gelu(context, linear(context, normed, `${layer}.mlp.fc1`)); // [batch × positions, intermediate]
    hiddenStates = add(context, hiddenStates, linear(context, inner, `${layer}.mlp.fc2`));
  }
  return hiddenStates;
}

/** What comes of the last layer's states: the image embeds, the memory, and a retrieval model's feature. */
function outcome(
  context: GraphContext,
  config: ModelConfig,
  architecture: Architecture,
  states: Value,
  forms: GraphForms,
): void {
  const { graph } = context;
  const { vision, text, projectionSize } = config;
  const embeds = layerNorm(context, states, 'vision_model.post_layernorm', vision.epsilon);
  const ofPictures = byPicture(context, embeds, config);
  graph.output(ofPictures, 'image_embeds', 'float32', hiddenDims(config, 'batch'));
  const bert = architecture === 'BlipForConditionalGeneration' ? 'text_decoder.bert' : 'text_encoder';
  forms.memory.keep(context, embeds, { bert, text, positions: positionsOf(config), pictures: 'batch' });
  if (architecture !== 'BlipForImageTextRetrieval') return;
  const first = graph.node('Gather', [ofPictures, graph.scalar(0, 'int64')], { axis: int(1) }); // [batch, hidden]
  graph.output(linear(context, first, 'vision_proj'), 'image_feature', 'float32', ['batch', projectionSize]);
}

function passed(context: GraphContext, config: ModelConfig, batch: Dimension): Value {
  const states = context.graph.input(takenOver, 'float32', hiddenDims(config, batch));
  return reshape(context, states, [-1, config.vision.hiddenSize]);
}

function byPicture(context: GraphContext, states: Value, config: ModelConfig): Value {
  return reshape(context, states, [-1, positionsOf(config), config.vision.hiddenSize]);
}

function hiddenDims(config: ModelConfig, batch: Dimension): Dimension[] {
  return [batch, positionsOf(config), config.vision.hiddenSize];
}

/** Of a picture: the class, then its patches. */
function positionsOf({ vision }: ModelConfig): number {
  return (vision.imageSize / vision.patchSize) ** 2 + 1;
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
function selfAttention(context: GraphContext, normed: Value, layer: string, config: ModelConfig): Value {
  const { vision } = config;
  const qkv = linear(context, normed, `${layer}.self_attn.qkv`);
  const parts = splitColumns(context, qkv, 3).map((part) => byPicture(context, part, config));
  const attributes = { num_heads: int(vision.heads) };
  const attended = context.graph.node('MultiHeadAttention', parts, attributes, { domain: 'com.microsoft' });
  return linear(context, reshape(context, attended, [-1, vision.hiddenSize]), `${layer}.self_attn.projection`);
}
