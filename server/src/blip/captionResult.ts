/** What a search found → what a caller gets. */
import type { ModelInfo } from './blipModel.ts';
import type { Caption, CaptionCandidate, CaptionTimings, CaptionToken } from './caption.ts';
import type { Hypothesis } from './generation/search.ts';
import type { Tokenizer } from './tokenizer.ts';

export function captionToken(tokenizer: Tokenizer, id: number, logProb: number): CaptionToken {
  return { id, text: tokenizer.token(id), logProb };
}

/** @param promptIds the start token and the prompt: the prompt is part of the caption, its tokens are not listed. */
export function captionCandidate(
  tokenizer: Tokenizer,
  promptIds: readonly number[],
  { ids, logProbs, score }: Hypothesis,
): CaptionCandidate {
  return {
    caption: tokenizer.decode([...promptIds, ...ids]).trim(),
    confidence: confidence(logProbs),
    tokens: ids.map((id, index) => captionToken(tokenizer, id, logProbs[index]!)),
    ...(score === null ? {} : { score }),
  };
}

/** exp of the mean log-probability */
export function confidence(logProbs: readonly number[]): number {
  if (logProbs.length === 0) return 0;
  return Math.exp(logProbs.reduce((sum, value) => sum + value, 0) / logProbs.length);
}

/** @param candidates best first, at least one. */
export function captionOf(
  candidates: readonly CaptionCandidate[],
  model: ModelInfo,
  { byChance }: { readonly byChance: boolean },
  timings: CaptionTimings,
): Caption {
  const best = candidates[0]!;
  return {
    ...best,
    confident: best.confidence >= (model.confidenceThreshold ?? 0),
    photograph: model.photographCaption !== null && best.caption === model.photographCaption,
    ...(candidates.length > 1 ? { candidates } : {}),
    precision: model.precision,
    ...(byChance ? { byChance } : {}),
    timings,
  };
}
