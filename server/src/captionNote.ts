import * as l10n from '@vscode/l10n';
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
  modelOption = l10n.t('setting {0}', 'imageCaptioner.model'),
): string | null {
  if (caption.photograph) {
    return model.source === 'built-in'
      ? l10n.t(
          'This looks like a photograph. The built-in model knows icons, emoji, flags, charts, diagrams and screenshots, and cannot describe photographs: describe it yourself, or choose a larger model ({0}, for example Salesforce/blip-image-captioning-base).',
          modelOption,
        )
      : l10n.t(
          'This looks like a photograph. The model {0} knows icons, emoji, flags, charts, diagrams and screenshots, and cannot describe photographs: describe it yourself, or choose a larger model ({1}, for example Salesforce/blip-image-captioning-base).',
          model.id,
          modelOption,
        );
  }
  if (caption.confident) return null;
  return l10n.t(
    'The model is not sure ({0}): check the words against the picture before you keep them, ask for another suggestion, or choose a larger model ({1}).',
    percent(caption.confidence),
    modelOption,
  );
}

/** 0.4567 → `46 %`. */
export function percent(confidence: number): string {
  return `${Math.round(confidence * 100)} %`;
}
