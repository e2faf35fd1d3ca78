import type { Caption, Precision } from './caption.ts';
import type { StreamOptions } from './captionGenerator.ts';
import type { GenerationStep } from './captionStream.ts';
import type { BlipErrorCode } from './errors.ts';
import type { GenerationOptions } from './generationOptions.ts';
import type { ModelShapes } from './modelShapes.ts';
import type { AlphaMode } from './pixelTensor.ts';

/** Which model, how exact, and where its converted graphs are kept. */
export interface ModelSpec {
  readonly folder: string;
  readonly precision: Precision;
  /** Null: nothing is kept on disk. */
  readonly cacheFolder: string | null;
}

/** A picture as it travels to the inference process: its bytes as they lie on disk, and a name for its embeds. */
export interface EncodedImage {
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes: the key of the cached image embeds. */
  readonly key: string;
  readonly alpha: AlphaMode;
}

/** Background work stands still between two runs of a graph while urgent work is there. */
export type Lane = 'urgent' | 'background';

/** What the inference process is asked to do; one urgent and one background task at a time. */
export type InferenceTask = TaskKind & {
  /** Urgent when not given. */
  readonly lane?: Lane;
};

/** A thumbnail needs no model. */
type TaskKind =
  | { readonly kind: 'thumbnail'; readonly image: EncodedImage; readonly side: number }
  | { readonly kind: 'load'; readonly model: ModelSpec }
  | {
      readonly kind: 'caption';
      readonly model: ModelSpec;
      readonly image: EncodedImage;
      readonly options: GenerationOptions;
    }
  /** Several pictures together, each with what `caption` would give or why it cannot; not tried again after a crash. */
  | {
      readonly kind: 'captions';
      readonly model: ModelSpec;
      /** As they lie on disk. */
      readonly pictures: readonly Uint8Array[];
      readonly alpha: AlphaMode;
      readonly options: GenerationOptions;
    }
  /** As `caption`, and each step is told as an event while it runs. */
  | {
      readonly kind: 'stream';
      readonly model: ModelSpec;
      readonly image: EncodedImage;
      readonly options: Omit<StreamOptions, 'alpha' | 'imageKey'>;
    }
  | { readonly kind: 'ask'; readonly model: ModelSpec; readonly image: EncodedImage; readonly question: string }
  | { readonly kind: 'score'; readonly model: ModelSpec; readonly image: EncodedImage; readonly text: string };

/** The model as the inference process loaded it. */
export interface LoadedModel {
  readonly architecture: string;
  readonly precision: Precision;
  /** What the self-check decided, in a sentence; null where nothing was checked. */
  readonly verdict: string | null;
}

export interface AnswerResult {
  readonly answer: string;
  readonly confidence: number;
}

/** How well a text fits a picture; which figures there are depends on the model's architecture. */
export interface ScoreResult {
  /** Image–text matching head: probability that they belong together. */
  readonly matchProbability?: number;
  /** Contrastive: cosine of the two embeddings. */
  readonly cosine?: number;
  /** Captioning model: mean log-probability of the text's tokens, end included. */
  readonly meanLogProb?: number;
}

export interface StreamResult {
  readonly caption: Caption;
  readonly shapes: ModelShapes;
}

/** One picture of several. */
export type PictureResult =
  | { readonly ok: true; readonly caption: Caption }
  | { readonly ok: false; readonly code: BlipErrorCode; readonly message: string };

export interface TaskResults {
  /** A PNG of at most `side` pixels a side. */
  readonly thumbnail: Uint8Array;
  readonly load: LoadedModel;
  readonly caption: Caption;
  readonly captions: readonly PictureResult[];
  readonly stream: StreamResult;
  readonly ask: AnswerResult;
  readonly score: ScoreResult;
}
export type TaskResult<T extends InferenceTask> = TaskResults[T['kind']];

/** News of a task while it runs. */
export type TaskEvent =
  | { readonly kind: 'loading' }
  | { readonly kind: 'converting'; readonly fraction: number; readonly message: string }
  | { readonly kind: 'loaded'; readonly model: LoadedModel }
  | { readonly kind: 'step'; readonly step: Exclude<GenerationStep, { kind: 'caption' }> };

export type ToProcess =
  /** An urgent task follows: a picture of megabytes would otherwise arrive in pieces, between background runs. */
  | { readonly type: 'announce'; readonly id: number }
  | { readonly type: 'start'; readonly id: number; readonly task: InferenceTask }
  | { readonly type: 'cancel'; readonly id: number };

export type FromProcess =
  | { readonly type: 'event'; readonly id: number; readonly event: TaskEvent }
  | (Ended & { readonly type: 'done'; readonly result: unknown; readonly residentBytes: number })
  | (Ended & { readonly type: 'failed'; readonly code: BlipErrorCode; readonly message: string });

interface Ended {
  readonly id: number;
  /** A decoder that cannot be stopped keeps a core busy, or a thread is gone: the process should be ended. */
  readonly stuck: boolean;
}

/** What tells loaded models apart. */
export function modelKey({ folder, precision }: ModelSpec): string {
  return `${folder}\0${precision}`;
}
