/** Generation as it happens: what each step chose, what else it could have, and where the model looked. */
import type { BlipModel } from './blipModel.ts';
import type { Caption, CaptionToken } from './caption.ts';
import { captionToken } from './captionResult.ts';
import type { CaptionRun } from './captionRun.ts';
import { TokenwiseSearch } from './generation/sampling.ts';
import { highest } from './generation/search.ts';
import type { AnySearch } from './generation/startSearch.ts';
import type { CrossAttention, StepScores } from './textDecoder.ts';

/** One token of one text, in greedy search or sampling. */
export interface TokenStep {
  readonly kind: 'token';
  /** Which of the texts, where several are sampled. */
  readonly sequence: number;
  /** The how many-th new token it is, from 0. */
  readonly index: number;
  readonly token: CaptionToken;
  /** The caption so far. */
  readonly text: string;
  /** The five likeliest tokens before any processor, likeliest first. */
  readonly alternatives: readonly CaptionToken[];
  /** Where the model looked before it chose; null where it was not asked for. */
  readonly crossAttention: CrossAttention | null;
}

/** One step of a beam search: the texts that live on, then those that have ended, each best first. */
export interface BeamStep {
  readonly kind: 'beams';
  readonly index: number;
  readonly beams: readonly BeamView[];
}

export interface BeamView {
  readonly ids: readonly number[];
  readonly text: string;
  /** Living: the sum of log-probabilities. Ended: divided by length ** lengthPenalty. */
  readonly score: number;
  readonly finished: boolean;
}

/** What `stream` yields; the last item is the caption. */
export type GenerationStep = TokenStep | BeamStep | { readonly kind: 'caption'; readonly caption: Caption };

const alternativesShown = 5;

/** The steps of one picture's search, from what the decoder said and the search made of it. */
export async function* describeSteps(
  { tokenizer }: BlipModel,
  { promptIds }: CaptionRun,
  search: AnySearch,
  scores: AsyncIterable<StepScores>,
): AsyncGenerator<TokenStep | BeamStep, void, void> {
  const textOf = (ids: readonly number[]): string => tokenizer.decode([...promptIds, ...ids]).trim();
  let index = 0;
  for await (const { rows, attention } of scores) {
    if (search instanceof TokenwiseSearch) {
      for (const [sequence, { ids, logProbs }] of search.results().entries()) {
        if (ids.length <= index) continue;
        const row = rows.length === 1 ? 0 : sequence;
        const { logits, logNormaliser } = rows[row]!;
        yield {
          kind: 'token',
          sequence,
          index,
          token: captionToken(tokenizer, ids[index]!, logProbs[index]!),
          text: textOf(ids),
          alternatives: highest(logits, alternativesShown).map(({ token, score }) =>
            captionToken(tokenizer, token, score - logNormaliser),
          ),
          crossAttention: attention?.[row] ?? null,
        };
      }
    } else {
      const living = search.live.map(({ ids, score }) => ({ ids, text: textOf(ids), score, finished: false }));
      const ended = search.finished.map(({ ids, score }) => ({
        ids,
        text: textOf(ids),
        score: score ?? 0,
        finished: true,
      }));
      yield { kind: 'beams', index, beams: [...living, ...ended] };
    }
    index += 1;
  }
}
