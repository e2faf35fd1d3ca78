/** Generation as it happens: what each step chose, what else it could have, and where the model looked. */
import type { BlipModel } from './blipModel.ts';
import type { Caption, CaptionCandidate, CaptionToken } from './caption.ts';
import { captionToken } from './captionResult.ts';
import type { CaptionRun } from './captionRun.ts';
import type { CrossMemory } from './crossMemory.ts';
import { TokenwiseSearch } from './generation/sampling.ts';
import { highest, type RowScores } from './generation/search.ts';
import type { AnySearch } from './generation/startSearch.ts';
import { OnnxTextDecoder, type CrossAttention, type StepScores } from './textDecoder.ts';
import type { Tokenizer } from './tokenizer.ts';

/** One token of one text, in greedy search or sampling; or of a beam search's best caption, read again. */
export interface TokenStep {
  readonly kind: 'token';
  /** Which of the texts, where several are sampled. */
  readonly sequence: number;
  /** The how many-th new token it is, from 0. */
  readonly index: number;
  readonly token: CaptionToken;
  /** The caption so far. */
  readonly text: string;
  /** The five likeliest tokens before any processor, likeliest first. */
  readonly alternatives: readonly CaptionToken[];
  /** Where the model looked before it chose; null where it was not asked for. */
  readonly crossAttention: CrossAttention | null;
}

/** One step of a beam search: the texts that live on, then those that have ended, each best first. */
export interface BeamStep {
  readonly kind: 'beams';
  readonly index: number;
  readonly beams: readonly BeamView[];
}

export interface BeamView {
  readonly ids: readonly number[];
  /** Its last token, as it stands in the vocabulary. */
  readonly token: string;
  readonly text: string;
  /** Living: the sum of log-probabilities. Ended: divided by length ** lengthPenalty. */
  readonly score: number;
  readonly finished: boolean;
}

/** What `stream` yields; the last item is the caption. */
export type GenerationStep = TokenStep | BeamStep | { readonly kind: 'caption'; readonly caption: Caption };

const alternativesShown = 5;

/** The steps of one picture's search, from what the decoder said and the search made of it. */
export async function* describeSteps(
  { tokenizer }: BlipModel,
  { promptIds }: CaptionRun,
  search: AnySearch,
  scores: AsyncIterable<StepScores>,
): AsyncGenerator<TokenStep | BeamStep, void, void> {
  const textOf = (ids: readonly number[]): string => tokenizer.decode([...promptIds, ...ids]).trim();
  let index = 0;
  for await (const { rows, attention } of scores) {
    if (search instanceof TokenwiseSearch) {
      for (const [sequence, { ids, logProbs }] of search.results().entries()) {
        if (ids.length <= index) continue;
        const row = rows.length === 1 ? 0 : sequence;
        yield {
          kind: 'token',
          sequence,
          index,
          token: captionToken(tokenizer, ids[index]!, logProbs[index]!),
          text: textOf(ids),
          alternatives: alternatives(tokenizer, rows[row]!),
          crossAttention: attention?.[row] ?? null,
        };
      }
    } else {
      const view = (ids: readonly number[], score: number, finished: boolean): BeamView => {
        const last = ids.at(-1);
        return { ids, token: last === undefined ? '' : tokenizer.token(last), text: textOf(ids), score, finished };
      };
      const living = search.live.map(({ ids, score }) => view(ids, score, false));
      const ended = search.finished.map(({ ids, score }) => view(ids, score ?? 0, true));
      yield { kind: 'beams', index, beams: [...living, ...ended] };
    }
    index += 1;
  }
}

/** A caption that is there, token by token: what else each could have been, and where the model looked for it. */
export async function* rereadSteps(
  model: BlipModel,
  { promptIds }: CaptionRun,
  { tokens }: CaptionCandidate,
  memory: CrossMemory,
  showAttention: boolean,
): AsyncGenerator<TokenStep, void, void> {
  if (tokens.length === 0) return;
  const ids = tokens.map(({ id }) => id);
  const session = await model.session(showAttention ? 'text-attention' : 'text');
  const decoder = new OnnxTextDecoder(session, model.config.text, memory);
  const read = [...promptIds, ...ids.slice(0, -1)];
  const { rows, attention } = await decoder.step({ tokens: [read], parents: [0], everyPosition: true });
  for (const [index, token] of tokens.entries()) {
    const row = promptIds.length - 1 + index;
    yield {
      kind: 'token',
      sequence: 0,
      index,
      token,
      text: model.tokenizer.decode([...promptIds, ...ids.slice(0, index + 1)]).trim(),
      alternatives: alternatives(model.tokenizer, rows[row]!),
      crossAttention: attention?.[row] ?? null,
    };
  }
}

function alternatives(tokenizer: Tokenizer, { logits, logNormaliser }: RowScores): CaptionToken[] {
  return highest(logits, alternativesShown).map(({ token, score }) =>
    captionToken(tokenizer, token, score - logNormaliser),
  );
}
