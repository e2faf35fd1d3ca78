import type { LogitsProcessor } from './logitsProcessors.ts';

export interface BeamOptions {
  readonly numBeams: number;
  readonly numReturnSequences: number;
  readonly maxNewTokens: number;
  readonly lengthPenalty: number;
  readonly earlyStopping: boolean | 'never';
  readonly endToken: number;
  readonly processors: readonly LogitsProcessor[];
}

/** A living text, and the sum of its processed log-probabilities. */
export interface Beam {
  readonly ids: readonly number[];
  readonly logProbs: readonly number[];
  readonly score: number;
}

/** A living text with one more token. */
export interface Candidate extends Beam {
  /** Which living text it goes on from. */
  readonly parent: number;
}

/** Before the first step there is one text, of the prompt alone. */
export const firstBeam: Beam = { ids: [], logProbs: [], score: 0 };
