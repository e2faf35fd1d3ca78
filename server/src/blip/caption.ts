export type Precision = 'int8' | 'fp32';

export interface CaptionToken {
  readonly id: number;
  /** As it stands in the vocabulary: "dog", "##ing", "[SEP]"; '' where the tokenizer has none. */
  readonly text: string;
  /** Log-softmax of the raw logits, before any processor. */
  readonly logProb: number;
}

export interface CaptionCandidate {
  /** The decoder's text, trimmed, never rewritten. */
  readonly caption: string;
  /** exp(mean logProb of the generated tokens, end included), 0…1. */
  readonly confidence: number;
  /** The generated tokens, the end included, the prompt not. */
  readonly tokens: readonly CaptionToken[];
  /** What beam search ranks by: the sum of processed log-probabilities / length ** lengthPenalty. */
  readonly score?: number;
}

/** Milliseconds of each stage; 0 where the stage was spared by a cache. */
export interface CaptionTimings {
  readonly decodeMs: number;
  readonly encodeMs: number;
  readonly generateMs: number;
  readonly totalMs: number;
}

/** The last type of the flow: what the model says of one picture. */
export interface Caption extends CaptionCandidate {
  /** At or above the model's own threshold (captioner.json); true where the model has none. */
  readonly confident: boolean;
  /** The model says "this is a photograph" and knows no more (captioner.json's photographCaption). */
  readonly photograph: boolean;
  /** All sequences, best first, where several were asked for. */
  readonly candidates?: readonly CaptionCandidate[];
  readonly precision: Precision;
  /** Drawn by chance, by a seed that nobody gave: asked again it may be another one. */
  readonly byChance?: true;
  readonly timings: CaptionTimings;
}
