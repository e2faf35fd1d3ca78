/** How well a given text fits a picture. */
import type { BlipModel } from './blipModel.ts';
import type { CaptionToken } from './caption.ts';
import { captionToken, confidence } from './captionResult.ts';
import { cosine } from './cosine.ts';
import { answerPrefix, CrossMemory } from './crossMemory.ts';
import type { EncodedPicture } from './embedsCache.ts';
import { BlipError } from './errors.ts';
import { loadRuntime, type Tensors } from './onnxSession.ts';
import { OnnxTextDecoder, type CrossAttention } from './textDecoder.ts';

/** What a captioning model thinks of a text: as if it had written it (teacher forcing). */
export interface TextScore {
  /** Of each token, the end included. */
  readonly tokens: readonly CaptionToken[];
  readonly meanLogProb: number;
  /** exp(meanLogProb), 0…1: what a caption of the same text would have as confidence. */
  readonly confidence: number;
  /** Where the model looked for each token; null where it was not asked for. */
  readonly crossAttention: readonly CrossAttention[] | null;
}

/** What a retrieval model thinks of a text. */
export interface MatchScore {
  /** Of the matching head: 0…1. */
  readonly matchProbability: number;
  /** Raw, [no match, match]. */
  readonly matchLogits: readonly [number, number];
  /** Of the picture's and the text's features: −1…1. */
  readonly cosine: number;
}

/** Tokens of a text, checked against the model's positions. */
function tokensOf({ config, tokenizer }: BlipModel, text: string, special: boolean, what: string): number[] {
  const ids = tokenizer.encode(text, special);
  const most = config.text.positions - (special ? 0 : 2);
  if (ids.length <= most) return ids;
  throw new BlipError('OptionInvalid', `The ${what} has ${ids.length} tokens; the model takes at most ${most}.`);
}

export async function scoreText(
  model: BlipModel,
  memory: CrossMemory,
  text: string,
  showAttention: boolean,
): Promise<TextScore> {
  const { startToken, endToken } = model.config.text;
  const ids = [...tokensOf(model, text, false, 'text'), endToken];
  const session = await model.session(showAttention ? 'text-attention' : 'text');
  const decoder = new OnnxTextDecoder(session, model.config.text, memory);
  const { rows, attention } = await decoder.step({
    tokens: [[startToken, ...ids.slice(0, -1)]],
    parents: [0],
    everyPosition: true,
  });
  const logProbs = ids.map((id, index) => rows[index]!.logits[id]! - rows[index]!.logNormaliser);
  return {
    tokens: ids.map((id, index) => captionToken(model.tokenizer, id, logProbs[index]!)),
    meanLogProb: logProbs.reduce((sum, value) => sum + value, 0) / logProbs.length,
    confidence: confidence(logProbs),
    crossAttention: attention,
  };
}

/** The question as what the answer looks at. */
export async function encodeQuestion(
  model: BlipModel,
  picture: EncodedPicture,
  question: string,
): Promise<CrossMemory> {
  const results = await readQuestion(model, picture, question);
  const kept = Object.entries(results).filter(([name]) => name.startsWith(answerPrefix));
  const layout = kept.map(([name, { dims }]) => ({
    name: name.slice(answerPrefix.length),
    dataType: 'float32' as const,
    dims: dims.slice(1),
  }));
  return new CrossMemory(
    layout,
    1,
    kept.map(([, tensor]) => tensor.data as Float32Array),
  );
}

/** The question as the text encoder read it: [tokens, hidden]. */
export async function questionEmbeds(
  model: BlipModel,
  picture: EncodedPicture,
  question: string,
): Promise<Float32Array> {
  return (await readQuestion(model, picture, question))['question_embeds']!.data as Float32Array;
}

/** The question keeps its [CLS] and [SEP]. */
async function readQuestion(model: BlipModel, picture: EncodedPicture, question: string): Promise<Tensors> {
  const feeds = await textFeeds(tokensOf(model, question, true, 'question'));
  const session = await model.session('question');
  return session.run({ ...feeds, ...(await picture.memory.asTensors()) });
}

export async function matchText(model: BlipModel, picture: EncodedPicture, text: string): Promise<MatchScore> {
  const feeds = await textFeeds(tokensOf(model, text, true, 'text'));
  const matched = await (await model.session('match')).run({ ...feeds, ...(await picture.memory.asTensors()) });
  const compared = await (await model.session('feature')).run(feeds);
  const [apart, together] = matched['match_logits']!.data as Float32Array;
  return {
    matchProbability: 1 / (1 + Math.exp(apart! - together!)),
    matchLogits: [apart!, together!],
    cosine: cosine(picture.feature ?? new Float32Array(), compared['text_feature']!.data as Float32Array),
  };
}

async function textFeeds(ids: readonly number[]): Promise<Tensors> {
  const { Tensor } = await loadRuntime();
  return {
    input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
    position_ids: new Tensor('int64', BigInt64Array.from(ids.keys(), BigInt), [ids.length]),
  };
}
