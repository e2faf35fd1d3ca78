import type { Caption } from './blip/index.ts';
import type { ModelLocation } from './models/modelLocation.ts';

/**
 * What a person should know about a caption before they keep it, and what helps; null where there is nothing to say.
 * The model's own folder says below which confidence it is unsure and by which words it says "a photograph".
 * `modelOption` is how another model is chosen where the note is read.
 */
export function captionNote(
  caption: Caption,
  model: ModelLocation,
  modelOption = 'setting imageCaptioner.model',
): string | null {
  if (caption.photograph) {
    return (
      `This looks like a photograph. The ${modelName(model)} knows icons, emoji, flags, charts, diagrams and screenshots, ` +
      'and cannot describe photographs: describe it yourself, or choose a larger model ' +
      `(${modelOption}, for example Salesforce/blip-image-captioning-base).`
    );
  }
  if (caption.confident) return null;
  return (
    `The model is not sure (${percent(caption.confidence)}): check the words against the picture before you keep them, ` +
    `ask for another suggestion, or choose a larger model (${modelOption}).`
  );
}

/** 0.4567 → `46 %`. */
export function percent(confidence: number): string {
  return `${Math.round(confidence * 100)} %`;
}

function modelName(model: ModelLocation): string {
  return model.source === 'built-in' ? 'built-in model' : `model ${model.id}`;
}
