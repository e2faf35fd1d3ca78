/**
 * The generator behind sampling: PCG32 (XSH RR 64/32), by M. E. O'Neill, https://www.pcg-random.org. The same seed and
 * stream give the same numbers on every machine.
 */
const multiplier = 6364136223846793005n;
const mask = (1n << 64n) - 1n;

/**
 * The first number of SplitMix64 (Steele, Lea and Flood 2014) from a state: spreads seeds that lie close together, which
 * would otherwise begin with nearly the same draws.
 */
export function spread(state: bigint): bigint {
  let mixed = (state + 0x9e3779b97f4a7c15n) & mask;
  mixed = ((mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
  mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & mask;
  return mixed ^ (mixed >> 31n);
}

export class Pcg32 {
  #state: bigint;
  readonly #increment: bigint;

  /** @param stream which of 2^63 independent sequences; each sampled text has its own. */
  constructor(seed: bigint, stream: bigint) {
    this.#increment = ((stream << 1n) | 1n) & mask;
    this.#state = (this.#increment + seed) & mask;
    this.#advance();
  }

  #advance(): void {
    this.#state = (this.#state * multiplier + this.#increment) & mask;
  }

  /** 0 … 2^32 − 1 */
  nextUint32(): number {
    const old = this.#state;
    this.#advance();
    const shifted = Number((((old >> 18n) ^ old) >> 27n) & 0xffffffffn);
    const rotation = Number(old >> 59n);
    return ((shifted >>> rotation) | (shifted << (-rotation & 31))) >>> 0;
  }

  /** 0 ≤ x < 1, of 53 random bits. */
  nextUnit(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }
}
