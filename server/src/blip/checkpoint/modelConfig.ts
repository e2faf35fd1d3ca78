/** A model's config.json and preprocessor_config.json as typed values. Defaults are those of Transformers' BlipConfig. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { readJson } from './jsonFile.ts';
import { correctIt, invalidCheckpoint, noModel, unsupportedModel } from './modelFaults.ts';

export const architectures = [
  'BlipForConditionalGeneration',
  'BlipForQuestionAnswering',
  'BlipForImageTextRetrieval',
] as const;

export type Architecture = (typeof architectures)[number];

/** The vision transformer: pre-norm, patches and one class position. */
export interface VisionConfig {
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly intermediateSize: number;
  /** The side of the square picture it takes, in pixels. */
  readonly imageSize: number;
  /** The side of a patch, in pixels. */
  readonly patchSize: number;
  readonly epsilon: number;
}

/** The BERT that reads questions or writes captions: post-norm. */
export interface TextConfig {
  readonly vocabulary: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly intermediateSize: number;
  /** The most tokens of a text. */
  readonly positions: number;
  readonly epsilon: number;
  /** Starts what the decoder writes. */
  readonly startToken: number;
  /** Ends what the decoder writes: BLIP uses [SEP], not the config's eos_token_id. */
  readonly endToken: number;
  readonly padToken: number;
}

export interface ModelConfig {
  /** As config.json names it; null where it does not. */
  readonly architecture: Architecture | null;
  readonly vision: VisionConfig;
  readonly text: TextConfig;
  /** Width of the space in which pictures and texts are compared. */
  readonly projectionSize: number;
  readonly imageMean: readonly [number, number, number];
  readonly imageStd: readonly [number, number, number];
}

/** Bounds that no BLIP comes near: a config beyond them would take all memory. */
const width = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8192));
const depth = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(96));
const vocabulary = v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(1_000_000));
const token = v.pipe(v.number(), v.integer(), v.minValue(0));
const epsilon = v.pipe(v.number(), v.gtValue(0), v.maxValue(0.1));
const activation = v.optional(v.literal('gelu'), 'gelu');

const VisionJson = v.object({
  hidden_size: v.optional(width, 768),
  num_hidden_layers: v.optional(depth, 12),
  num_attention_heads: v.optional(width, 12),
  intermediate_size: v.optional(v.pipe(width, v.maxValue(32768)), 3072),
  image_size: v.optional(v.pipe(width, v.maxValue(2048)), 384),
  patch_size: v.optional(width, 16),
  layer_norm_eps: v.optional(epsilon, 1e-5),
  hidden_act: activation,
});

const TextJson = v.object({
  vocab_size: v.optional(vocabulary, 30524),
  hidden_size: v.optional(width, 768),
  num_hidden_layers: v.optional(depth, 12),
  // The class defaults to 8, where every published model has 12 and says so.
  num_attention_heads: v.optional(width, 8),
  intermediate_size: v.optional(v.pipe(width, v.maxValue(32768)), 3072),
  max_position_embeddings: v.optional(width, 512),
  layer_norm_eps: v.optional(epsilon, 1e-12),
  hidden_act: activation,
  bos_token_id: v.optional(token, 30522),
  sep_token_id: v.optional(token, 102),
  pad_token_id: v.optional(token, 0),
});

const ConfigJson = v.object({
  model_type: v.string(),
  architectures: v.nullish(v.array(v.string())),
  vision_config: v.nullish(v.unknown()),
  text_config: v.nullish(v.unknown()),
  image_text_hidden_size: v.optional(width, 256),
});

const channels = v.strictTuple([v.number(), v.number(), v.number()]);
const PreprocessorJson = v.object({
  image_mean: v.optional(channels, [0.48145466, 0.4578275, 0.40821073]),
  image_std: v.optional(channels, [0.26862954, 0.26130258, 0.27577711]),
  resample: v.optional(v.literal(3, 'only bicubic resampling (3) is supported'), 3),
  rescale_factor: v.optional(v.number(), 1 / 255),
  do_normalize: v.optional(v.literal(true), true),
  size: v.optional(
    v.union([
      v.object({ height: width, width }),
      v.pipe(
        width,
        v.transform((side) => ({ height: side, width: side })),
      ),
    ]),
  ),
});

/**
 * @throws BlipError ModelUnavailable where the folder has no config.json, ArchitectureUnsupported where it is of another
 *   model, CheckpointInvalid where it makes no sense.
 */
export async function readModelConfig(folder: string): Promise<ModelConfig> {
  const json = await readJson(join(folder, 'config.json'), v.looseObject({}));
  if (json === null) throw noModel(folder, await readdir(folder).catch(() => []));
  const preprocessor = await readJson(join(folder, 'preprocessor_config.json'), PreprocessorJson);
  return parseModelConfig(json, preprocessor ?? v.parse(PreprocessorJson, {}), folder);
}

function parseModelConfig(
  json: unknown,
  preprocessor: v.InferOutput<typeof PreprocessorJson>,
  folder: string,
): ModelConfig {
  const config = parsePart(ConfigJson, json, '', folder);
  if (config.model_type !== 'blip') {
    throw unsupportedModel(`The model in ${folder} is a ${config.model_type}; only blip models are supported`);
  }
  const vision = parsePart(VisionJson, config.vision_config ?? {}, 'vision_config.', folder);
  const text = parsePart(TextJson, config.text_config ?? {}, 'text_config.', folder);
  const require = (fine: boolean, what: string): void => {
    if (!fine) throw invalidCheckpoint(`config.json of the model in ${folder}: ${what}`, correctIt);
  };
  require(vision.hidden_size % vision.num_attention_heads ===
    0, 'vision_config.hidden_size is no multiple of num_attention_heads');
  require(text.hidden_size % text.num_attention_heads ===
    0, 'text_config.hidden_size is no multiple of num_attention_heads');
  require(vision.image_size % vision.patch_size === 0, 'vision_config.image_size is no multiple of patch_size');
  for (const name of ['bos_token_id', 'sep_token_id', 'pad_token_id'] as const) {
    require(text[name] <
      text.vocab_size, `text_config.${name} ${text[name]} is outside the vocabulary of ${text.vocab_size}`);
  }
  const { size, image_mean, image_std, rescale_factor } = preprocessor;
  require(size === undefined ||
    (size.height === vision.image_size &&
      size.width ===
        vision.image_size), `vision_config.image_size is ${vision.image_size}, preprocessor_config.json resizes to ${size?.height}×${size?.width}`);
  require(image_std.every((std) => std > 0), 'preprocessor_config.json has an image_std that is not above 0');
  require(Math.abs(rescale_factor * 255 - 1) <
    1e-6, `preprocessor_config.json has rescale_factor ${rescale_factor}, not 1/255`);
  return {
    architecture: architectureOf(config.architectures ?? [], folder),
    vision: {
      hiddenSize: vision.hidden_size,
      layers: vision.num_hidden_layers,
      heads: vision.num_attention_heads,
      intermediateSize: vision.intermediate_size,
      imageSize: vision.image_size,
      patchSize: vision.patch_size,
      epsilon: vision.layer_norm_eps,
    },
    text: {
      vocabulary: text.vocab_size,
      hiddenSize: text.hidden_size,
      layers: text.num_hidden_layers,
      heads: text.num_attention_heads,
      intermediateSize: text.intermediate_size,
      positions: text.max_position_embeddings,
      epsilon: text.layer_norm_eps,
      startToken: text.bos_token_id,
      endToken: text.sep_token_id,
      padToken: text.pad_token_id,
    },
    projectionSize: config.image_text_hidden_size,
    imageMean: image_mean,
    imageStd: image_std,
  };
}

function parsePart<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  at: string,
  folder: string,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const field = `${at}${v.getDotPath(issue) ?? ''}`;
  throw invalidCheckpoint(`config.json of the model in ${folder}: ${field}: ${issue.message}`, correctIt);
}

function architectureOf(names: readonly string[], folder: string): Architecture | null {
  if (names.length === 0) return null;
  const known = architectures.find((name) => names.includes(name));
  if (known !== undefined) return known;
  throw unsupportedModel(`The model in ${folder} is a ${names.join(', ')}; supported are ${architectures.join(', ')}`);
}
