/** How far what int8 makes of pictures is from what float32 makes of them, and how far it may be. */
import { cosine } from '../cosine.ts';
import { highest } from '../generation/search.ts';

/**
 * How much less likely than its own choice float32 may find int8's, in nats. Where two words are nearly as good it is
 * chance which one is chosen.
 */
export const toleratedRegret = 0.25;

/** How far the distances between the likeliest words may move, root mean square, in nats. */
const toleratedDrift = 0.15;
/** So many of the likeliest words are looked at. */
const likeliest = 6;

/** What a model makes of pictures and of captions that are given. */
export interface Sight {
  /** [positions, hidden] of each picture. */
  readonly embeds: readonly Float32Array[];
  /** Log-softmax, [tokens][vocabulary] of each picture. */
  readonly scores: readonly (readonly Float32Array[])[];
}

/** How far int8 is from float32, at its worst. */
export interface Agreement {
  /** Cosine of the image embeds. */
  readonly cosine: number;
  /** Of the words int8 would choose after the same words. */
  readonly regret: number;
  /** Of the likeliest words' distances in score, root mean square. */
  readonly drift: number;
}

export function compare(exact: Sight, other: Sight): Agreement {
  const cosines = exact.embeds.map((embeds, picture) => cosine(embeds, other.embeds[picture]!));
  const pairs = exact.scores.flatMap((steps, picture) =>
    steps.map((scores, step) => [scores, other.scores[picture]![step]!] as const),
  );
  const drifts = pairs.map(([left, right]) => driftOf(left, right));
  return {
    cosine: Math.min(...cosines),
    regret: Math.max(...pairs.map(([left, right]) => regretOf(left, right))),
    drift: Math.sqrt(drifts.reduce((sum, drift) => sum + drift, 0) / drifts.length),
  };
}

export function agrees({ regret, drift }: Agreement): boolean {
  return regret <= toleratedRegret && drift <= toleratedDrift;
}

/** By how much `exact` prefers its own first choice to that of `other`. Infinite where `other` is no number. */
export function regretOf(exact: Float32Array, other: Float32Array): number {
  let [best, chosen] = [0, 0];
  for (let token = 1; token < exact.length; token += 1) {
    if (Number.isNaN(other[token])) return Infinity;
    if (exact[token]! > exact[best]!) best = token;
    if (other[token]! > other[chosen]!) chosen = token;
  }
  return exact[best]! - exact[chosen]!;
}

/** By how much the likeliest words' distances from the first of them differ, mean square. */
function driftOf(exact: Float32Array, other: Float32Array): number {
  const [first, ...rest] = highest(exact, likeliest).map(({ token }) => token);
  const moved = rest.map((token) => exact[first!]! - exact[token]! - (other[first!]! - other[token]!));
  return moved.reduce((sum, move) => sum + move ** 2, 0) / Math.max(moved.length, 1);
}
