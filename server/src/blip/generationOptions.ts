/**
 * Options of generation under the names of Hugging Face's GenerationConfig; `prompt`, `seed` and `badWords` are ours.
 * What is not given comes from the model's generation_config.json, then from Hugging Face's defaults.
 */
export interface GenerationOptions {
  /** Words the caption begins with (conditional captioning). */
  readonly prompt?: string;
  /** 1: greedy (or sampling); more: beam search. 1…16. */
  readonly numBeams?: number;
  /** Most new tokens, the end included. 1…the model's positions. */
  readonly maxNewTokens?: number;
  readonly minNewTokens?: number;
  /** Beams: scores are divided by length ** lengthPenalty; > 0 favours longer captions. */
  readonly lengthPenalty?: number;
  readonly earlyStopping?: boolean | 'never';
  /** > 0; 1 changes nothing. */
  readonly repetitionPenalty?: number;
  /** No n-gram of this size twice; 0: no limit. */
  readonly noRepeatNgramSize?: number;
  /** Words that are never written. */
  readonly badWords?: readonly string[];
  /** Words that must be written (beam search). */
  readonly forceWords?: readonly string[];
  /** Captions returned, best first; at most numBeams when not sampling. */
  readonly numReturnSequences?: number;
  readonly doSample?: boolean;
  /** > 0, with doSample. */
  readonly temperature?: number;
  /** Keep the k likeliest tokens; 0: all. With doSample. */
  readonly topK?: number;
  /** Keep the likeliest tokens that hold this probability; (0, 1]. With doSample. */
  readonly topP?: number;
  /** Of the sampling generator; not given: another draw each time. */
  readonly seed?: number;
}
