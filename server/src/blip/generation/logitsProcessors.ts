/**
 * What is done to the scores of the next token, under Transformers' semantics and in its order: repetition penalty,
 * no-repeat n-grams, banned words, minimum length. Ours comes last: tokens that a person chose.
 */
import type { ResolvedOptions } from './options.ts';

/**
 * Changes the scores of what follows `ids` (start and prompt included) in place. −∞ bans a token. Scores are logits in
 * greedy search and sampling, log-probabilities in beam search.
 */
export type LogitsProcessor = (scores: Float32Array, ids: readonly number[]) => void;

export interface ProcessorContext {
  readonly endToken: number;
  /** Tokens fed before the first new one: the start and the prompt. */
  readonly promptTokens: number;
  /** The banned words as tokens. */
  readonly badWords: readonly (readonly number[])[];
  /** New tokens that are given: the text begins with them. */
  readonly prefixIds: readonly number[];
}

/** The processors that options ask for; none where they change nothing. */
export function logitsProcessors(options: ResolvedOptions, context: ProcessorContext): LogitsProcessor[] {
  const processors: LogitsProcessor[] = [];
  if (options.repetitionPenalty !== 1) processors.push(repetitionPenalty(options.repetitionPenalty));
  if (options.noRepeatNgramSize > 0) processors.push(noRepeatNgram(options.noRepeatNgramSize));
  if (context.badWords.length > 0) processors.push(noBadWords(context.badWords));
  if (options.minNewTokens > 0) processors.push(minimumNewTokens(options.minNewTokens, context));
  if (context.prefixIds.length > 0) processors.push(givenPrefix(context.prefixIds, context));
  return processors;
}

/** Tokens that the text has already become less likely (penalty > 1) or likelier (< 1). */
export function repetitionPenalty(penalty: number): LogitsProcessor {
  return (scores, ids) => {
    for (const id of new Set(ids)) {
      const score = scores[id]!;
      scores[id] = score < 0 ? score * penalty : score / penalty;
    }
  };
}

/** Bans tokens that would complete an n-gram which the text has already. */
export function noRepeatNgram(size: number): LogitsProcessor {
  return (scores, ids) => {
    const start = ids.length - (size - 1);
    if (start < 0) return;
    const tail = ids.slice(start).join();
    for (let index = 0; index + size <= ids.length; index += 1) {
      if (ids.slice(index, index + size - 1).join() === tail) scores[ids[index + size - 1]!] = -Infinity;
    }
  };
}

/** Bans the last token of each word where the text ends with the tokens before it; a word of one token always. */
export function noBadWords(words: readonly (readonly number[])[]): LogitsProcessor {
  const split = words.flatMap((word) => {
    const last = word.at(-1);
    return last === undefined ? [] : [{ before: word.slice(0, -1), last }];
  });
  return (scores, ids) => {
    for (const { before, last } of split) {
      if (before.length <= ids.length && before.every((id, index) => ids[ids.length - before.length + index] === id)) {
        scores[last] = -Infinity;
      }
    }
  };
}

/** Bans the end until there are enough new tokens. */
function minimumNewTokens(least: number, { endToken, promptTokens }: ProcessorContext): LogitsProcessor {
  return (scores, ids) => {
    if (ids.length - promptTokens < least) scores[endToken] = -Infinity;
  };
}

/** Leaves only the given token where one is given; a choice of a person stands even where another processor banned it. */
function givenPrefix(
  prefixIds: readonly number[],
  { promptTokens }: Pick<ProcessorContext, 'promptTokens'>,
): LogitsProcessor {
  return (scores, ids) => {
    const given = prefixIds[ids.length - promptTokens];
    if (given === undefined) return;
    const score = scores[given]!;
    scores.fill(-Infinity);
    scores[given] = score > -Infinity ? score : 0;
  };
}
