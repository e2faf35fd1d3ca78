/** The texts a beam search has brought to their end: the best numBeams, and whether a living text could still join them. */
import type { Beam, BeamOptions } from './beam.ts';
import type { Hypothesis } from './search.ts';

interface Finished extends Hypothesis {
  readonly score: number;
}

export class FinishedTexts {
  readonly #options: BeamOptions;
  #texts: Finished[] = [];
  #improvementPossible = true;

  constructor(options: BeamOptions) {
    this.#options = options;
  }

  /** Best first. */
  get texts(): readonly Hypothesis[] {
    return this.#texts;
  }

  /** Takes texts that have ended, unless the search is decided already. */
  add(ended: readonly Beam[]): void {
    const { numBeams, lengthPenalty } = this.#options;
    if (this.#enough || !this.#improvementPossible) return;
    const scored = ended.map(({ ids, logProbs, score }) => ({
      ids,
      logProbs,
      score: score / Math.max(ids.length, 1) ** lengthPenalty,
    }));
    this.#texts = [...this.#texts, ...scored].toSorted((a, b) => b.score - a.score).slice(0, numBeams);
  }

  /** Is the search decided, when this is its best living text? */
  decided(best: Beam): boolean {
    this.#improvementPossible &&= this.#canImprove(best);
    return this.#enough || !this.#improvementPossible;
  }

  get #full(): boolean {
    return this.#texts.length === this.#options.numBeams;
  }

  get #enough(): boolean {
    return this.#options.earlyStopping === true && this.#full;
  }

  /** Against the worst finished text; where stopping early is "never" wanted, with the penalty of the longest text. */
  #canImprove({ score, ids }: Beam): boolean {
    const { lengthPenalty, earlyStopping, maxNewTokens } = this.#options;
    if (!this.#full) return true;
    const reach = earlyStopping === 'never' && lengthPenalty > 0 ? maxNewTokens : ids.length;
    return score / reach ** lengthPenalty > this.#texts.at(-1)!.score;
  }
}
