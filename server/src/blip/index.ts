/**
 * The captioning core: the official BLIP checkpoints in Node, without Python. Imports nothing of this project outside
 * its own folder; others import only this file.
 */
export type { AlphaMode, PixelTensor } from './pixelTensor.ts';
export type { Caption, CaptionCandidate, CaptionTimings, CaptionToken, Precision } from './caption.ts';
export type { GenerationOptions } from './generationOptions.ts';
export { BlipError, type BlipErrorCode } from './errors.ts';
