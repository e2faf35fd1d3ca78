/**
 * Beam search as Transformers 5 does it: the best numBeams texts are kept alive; those that end leave with a score
 * divided by length ** lengthPenalty; it stops when no living text can beat a finished one.
 */
import type { LogitsProcessor } from './logitsProcessors.ts';
import { firstBeam, type Beam, type BeamOptions, type Candidate } from './beam.ts';
import { FinishedTexts } from './finishedTexts.ts';
import {
  highest,
  Scratch,
  type Continuation,
  type Hypothesis,
  type RowScores,
  type Scored,
  type Search,
} from './search.ts';

export class BeamSearch implements Search {
  readonly #promptIds: readonly number[];
  readonly #options: BeamOptions;
  readonly #finished: FinishedTexts;
  readonly #scratch = new Scratch();
  #live: readonly Beam[] = [firstBeam];

  /** @param promptIds the start token and the prompt. */
  constructor(promptIds: readonly number[], options: BeamOptions) {
    this.#promptIds = promptIds;
    this.#options = options;
    this.#finished = new FinishedTexts(options);
  }

  /** The living texts, best first; for those who show how the search goes. */
  get live(): readonly Beam[] {
    return this.#live;
  }

  get finished(): readonly Hypothesis[] {
    return this.#finished.texts;
  }

  advance(rows: readonly RowScores[]): readonly Continuation[] | null {
    const { numBeams } = this.#options;
    const candidates = this.#candidates(rows);
    if (candidates.length === 0) this.#finished.add(this.#live); // every token is banned
    const hits = candidates.map(({ ids }) => hasEnded(ids, this.#options));
    this.#finished.add(candidates.filter((_, rank) => rank < numBeams && hits[rank]));
    const open = candidates.filter((_, rank) => !hits[rank]).slice(0, numBeams);
    this.#live = open;
    if (open.length === 0 || this.#finished.decided(open[0]!)) return null;
    return continuations(open, numBeams);
  }

  /** The best 2 × numBeams ways to go on, best first: enough that numBeams of them do not end. */
  #candidates(rows: readonly RowScores[]): Candidate[] {
    const count = 2 * this.#options.numBeams;
    return this.#live
      .flatMap((beam, parent) => {
        const row = rows[parent]!;
        const ids = [...this.#promptIds, ...beam.ids];
        const scores = processedLogProbs(row, ids, this.#options.processors, this.#scratch);
        return highest(scores, count).map((next) => extended(beam, parent, row, next));
      })
      .toSorted((a, b) => b.score - a.score)
      .slice(0, count);
  }

  results(): readonly Hypothesis[] {
    return this.#finished.texts.slice(0, this.#options.numReturnSequences);
  }
}

/** Processors act on log-probabilities in a beam search, and what they leave is not normalised again. */
export function processedLogProbs(
  { logits, logNormaliser }: RowScores,
  ids: readonly number[],
  processors: readonly LogitsProcessor[],
  scratch: Scratch,
): Float32Array {
  const scores = scratch.ofSize(logits.length);
  for (let token = 0; token < logits.length; token += 1) scores[token] = logits[token]! - logNormaliser;
  for (const process of processors) process(scores, ids);
  return scores;
}

export function extended(
  beam: Beam,
  parent: number,
  { logits, logNormaliser }: RowScores,
  { token, score }: Scored,
): Candidate {
  return {
    ids: [...beam.ids, token],
    logProbs: [...beam.logProbs, logits[token]! - logNormaliser],
    score: beam.score + score,
    parent,
  };
}

export function hasEnded(ids: readonly number[], { endToken, maxNewTokens }: BeamOptions): boolean {
  return ids.at(-1) === endToken || ids.length >= maxNewTokens;
}

/** A tiny vocabulary can leave fewer texts than beams; the decoder's rows stay the same number all the same. */
export function continuations(open: readonly Candidate[], count: number): Continuation[] {
  return Array.from({ length: count }, (_, index) => {
    const { parent, ids } = open[Math.min(index, open.length - 1)]!;
    return { parent, token: ids.at(-1)! };
  });
}
