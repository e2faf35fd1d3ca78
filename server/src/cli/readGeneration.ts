import { checkOptions, type GenerationOptions } from '../blip/index.ts';
import { readGenerationFlags, type FlagValues } from './generationFlags.ts';

/**
 * Flags over the settings file's options, checked before any file is read, as far as that doesn't need the model.
 * @throws UsageError for a value that is no number, or no word of the list; BlipError OptionInvalid outside its range
 */
export function readGeneration(values: FlagValues, fromSettings: GenerationOptions): GenerationOptions {
  const options = { ...fromSettings, ...readGenerationFlags(values) };
  checkOptions(options);
  return options;
}
