/** Sampling: each token is drawn from what temperature, top-k and top-p leave. With its greedy special case. */
import type { LogitsProcessor } from './logitsProcessors.ts';
import { Pcg32, spread } from './random.ts';
import { highest, Scratch, type Continuation, type Hypothesis, type RowScores, type Search } from './search.ts';

export interface SamplingOptions {
  readonly temperature: number;
  /** 0: all tokens. */
  readonly topK: number;
  readonly topP: number;
}

/** A token and how likely it is drawn. */
export interface Probable {
  readonly id: number;
  readonly probability: number;
}

/** The distribution that is drawn from, by token, for processed logits: temperature, then top-k, then top-p, then softmax. */
export function samplingDistribution(logits: Float32Array, { temperature, topK, topP }: SamplingOptions): Probable[] {
  // Of equal scores at the k-th place all stay.
  const least = topK > 0 ? (highest(logits, topK).at(-1)?.score ?? -Infinity) : -Infinity;
  const kept: number[] = [];
  for (let id = 0; id < logits.length; id += 1) if (logits[id]! >= least && logits[id]! > -Infinity) kept.push(id);
  const most = kept.reduce((best, id) => Math.max(best, logits[id]!), -Infinity);
  let weighted = kept.map((id) => ({ id, probability: Math.exp((logits[id]! - most) / temperature) }));
  if (topP < 1) weighted = nucleus(weighted, topP);
  const sum = weighted.reduce((total, { probability }) => total + probability, 0);
  return weighted.map(({ id, probability }) => ({ id, probability: probability / sum }));
}

/** The likeliest tokens nearly always hold topP: sorting all of them would take most of the time. */
const likelyNucleus = 256;

/**
 * Keeps the likeliest tokens until what is left has a probability of at most 1 − topP. Transformers walks upwards from
 * the least likely one instead, and drops; the one token that is always kept is the same.
 */
function nucleus(weighted: readonly Probable[], topP: number): Probable[] {
  const probabilities = Float64Array.from(weighted, ({ probability }) => probability);
  const sum = probabilities.reduce((total, probability) => total + probability, 0);
  const walk = (ranked: readonly number[]): Set<number> | null => {
    let rest = sum;
    const kept = new Set<number>();
    for (const index of ranked) {
      if (kept.size > 0 && rest / sum <= 1 - topP) return kept;
      kept.add(index);
      rest -= probabilities[index]!;
    }
    return ranked.length === weighted.length ? kept : null;
  };
  const likeliest = highest(probabilities, Math.min(likelyNucleus, weighted.length)).map(({ token }) => token);
  const kept =
    walk(likeliest) ?? walk([...weighted.keys()].toSorted((a, b) => probabilities[b]! - probabilities[a]! || a - b));
  return weighted.filter((_, index) => kept === null || kept.has(index));
}

/** One draw: the first token, in the order of ids, at which the cumulative probability passes a random number. */
export function draw(distribution: readonly Probable[], random: Pcg32): number {
  const point = random.nextUnit();
  let cumulative = 0;
  for (const { id, probability } of distribution) {
    cumulative += probability;
    if (point < cumulative) return id;
  }
  return distribution.at(-1)!.id;
}

/** Chooses the next token from processed logits; null where every token is banned, and the text ends. */
export type Choose = (logits: Float32Array) => number | null;

export const likeliest: Choose = (logits) => highest(logits, 1)[0]?.token ?? null;

/** Each text has a random stream of its own, so that its draws depend on nothing beside it. */
export function sampled(options: SamplingOptions & { readonly seed: number }, text: number): Choose {
  const random = new Pcg32(spread(BigInt(options.seed)), spread(BigInt(text)));
  return (logits) => {
    const distribution = samplingDistribution(logits, options);
    return distribution.length === 0 ? null : draw(distribution, random);
  };
}

export interface TokenwiseOptions {
  readonly endToken: number;
  readonly maxNewTokens: number;
  readonly processors: readonly LogitsProcessor[];
}

interface Text {
  readonly ids: number[];
  readonly logProbs: number[];
  readonly choose: Choose;
  done: boolean;
}

/** Texts that grow token by token, independently: one for greedy search, several for samples. */
export class TokenwiseSearch implements Search {
  readonly #promptIds: readonly number[];
  readonly #options: TokenwiseOptions;
  readonly #texts: readonly Text[];
  readonly #scratch = new Scratch();

  /** @param promptIds the start token and the prompt. */
  constructor(promptIds: readonly number[], choices: readonly Choose[], options: TokenwiseOptions) {
    this.#promptIds = promptIds;
    this.#options = options;
    this.#texts = choices.map((choose) => ({ ids: [], logProbs: [], choose, done: false }));
  }

  advance(rows: readonly RowScores[]): readonly Continuation[] | null {
    const { endToken, maxNewTokens } = this.#options;
    for (const [index, text] of this.#texts.entries()) {
      if (text.done) continue;
      const row = rows[rows.length === 1 ? 0 : index]!;
      const token = text.choose(this.#process(row.logits, text.ids));
      if (token === null) {
        text.done = true;
        continue;
      }
      text.ids.push(token);
      text.logProbs.push(row.logits[token]! - row.logNormaliser);
      text.done = token === endToken || text.ids.length >= maxNewTokens;
    }
    if (this.#texts.every(({ done }) => done)) return null;
    // A finished text goes on beside the others until all are; nobody looks at it.
    return this.#texts.map(({ ids }, index) => ({
      parent: rows.length === 1 ? 0 : index,
      token: ids.at(-1) ?? this.#options.endToken,
    }));
  }

  #process(logits: Float32Array, ids: readonly number[]): Float32Array {
    const { processors } = this.#options;
    if (processors.length === 0) return logits;
    const scores = this.#scratch.ofSize(logits.length);
    scores.set(logits);
    for (const process of processors) process(scores, [...this.#promptIds, ...ids]);
    return scores;
  }

  results(): readonly Hypothesis[] {
    return this.#texts.map(({ ids, logProbs }) => ({ ids, logProbs, score: null }));
  }
}
