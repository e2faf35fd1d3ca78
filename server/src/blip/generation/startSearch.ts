/** Options → the search that carries them out. */
import { BlipError } from '../errors.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { BeamSearch } from './beamSearch.ts';
import { ConstrainedBeamSearch } from './constrainedBeamSearch.ts';
import { logitsProcessors } from './logitsProcessors.ts';
import type { ResolvedOptions } from './options.ts';
import { likeliest, sampled, TokenwiseSearch } from './sampling.ts';

export interface SearchContext {
  /** The start token and the prompt. */
  readonly promptIds: readonly number[];
  /** New tokens that the text must begin with. */
  readonly prefixIds: readonly number[];
  readonly endToken: number;
  readonly tokenizer: Tokenizer;
}

export type AnySearch = TokenwiseSearch | BeamSearch | ConstrainedBeamSearch;

/** @throws BlipError OptionInvalid where a forced word cannot be written. */
export function startSearch(
  options: ResolvedOptions,
  { promptIds, prefixIds, endToken, tokenizer }: SearchContext,
): AnySearch {
  const asTokens = (words: readonly string[]) =>
    words.map((word) => tokenizer.encode(word, false)).filter((ids) => ids.length > 0);
  const badWords = asTokens(options.badWords);
  const processors = logitsProcessors(options, { endToken, promptTokens: promptIds.length, badWords, prefixIds });
  const common = { endToken, maxNewTokens: options.maxNewTokens, processors };
  if (options.doSample) {
    const choices = Array.from({ length: options.numReturnSequences }, (_, text) => sampled(options, text));
    return new TokenwiseSearch(promptIds, choices, common);
  }
  if (options.numBeams === 1) return new TokenwiseSearch(promptIds, [likeliest], common);
  const { numBeams, numReturnSequences, lengthPenalty, earlyStopping } = options;
  const beams = { ...common, numBeams, numReturnSequences, lengthPenalty, earlyStopping };
  if (options.forceWords.length > 0) {
    const unknown = options.forceWords.find((word) => tokenizer.encode(word, false).includes(tokenizer.unknownToken));
    if (unknown !== undefined) {
      throw new BlipError('OptionInvalid', `forceWords has "${unknown}", which the model's vocabulary cannot write.`);
    }
    return new ConstrainedBeamSearch(promptIds, beams, asTokens(options.forceWords));
  }
  return new BeamSearch(promptIds, beams);
}
