/** A loaded BLIP: pictures in; captions, answers or scores out. */
import { BlipModel, type LoadOptions, type ModelInfo } from './blipModel.ts';
import type { Caption, CaptionCandidate } from './caption.ts';
import { captionBatch, type BatchOptions } from './captionBatch.ts';
import { captionOf } from './captionResult.ts';
import { candidatesOf, generate, prepareRun, runSearches, searchesOf, type CaptionRun } from './captionRun.ts';
import { describeSteps, rereadSteps, type GenerationStep } from './captionStream.ts';
import type { Architecture } from './checkpoint/modelConfig.ts';
import { BlipError } from './errors.ts';
import { TokenwiseSearch } from './generation/sampling.ts';
import type { GenerationOptions } from './generationOptions.ts';
import { modelShapes, type ModelShapes } from './modelShapes.ts';
import { PictureReader, type PictureOptions, type Seen } from './pictureReader.ts';
import { encodeQuestion, matchText, scoreText, type MatchScore, type TextScore } from './textScoring.ts';
import type { Picture } from './visionMessages.ts';

export type CaptionOptions = GenerationOptions & PictureOptions;

export type StreamOptions = CaptionOptions & {
  /** Show where in the picture the model looked for each token: costs a second graph when first used. */
  readonly crossAttention?: boolean;
  /** Ids of new tokens that the caption begins with: go on from a word that a person chose. */
  readonly prefixIds?: readonly number[];
  /** Beam search: read the best caption again at its end, so that its tokens come with their alternatives and attention. */
  readonly rereadBest?: boolean;
};

export interface Answer extends CaptionCandidate {
  /** The same as `caption`. */
  readonly answer: string;
  /** All sequences, best first, where several were asked for. */
  readonly candidates?: readonly CaptionCandidate[];
}

/** Which figures there are depends on the model: a retrieval model matches, a captioning model reads the text as its own. */
export type Score = MatchScore | TextScore;

/** Encoded pictures kept for the next question about them: some thirty of BLIP-base in int8. */
const embedsCacheBytes = 32 * 1024 * 1024;

export class CaptionGenerator {
  readonly #model: BlipModel;
  readonly #pictures: PictureReader;

  private constructor(model: BlipModel, pictures: PictureReader) {
    this.#model = model;
    this.#pictures = pictures;
  }

  /**
   * Loads a model from a folder in Hugging Face's layout, converting it first where that has not been done.
   *
   * @throws BlipError ModelUnavailable, ArchitectureUnsupported or CheckpointInvalid.
   */
  static async load(modelFolder: string, options: LoadOptions, signal?: AbortSignal): Promise<CaptionGenerator> {
    const model = await BlipModel.load(modelFolder, options, signal);
    const opening = PictureReader.create(model, embedsCacheBytes);
    // Made while another thread makes those of the vision part; what fails is told to whoever runs it.
    if (model.info.architecture === 'BlipForConditionalGeneration') void model.session('text').catch(() => {});
    try {
      return new CaptionGenerator(model, await opening);
    } catch (error) {
      await model.close();
      throw error;
    }
  }

  get model(): ModelInfo {
    return this.#model.info;
  }

  get shapes(): ModelShapes {
    return modelShapes(this.#model.config, this.model.parameters);
  }

  /**
   * Captions a picture.
   *
   * @throws BlipError OptionInvalid, ImageUnreadable or ImageTooLarge; the signal's reason when it is aborted.
   */
  async caption(picture: Picture, options: CaptionOptions = {}, signal?: AbortSignal): Promise<Caption> {
    this.#mustBe('BlipForConditionalGeneration', 'caption a picture');
    const start = performance.now();
    const run = prepareRun(this.#model, options);
    const seen = await this.#pictures.see(picture, options, signal);
    try {
      const encoded = performance.now();
      const [candidates] = await generate(this.#model, run, seen.memory, signal);
      return captionOf(candidates!, this.model, run, timings(seen, start, encoded));
    } finally {
      seen.release();
    }
  }

  /** Captions pictures together. Each gets what it would get alone, or its error, in the order given. */
  async captionBatch(
    pictures: readonly Picture[],
    options: BatchOptions = {},
    signal?: AbortSignal,
  ): Promise<(Caption | BlipError)[]> {
    this.#mustBe('BlipForConditionalGeneration', 'caption pictures');
    return captionBatch(this.#model, this.#pictures, pictures, options, signal);
  }

  /** Captions a picture step by step; the last item is the caption. Leaving the loop ends the work. */
  async *stream(
    picture: Picture,
    options: StreamOptions = {},
    signal?: AbortSignal,
  ): AsyncGenerator<GenerationStep, void, void> {
    this.#mustBe('BlipForConditionalGeneration', 'caption a picture');
    const start = performance.now();
    const { crossAttention = false, rereadBest = false, prefixIds = [], ...rest } = options;
    const run: CaptionRun = prepareRun(this.#model, rest, prefixIds);
    const seen = await this.#pictures.see(picture, options, signal);
    try {
      const encoded = performance.now();
      const [search] = searchesOf(this.#model, run, 1);
      const reread = rereadBest && !(search instanceof TokenwiseSearch);
      const steps = runSearches(this.#model, run, [search!], seen.memory, crossAttention && !reread, signal);
      yield* describeSteps(this.#model, run, search!, steps);
      const caption = captionOf(
        candidatesOf(this.#model, run, search!),
        this.model,
        run,
        timings(seen, start, encoded),
      );
      if (reread) yield* rereadSteps(this.#model, run, caption, seen.memory, crossAttention);
      yield { kind: 'caption', caption };
    } finally {
      seen.release();
    }
  }

  /** Answers a question about a picture. */
  async ask(picture: Picture, question: string, options: CaptionOptions = {}, signal?: AbortSignal): Promise<Answer> {
    this.#mustBe('BlipForQuestionAnswering', 'answer questions');
    if (options.prompt !== undefined) throw new BlipError('OptionInvalid', 'prompt does not act on answers.');
    const run = prepareRun(this.#model, options);
    const seen = await this.#pictures.see(picture, options, signal);
    try {
      const memory = await encodeQuestion(this.#model, seen, question);
      const [candidates] = await generate(this.#model, run, memory, signal);
      const best = candidates![0]!;
      return { ...best, answer: best.caption, ...(candidates!.length > 1 ? { candidates: candidates! } : {}) };
    } finally {
      seen.release();
    }
  }

  /** How well a text fits a picture: by a retrieval model's two heads, or as a caption that a captioning model could have written. */
  async score(picture: Picture, text: string, options: PictureOptions = {}, signal?: AbortSignal): Promise<Score> {
    if (this.model.architecture === 'BlipForConditionalGeneration')
      return this.scoreText(picture, text, options, signal);
    this.#mustBe('BlipForImageTextRetrieval', 'score texts');
    const seen = await this.#pictures.see(picture, options, signal);
    try {
      return await matchText(this.#model, seen, text);
    } finally {
      seen.release();
    }
  }

  /** The log-probability of each token of a text, had the model written it; and where it would have looked. */
  async scoreText(
    picture: Picture,
    text: string,
    options: PictureOptions & Pick<StreamOptions, 'crossAttention'> = {},
    signal?: AbortSignal,
  ): Promise<TextScore> {
    this.#mustBe('BlipForConditionalGeneration', 'score the tokens of a text');
    const seen = await this.#pictures.see(picture, options, signal);
    try {
      return await scoreText(this.#model, seen.memory, text, options.crossAttention ?? false);
    } finally {
      seen.release();
    }
  }

  /** The picture as the vision part sees it: [1 + patches, hidden], the class first, after the final layer norm. */
  async imageEmbeds(
    picture: Picture,
    options: Pick<PictureOptions, 'alpha'> = {},
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    return this.#pictures.imageEmbeds(picture, options.alpha, signal);
  }

  /** Ends the model's sessions; nothing may run any more. */
  async close(): Promise<void> {
    await this.#model.close();
  }

  #mustBe(architecture: Architecture, what: string): void {
    const { name, architecture: actual } = this.model;
    if (actual === architecture) return;
    throw new BlipError(
      'ArchitectureUnsupported',
      `The model ${name} cannot ${what}: it is a ${actual}, that takes a ${architecture}.`,
    );
  }
}

function timings({ decodeMs, encodeMs }: Seen, start: number, encoded: number): Caption['timings'] {
  const now = performance.now();
  return { decodeMs, encodeMs, generateMs: now - encoded, totalMs: now - start };
}
