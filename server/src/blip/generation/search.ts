/** What a way of searching for a caption is: it sees scores, and says how each text goes on. */

/** The scores of what follows one text. */
export interface RowScores {
  /** Raw scores of every token, [vocabulary]. Valid until the next step; not to be written to. */
  readonly logits: Float32Array;
  /** log Σ exp(logits): what is subtracted from a logit to get its log-probability. */
  readonly logNormaliser: number;
}

/** A text goes on from one of the texts before it, with a token. */
export interface Continuation {
  /** Which of the search's texts of the last step. */
  readonly parent: number;
  readonly token: number;
}

/** A text that the search brought to its end. */
export interface Hypothesis {
  /** The generated ids, the end included, the prompt not. */
  readonly ids: readonly number[];
  /** Log-softmax of the raw logits at each id. */
  readonly logProbs: readonly number[];
  /** What a beam search ranks by: the sum of processed log-probabilities / length ** lengthPenalty; else null. */
  readonly score: number | null;
}

/** The search for the captions of one picture. */
export interface Search {
  /**
   * Takes the scores of what follows each of its texts: of one text at first (the prompt), then of those that it
   * returned. Returns the same number of texts each time, or null when it is done.
   */
  advance(rows: readonly RowScores[]): readonly Continuation[] | null;
  /** The results, best first. */
  results(): readonly Hypothesis[];
}

/** Scores that are looked at and forgotten, one text after the other: new ones for each would fill megabytes. */
export class Scratch {
  #values = new Float32Array(0);

  /** What was handed out before is overwritten. */
  ofSize(size: number): Float32Array {
    if (this.#values.length !== size) this.#values = new Float32Array(size);
    return this.#values;
  }
}

export interface Scored {
  readonly token: number;
  readonly score: number;
}

/** The `count` highest scores, highest first, the lower token first among equals. −∞ is never among them. */
export function highest(scores: Float32Array | Float64Array, count: number): Scored[] {
  const best: Scored[] = [];
  let threshold = -Infinity;
  for (let token = 0; token < scores.length; token += 1) {
    const score = scores[token]!;
    if (score > threshold) threshold = insert(best, { token, score }, count);
  }
  return best;
}

/** Puts one in its place among the best, and returns what the next one must exceed. */
function insert(best: Scored[], scored: Scored, count: number): number {
  let place = best.length;
  while (place > 0 && best[place - 1]!.score < scored.score) place -= 1;
  best.splice(place, 0, scored);
  if (best.length > count) best.pop();
  return best.length === count ? best[count - 1]!.score : -Infinity;
}
