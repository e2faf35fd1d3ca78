/** One call of generate: options and what is looked at → searches, run to their end. */
import type { BlipModel } from './blipModel.ts';
import type { CaptionCandidate } from './caption.ts';
import { captionCandidate } from './captionResult.ts';
import type { CrossMemory } from './crossMemory.ts';
import { decode } from './generation/decode.ts';
import { resolveOptions, type ResolvedOptions } from './generation/options.ts';
import { startSearch, type AnySearch } from './generation/startSearch.ts';
import type { GenerationOptions } from './generationOptions.ts';
import { BlipError } from './errors.ts';
import { OnnxTextDecoder, type StepScores } from './textDecoder.ts';

/** A call whose options are known to be right. */
export interface CaptionRun {
  readonly options: ResolvedOptions;
  /** The start token and the prompt. */
  readonly promptIds: readonly number[];
  /** New tokens that each text begins with: a person's choice among the alternatives. */
  readonly prefixIds: readonly number[];
  /** It samples without a seed, as asked or as the model's own options say. */
  readonly byChance: boolean;
}

/**
 * The prompt's tokens follow the decoder's start in place of [CLS], and are not ended.
 *
 * @throws BlipError OptionInvalid, with the option's range.
 */
export function prepareRun(
  { config, tokenizer, generationDefaults }: BlipModel,
  options: GenerationOptions,
  prefixIds: readonly number[] = [],
): CaptionRun {
  const { startToken, positions } = config.text;
  const promptIds = [startToken, ...tokenizer.encode(options.prompt ?? '', false)];
  const resolved = resolveOptions(options, generationDefaults, { positions, promptTokens: promptIds.length });
  checkPrefix(prefixIds, resolved.maxNewTokens, config.text.vocabulary);
  const byChance = resolved.doSample && options.seed === undefined;
  return { options: resolved, promptIds, prefixIds, byChance };
}

function checkPrefix(prefixIds: readonly number[], maxNewTokens: number, vocabulary: number): void {
  const stray = prefixIds.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary);
  if (stray !== undefined) {
    throw new BlipError('OptionInvalid', `prefixIds has ${stray}; the model's tokens are 0…${vocabulary - 1}.`);
  }
  if (prefixIds.length <= maxNewTokens) return;
  throw new BlipError(
    'OptionInvalid',
    `prefixIds has ${prefixIds.length} tokens; maxNewTokens allows ${maxNewTokens}.`,
  );
}

export function searchesOf(
  { config, tokenizer }: BlipModel,
  { options, promptIds, prefixIds }: CaptionRun,
  pictures: number,
): AnySearch[] {
  const context = { promptIds, prefixIds, endToken: config.text.endToken, tokenizer };
  return Array.from({ length: pictures }, () => startSearch(options, context));
}

/** Runs the searches, one for each picture of the memory, yielding the scores of each step. */
export async function* runSearches(
  model: BlipModel,
  { promptIds }: CaptionRun,
  searches: readonly AnySearch[],
  memory: CrossMemory,
  showAttention: boolean,
  signal?: AbortSignal,
): AsyncGenerator<StepScores, void, void> {
  const session = await model.session(showAttention ? 'text-attention' : 'text');
  const decoder = new OnnxTextDecoder(session, model.config.text, memory);
  try {
    yield* decode(decoder, searches, promptIds, signal);
  } finally {
    decoder.end();
  }
}

/** The captions of each picture of the memory, best first. */
export async function generate(
  model: BlipModel,
  run: CaptionRun,
  memory: CrossMemory,
  signal?: AbortSignal,
): Promise<CaptionCandidate[][]> {
  const searches = searchesOf(model, run, memory.pictures);
  const steps = runSearches(model, run, searches, memory, false, signal);
  while ((await steps.next()).done !== true);
  return searches.map((search) => candidatesOf(model, run, search));
}

export function candidatesOf(
  { tokenizer }: BlipModel,
  { promptIds }: CaptionRun,
  search: AnySearch,
): CaptionCandidate[] {
  return search.results().map((hypothesis) => captionCandidate(tokenizer, promptIds, hypothesis));
}
