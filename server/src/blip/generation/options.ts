/** Generation options as they act: given ones over the model's generation_config.json over Hugging Face's defaults. */
import { randomInt } from 'node:crypto';
import * as v from 'valibot';
import { BlipError } from '../errors.ts';
import type { GenerationOptions } from '../generationOptions.ts';

type Defined<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

/** Every option with its value. */
export type ResolvedOptions = Defined<GenerationOptions>;

/** The part of generation_config.json that we read; null is "not set" there. */
export const GenerationConfigJson = v.object({
  num_beams: v.nullish(v.number()),
  max_new_tokens: v.nullish(v.number()),
  min_new_tokens: v.nullish(v.number()),
  // The older names, which count the start and the prompt too.
  max_length: v.nullish(v.number()),
  min_length: v.nullish(v.number()),
  length_penalty: v.nullish(v.number()),
  early_stopping: v.nullish(v.union([v.boolean(), v.literal('never')])),
  repetition_penalty: v.nullish(v.number()),
  no_repeat_ngram_size: v.nullish(v.number()),
  num_return_sequences: v.nullish(v.number()),
  do_sample: v.nullish(v.boolean()),
  temperature: v.nullish(v.number()),
  top_k: v.nullish(v.number()),
  top_p: v.nullish(v.number()),
});
export type GenerationConfigJson = v.InferOutput<typeof GenerationConfigJson>;

/** Hugging Face's defaults where neither the caller nor the model says otherwise. */
const huggingFaceDefaults = {
  prompt: '',
  numBeams: 1,
  maxNewTokens: 20,
  minNewTokens: 0,
  lengthPenalty: 1,
  earlyStopping: false,
  repetitionPenalty: 1,
  noRepeatNgramSize: 0,
  badWords: [],
  forceWords: [],
  numReturnSequences: 1,
  doSample: false,
  temperature: 1,
  topK: 50,
  topP: 1,
} satisfies Omit<ResolvedOptions, 'seed'>;

const mostBeams = 16;
/** In place of a length that only the model knows. */
const unbounded = Number.MAX_VALUE;
const samplingOptions = ['temperature', 'topK', 'topP', 'seed'] as const;

/** What bounds the options of one caption. */
export interface Limits {
  /** The model's positions, start and prompt included. */
  readonly positions: number;
  /** Tokens fed before the first new one: the start and the prompt. */
  readonly promptTokens: number;
}

/**
 * @throws BlipError OptionInvalid, with the option's range.
 */
export function resolveOptions(given: GenerationOptions, model: GenerationConfigJson, limits: Limits): ResolvedOptions {
  const doSample = given.doSample ?? model.do_sample ?? huggingFaceDefaults.doSample;
  if (!doSample) refuseSampling(given);
  const longest = limits.positions - limits.promptTokens;
  if (longest < 1) {
    throw new BlipError(
      'OptionInvalid',
      `prompt has ${limits.promptTokens - 1} tokens; the model takes at most ${limits.positions - 2}.`,
    );
  }
  const options: ResolvedOptions = {
    ...huggingFaceDefaults,
    ...modelLengths(given, model, limits.promptTokens, longest),
    seed: doSample && given.seed === undefined ? randomInt(2 ** 48 - 1) : 0,
    ...fromModel(model, doSample),
    ...defined(given),
  };
  checkRanges(options, longest);
  return options;
}

/**
 * What is wrong with the given options whatever the model: for callers who must say so before they load one.
 * @throws BlipError OptionInvalid, with the option's range.
 */
export function checkOptions(given: GenerationOptions): void {
  const doSample = given.doSample ?? huggingFaceDefaults.doSample;
  if (!doSample) refuseSampling(given);
  // What is not given is the model's to say: taken as what allows most.
  const unsaid = { maxNewTokens: unbounded, numBeams: doSample ? 1 : mostBeams, seed: 0 };
  checkRanges({ ...huggingFaceDefaults, ...unsaid, ...defined(given) }, unbounded);
}

function refuseSampling(given: GenerationOptions): void {
  const stray = samplingOptions.find((name) => given[name] !== undefined);
  if (stray !== undefined) throw new BlipError('OptionInvalid', `${stray} acts only with doSample.`);
}

/** The model's lengths, cut to the room that the prompt and the caller leave. */
function modelLengths(given: GenerationOptions, model: GenerationConfigJson, promptTokens: number, longest: number) {
  const newTokens = (total: number | null | undefined) => (typeof total === 'number' ? total - promptTokens : null);
  const wanted = model.max_new_tokens ?? newTokens(model.max_length) ?? huggingFaceDefaults.maxNewTokens;
  const maxNewTokens = Math.max(1, Math.min(wanted, longest));
  const least = model.min_new_tokens ?? newTokens(model.min_length) ?? huggingFaceDefaults.minNewTokens;
  return { maxNewTokens, minNewTokens: Math.max(0, Math.min(least, given.maxNewTokens ?? maxNewTokens)) };
}

function fromModel(model: GenerationConfigJson, doSample: boolean): GenerationOptions {
  const sampling = doSample ? { temperature: model.temperature, topK: model.top_k, topP: model.top_p } : {};
  return defined({
    numBeams: model.num_beams,
    lengthPenalty: model.length_penalty,
    earlyStopping: model.early_stopping,
    repetitionPenalty: model.repetition_penalty,
    noRepeatNgramSize: model.no_repeat_ngram_size,
    numReturnSequences: model.num_return_sequences,
    doSample,
    ...sampling,
  });
}

function defined(options: Record<string, unknown> | GenerationOptions): GenerationOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== null));
}

function checkRanges(options: ResolvedOptions, longest: number): void {
  whole(options, 'numBeams', 1, mostBeams);
  whole(options, 'maxNewTokens', 1, longest);
  whole(options, 'minNewTokens', 0, options.maxNewTokens);
  within(options, 'lengthPenalty', -10, 10);
  within(options, 'repetitionPenalty', 0.01, 100);
  whole(options, 'noRepeatNgramSize', 0, 100);
  whole(options, 'numReturnSequences', 1, mostBeams);
  within(options, 'temperature', 0.01, 100);
  whole(options, 'topK', 0, 1_000_000);
  if (!(options.topP > 0 && options.topP <= 1)) refuse('topP', options.topP, 'above 0, at most 1');
  whole(options, 'seed', 0, Number.MAX_SAFE_INTEGER);
  if (![true, false, 'never'].includes(options.earlyStopping))
    refuse('earlyStopping', options.earlyStopping, "true, false or 'never'");
  if (options.doSample && options.numBeams > 1) refuse('numBeams', options.numBeams, '1 with doSample');
  if (options.doSample && options.forceWords.length > 0)
    refuse('forceWords', options.forceWords, 'empty with doSample');
  if (options.forceWords.length > 0 && options.numBeams < 2)
    refuse('numBeams', options.numBeams, `2…${mostBeams} with forceWords`);
  if (!options.doSample && options.numReturnSequences > options.numBeams) {
    refuse('numReturnSequences', options.numReturnSequences, `1…${options.numBeams} (numBeams), or more with doSample`);
  }
}

type NumericOption =
  | 'numBeams'
  | 'maxNewTokens'
  | 'minNewTokens'
  | 'lengthPenalty'
  | 'repetitionPenalty'
  | 'noRepeatNgramSize'
  | 'numReturnSequences'
  | 'temperature'
  | 'topK'
  | 'seed';

function whole(options: ResolvedOptions, name: NumericOption, least: number, most: number): void {
  const value = options[name];
  if (!Number.isInteger(value) || value < least || value > most)
    refuse(name, value, most === unbounded ? `a whole number from ${least}` : `a whole number, ${least}…${most}`);
}

function within(options: ResolvedOptions, name: NumericOption, least: number, most: number): void {
  const value = options[name];
  if (!(value >= least && value <= most)) refuse(name, value, `${least}…${most}`);
}

function refuse(name: string, value: unknown, range: string): never {
  throw new BlipError('OptionInvalid', `${name} is ${String(value)}; it must be ${range}.`);
}
