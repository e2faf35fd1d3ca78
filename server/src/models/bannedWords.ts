import type { GenerationOptions } from '../blip/index.ts';
import type { ModelLocation } from './modelLocation.ts';

/**
 * Words that a hub model writes and that are none: Salesforce's captioners open captions with "arafed" and its kin,
 * learnt from noise in their training captions. Their stems stand for every ending.
 * https://huggingface.co/Salesforce/blip-image-captioning-large/discussions
 */
const banned: readonly { readonly models: RegExp; readonly words: readonly string[] }[] = [
  {
    models: /^Salesforce\/blip-image-captioning-/iu,
    words: ['araf', 'arafe', 'arafed', 'arafes', 'arafa', 'arafi', 'araff', 'araffe', 'araffed', 'araffes', 'araffy'],
  },
];

/** The options with the words that this model must never write, besides those that the person banned. */
export function withBannedWords(options: GenerationOptions, { id, source }: ModelLocation): GenerationOptions {
  if (source !== 'hub') return options;
  const ofModel = banned.flatMap(({ models, words }) => (models.test(id) ? words : []));
  if (ofModel.length === 0) return options;
  return { ...options, badWords: [...new Set([...(options.badWords ?? []), ...ofModel])] };
}
