/** The sizes of a model's parts: what a picture and a text are, from stage to stage. */
import type { ModelConfig } from './checkpoint/modelConfig.ts';

export interface ModelShapes {
  /** Side of the square picture it takes, in pixels. */
  readonly imageSize: number;
  /** Side of a patch, in pixels; imageSize / patchSize patches a side. */
  readonly patchSize: number;
  readonly visionLayers: number;
  /** Width of an image embed. */
  readonly visionHidden: number;
  readonly textLayers: number;
  readonly textHeads: number;
  readonly textHidden: number;
  readonly vocabulary: number;
  readonly parameters: number;
}

export function modelShapes({ vision, text }: ModelConfig, parameters: number): ModelShapes {
  return {
    imageSize: vision.imageSize,
    patchSize: vision.patchSize,
    visionLayers: vision.layers,
    visionHidden: vision.hiddenSize,
    textLayers: text.layers,
    textHeads: text.heads,
    textHidden: text.hiddenSize,
    vocabulary: text.vocabulary,
    parameters,
  };
}
