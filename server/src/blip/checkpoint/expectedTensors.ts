/** Which tensors a BLIP of a given config consists of, under Hugging Face's names, and whether a checkpoint has them. */
import type { Architecture, ModelConfig, TextConfig, VisionConfig } from './modelConfig.ts';
import { invalidCheckpoint } from './modelFaults.ts';
import type { TensorInfo } from './tensorFile.ts';

type Shapes = Map<string, readonly number[]>;

/** Name of each tensor the graphs are built from → its shape. */
export function expectedTensors(
  config: ModelConfig,
  architecture: Architecture,
): ReadonlyMap<string, readonly number[]> {
  const shapes: Shapes = new Map();
  const { vision, text, projectionSize } = config;
  addVision(shapes, vision);
  if (architecture !== 'BlipForConditionalGeneration') addText(shapes, 'text_encoder', text, vision.hiddenSize);
  if (architecture === 'BlipForImageTextRetrieval') {
    addLinear(shapes, 'vision_proj', projectionSize, vision.hiddenSize);
    addLinear(shapes, 'text_proj', projectionSize, text.hiddenSize);
    addLinear(shapes, 'itm_head', 2, text.hiddenSize);
    return shapes;
  }
  // A question's answer looks at the question (text width), a caption at the picture (vision width).
  const memory = architecture === 'BlipForQuestionAnswering' ? text.hiddenSize : vision.hiddenSize;
  addText(shapes, 'text_decoder.bert', text, memory);
  const head = 'text_decoder.cls.predictions';
  addLinear(shapes, `${head}.transform.dense`, text.hiddenSize, text.hiddenSize);
  addNorm(shapes, `${head}.transform.LayerNorm`, text.hiddenSize);
  shapes.set(`${head}.bias`, [text.vocabulary]);
  return shapes;
}

function addVision(shapes: Shapes, vision: VisionConfig): void {
  const { hiddenSize, intermediateSize, patchSize } = vision;
  const patches = (vision.imageSize / patchSize) ** 2;
  const embeddings = 'vision_model.embeddings';
  shapes.set(`${embeddings}.class_embedding`, [1, 1, hiddenSize]);
  shapes.set(`${embeddings}.position_embedding`, [1, patches + 1, hiddenSize]);
  shapes.set(`${embeddings}.patch_embedding.weight`, [hiddenSize, 3, patchSize, patchSize]);
  shapes.set(`${embeddings}.patch_embedding.bias`, [hiddenSize]);
  for (let index = 0; index < vision.layers; index += 1) {
    const layer = `vision_model.encoder.layers.${index}`;
    addNorm(shapes, `${layer}.layer_norm1`, hiddenSize);
    addLinear(shapes, `${layer}.self_attn.qkv`, 3 * hiddenSize, hiddenSize);
    addLinear(shapes, `${layer}.self_attn.projection`, hiddenSize, hiddenSize);
    addNorm(shapes, `${layer}.layer_norm2`, hiddenSize);
    addLinear(shapes, `${layer}.mlp.fc1`, intermediateSize, hiddenSize);
    addLinear(shapes, `${layer}.mlp.fc2`, hiddenSize, intermediateSize);
  }
  addNorm(shapes, 'vision_model.post_layernorm', hiddenSize);
}

function addText(shapes: Shapes, bert: string, text: TextConfig, memorySize: number): void {
  const { hiddenSize, intermediateSize } = text;
  shapes.set(`${bert}.embeddings.word_embeddings.weight`, [text.vocabulary, hiddenSize]);
  shapes.set(`${bert}.embeddings.position_embeddings.weight`, [text.positions, hiddenSize]);
  addNorm(shapes, `${bert}.embeddings.LayerNorm`, hiddenSize);
  for (let index = 0; index < text.layers; index += 1) {
    const layer = `${bert}.encoder.layer.${index}`;
    for (const [attention, keySize] of [
      ['attention', hiddenSize],
      ['crossattention', memorySize],
    ] as const) {
      addLinear(shapes, `${layer}.${attention}.self.query`, hiddenSize, hiddenSize);
      addLinear(shapes, `${layer}.${attention}.self.key`, hiddenSize, keySize);
      addLinear(shapes, `${layer}.${attention}.self.value`, hiddenSize, keySize);
      addLinear(shapes, `${layer}.${attention}.output.dense`, hiddenSize, hiddenSize);
      addNorm(shapes, `${layer}.${attention}.output.LayerNorm`, hiddenSize);
    }
    addLinear(shapes, `${layer}.intermediate.dense`, intermediateSize, hiddenSize);
    addLinear(shapes, `${layer}.output.dense`, hiddenSize, intermediateSize);
    addNorm(shapes, `${layer}.output.LayerNorm`, hiddenSize);
  }
}

function addLinear(shapes: Shapes, name: string, outputs: number, inputs: number): void {
  shapes.set(`${name}.weight`, [outputs, inputs]);
  shapes.set(`${name}.bias`, [outputs]);
}

function addNorm(shapes: Shapes, name: string, size: number): void {
  shapes.set(`${name}.weight`, [size]);
  shapes.set(`${name}.bias`, [size]);
}

/**
 * Tensors that checkpoints carry beside the model's own: the output layer tied to the word embeddings, buffers of older
 * versions of Transformers, and a training temperature.
 */
const alongside = [
  /^text_decoder\.cls\.predictions\.decoder\.(weight|bias)$/,
  /(^|\.)embeddings\.position_ids$/,
  /^logit_scale$/,
];

/** @throws BlipError CheckpointInvalid, naming the first tensors that are missing, wrongly shaped, or not of this model. */
export function checkTensors(
  found: ReadonlyMap<string, TensorInfo>,
  expected: ReadonlyMap<string, readonly number[]>,
  folder: string,
): void {
  const missing = [...expected.keys()].filter((name) => !found.has(name));
  const misshapen = [...expected].flatMap(([name, shape]) => {
    const actual = found.get(name)?.shape ?? shape;
    return actual.join() === shape.join() ? [] : [`${name} [${actual.join(', ')}] instead of [${shape.join(', ')}]`];
  });
  const extra = [...found.keys()].filter((name) => !expected.has(name) && !alongside.some((known) => known.test(name)));
  const refuse = (what: string, names: readonly string[]): void => {
    if (names.length === 0) return;
    const rest = names.length > 3 ? ` and ${names.length - 3} more` : '';
    throw invalidCheckpoint(`The checkpoint in ${folder} ${what}: ${names.slice(0, 3).join(', ')}${rest}`);
  };
  refuse('lacks tensors that its config.json asks for', missing);
  refuse('has tensors of other shapes than its config.json says', misshapen);
  refuse('has tensors that are not of this model', extra);
}
