/**
 * Beam search that writes given words: dynamic beam allocation (Post and Vilar 2018, arXiv 1804.06609). Beside the best
 * continuations it tries those that begin or go on with a missing word, and shares the beams among texts by how much of
 * the words they have, so that none starves. A text may end only when it has all words.
 */
import { firstBeam, type Beam, type BeamOptions, type Candidate } from './beam.ts';
import { continuations, extended, hasEnded, processedLogProbs } from './beamSearch.ts';
import { FinishedTexts } from './finishedTexts.ts';
import { highest, Scratch, type Continuation, type Hypothesis, type RowScores, type Search } from './search.ts';

/** The tokens of a word that must be written. */
type Word = readonly number[];

export class ConstrainedBeamSearch implements Search {
  readonly #promptIds: readonly number[];
  readonly #options: BeamOptions;
  readonly #words: readonly Word[];
  readonly #finished: FinishedTexts;
  readonly #scratch = new Scratch();
  #live: readonly Beam[] = [firstBeam];

  /**
   * @param promptIds the start token and the prompt.
   * @param words each must be written, in any order.
   */
  constructor(promptIds: readonly number[], options: BeamOptions, words: readonly Word[]) {
    this.#promptIds = promptIds;
    this.#options = options;
    this.#words = words;
    this.#finished = new FinishedTexts(options);
  }

  get live(): readonly Beam[] {
    return this.#live;
  }

  get finished(): readonly Hypothesis[] {
    return this.#finished.texts;
  }

  advance(rows: readonly RowScores[]): readonly Continuation[] | null {
    const { numBeams, endToken } = this.#options;
    const candidates = this.#candidates(rows).filter(({ ids }) => ids.at(-1) !== endToken || this.#isComplete(ids));
    if (candidates.length === 0) return null; // every token is banned
    const ended = candidates.filter(({ ids }) => hasEnded(ids, this.#options));
    this.#finished.add(ended.filter(({ ids }) => this.#isComplete(ids)).slice(0, numBeams));
    const open = this.#share(candidates.filter(({ ids }) => !hasEnded(ids, this.#options)));
    // At the last step nothing is open: what has most of the words then stands in for a finished text.
    this.#live = open.length > 0 ? open : this.#share(ended);
    if (open.length === 0) return null;
    const best = open.reduce((most, beam) => (beam.score > most.score ? beam : most));
    return this.#finished.decided(best) ? null : continuations(open, numBeams);
  }

  /** The best continuations of each text, and those that write on at a missing word; best first. */
  #candidates(rows: readonly RowScores[]): Candidate[] {
    return this.#live
      .flatMap((beam, parent) => {
        const row = rows[parent]!;
        const ids = [...this.#promptIds, ...beam.ids];
        const scores = processedLogProbs(row, ids, this.#options.processors, this.#scratch);
        const best = highest(scores, 2 * this.#options.numBeams);
        const tried = new Set(best.map(({ token }) => token));
        const wanted = this.#wanted(beam.ids)
          .filter((token) => !tried.has(token) && scores[token]! > -Infinity)
          .map((token) => ({ token, score: scores[token]! }));
        return [...best, ...wanted].map((next) => extended(beam, parent, row, next));
      })
      .toSorted((a, b) => b.score - a.score);
  }

  /** numBeams candidates, in turn from those with most of the words to those with fewest, the best of each first. */
  #share(candidates: readonly Candidate[]): Candidate[] {
    const banks = Map.groupBy(candidates, ({ ids }) => this.#progress(ids));
    const queues = [...banks].toSorted(([a], [b]) => b - a).map(([, queue]) => queue);
    const shared: Candidate[] = [];
    for (let turn = 0; shared.length < Math.min(this.#options.numBeams, candidates.length); turn += 1) {
      shared.push(...queues.flatMap((queue) => queue.slice(turn, turn + 1)));
    }
    return shared.slice(0, this.#options.numBeams);
  }

  /** The tokens that begin a missing word or go on with it. */
  #wanted(ids: readonly number[]): number[] {
    const missing = this.#words.filter((word) => !contains(ids, word));
    return [...new Set(missing.flatMap((word) => [word[0]!, word[begun(ids, word)]!]))];
  }

  /** How many tokens of the words the text has, a word begun at its end included. */
  #progress(ids: readonly number[]): number {
    const missing = this.#words.filter((word) => !contains(ids, word));
    const written = this.#words.filter((word) => contains(ids, word)).reduce((sum, word) => sum + word.length, 0);
    return written + Math.max(0, ...missing.map((word) => begun(ids, word)));
  }

  #isComplete(ids: readonly number[]): boolean {
    return this.#words.every((word) => contains(ids, word));
  }

  /** Where no text had room for all words, the ones with most of them. */
  results(): readonly Hypothesis[] {
    const { numReturnSequences, lengthPenalty } = this.#options;
    const finished = this.#finished.texts.slice(0, numReturnSequences);
    if (finished.length > 0) return finished;
    return this.#live
      .slice(0, numReturnSequences)
      .map(({ ids, logProbs, score }) => ({ ids, logProbs, score: score / Math.max(ids.length, 1) ** lengthPenalty }));
  }
}

function contains(ids: readonly number[], word: Word): boolean {
  return ids.some((_, start) => word.every((token, index) => ids[start + index] === token));
}

/** How many tokens of the word the text ends with; the whole word does not count. */
function begun(ids: readonly number[], word: Word): number {
  for (let length = Math.min(word.length - 1, ids.length); length > 0; length -= 1) {
    if (word.slice(0, length).every((token, index) => ids[ids.length - length + index] === token)) return length;
  }
  return 0;
}
