/**
 * The captioning core: the official BLIP checkpoints in Node, without Python. Imports nothing of this project outside
 * its own folder; others import only this file.
 *
 *     const generator = await CaptionGenerator.load('models/mini-blip', { cacheFolder: null });
 *     const { caption, confidence } = await generator.caption(await readFile('logo.png'));
 *     await generator.close();
 */
export type { AlphaMode, PixelTensor } from './pixelTensor.ts';
export type { Caption, CaptionCandidate, CaptionTimings, CaptionToken, Precision } from './caption.ts';
export type { GenerationOptions } from './generationOptions.ts';
export { checkOptions } from './generation/options.ts';
export { BlipError, type BlipErrorCode } from './errors.ts';
export {
  CaptionGenerator,
  type Answer,
  type CaptionOptions,
  type Score,
  type StreamOptions,
} from './captionGenerator.ts';
export type { BatchOptions } from './captionBatch.ts';
export type { LoadOptions, ModelInfo } from './blipModel.ts';
export type { BeamStep, BeamView, GenerationStep, TokenStep } from './captionStream.ts';
export type { ModelShapes } from './modelShapes.ts';
export type { FirstPicture, PictureOptions } from './pictureReader.ts';
export type { Picture } from './visionMessages.ts';
export type { CrossAttention } from './textDecoder.ts';
export type { MatchScore, TextScore } from './textScoring.ts';
export { InferenceClient, type InferenceClientOptions } from './inferenceClient.ts';
export type {
  AnswerResult,
  EncodedImage,
  InferenceTask,
  Lane,
  LoadedModel,
  ModelSpec,
  ScoreResult,
  StreamResult,
  TaskEvent,
  TaskResult,
} from './inferenceMessages.ts';
export { untilAborted } from './untilAborted.ts';
export { modelHash, RememberedModelHashes } from './checkpoint/modelHash.ts';
