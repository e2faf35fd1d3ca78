import path from 'node:path';
import { BlipError, RememberedModelHashes } from './blip/index.ts';
import type {
  AlphaMode,
  Caption,
  GenerationOptions,
  InferenceTask,
  Lane,
  ModelSpec,
  Precision,
  StreamOptions,
  StreamResult,
  TaskEvent,
  TaskResult,
} from './blip/index.ts';
import type { CaptionCache, CaptionKey } from './captionCache.ts';
import { CaptionQueue, type Priority } from './captionQueue.ts';
import type { ImageFile } from './imageFile.ts';
import { withBannedWords } from './models/bannedWords.ts';
import type { ModelLocation } from './models/modelLocation.ts';

/** What runs tensors: the inference client, or a stand-in of the same shape. */
export interface Inference {
  run<T extends InferenceTask>(
    task: T,
    onEvent: (event: TaskEvent) => void,
    signal: AbortSignal,
  ): Promise<TaskResult<T>>;
}

export interface CaptionRequest {
  readonly image: ImageFile;
  readonly model: ModelLocation;
  readonly precision: Precision;
  readonly alpha: AlphaMode;
  readonly options: GenerationOptions;
  /** False: neither read from nor written to disk. */
  readonly useCache: boolean;
}

export interface CaptionResult {
  readonly caption: Caption;
  readonly cached: boolean;
}

/** The world of the captions. */
export interface CaptionsOptions {
  readonly inference: Inference;
  readonly cache: CaptionCache;
  readonly cacheFolder: string;
  readonly onEvent: (event: TaskEvent, model: ModelLocation) => void;
}

/** request → cache → queue → caption. */
export class Captions {
  readonly #options: CaptionsOptions;
  readonly #hashes: RememberedModelHashes;
  readonly #queue = new CaptionQueue<Caption>();

  constructor(options: CaptionsOptions) {
    this.#options = options;
    this.#hashes = new RememberedModelHashes('captions', this.#graphs);
  }

  /** Requests that run or wait. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** The caption that is there already, without asking the model. */
  async cached(asked: CaptionRequest): Promise<Caption | undefined> {
    const request = completed(asked);
    if (!cacheable(request)) return undefined;
    return this.#options.cache.read(await this.#key(request));
  }

  /**
   * @throws BlipError with the picture's name in front where the picture is at fault; Superseded for a hover whose
   * place a newer one took
   */
  async caption(asked: CaptionRequest, priority: Priority, signal: AbortSignal): Promise<CaptionResult> {
    const request = completed(asked);
    const started = performance.now();
    const key = await this.#key(request);
    const known = cacheable(request) ? await this.#options.cache.read(key) : undefined;
    if (known !== undefined) return { caption: spared(known, performance.now() - started), cached: true };
    // An unseeded sample is another one each time: it shares nothing.
    const jobKey = isRandom(request.options) ? `${JSON.stringify(key)} ${crypto.randomUUID()}` : JSON.stringify(key);
    const caption = await this.#queue.request(
      jobKey,
      priority,
      (lane, abort) => this.#infer(request, lane, abort),
      signal,
    );
    if (cacheable(request)) await this.#options.cache.write(key, caption);
    return { caption, cached: false };
  }

  /** Captions step by step, past the cache; two equal runs are two runs. Cancelled and queued as a caption is. */
  async stream(
    asked: CaptionRequest,
    more: Pick<StreamOptions, 'crossAttention' | 'prefixIds'>,
    onEvent: (event: TaskEvent) => void,
    signal: AbortSignal,
  ): Promise<StreamResult> {
    const { image, model, precision, alpha, options } = completed(asked);
    const task = {
      kind: 'stream',
      model: this.modelSpec(model, precision),
      image: { bytes: image.bytes, key: image.hash, alpha },
      options: { ...options, ...more, rereadBest: true },
    } as const;
    const listen = (event: TaskEvent): void => {
      this.#options.onEvent(event, model);
      onEvent(event);
    };
    const results: StreamResult[] = [];
    const work = async (_: Lane, abort: AbortSignal): Promise<Caption> => {
      const result = await this.#options.inference.run(task, listen, abort).catch((error: unknown) => {
        throw withName(error, image.name);
      });
      results.push(result);
      return result.caption;
    };
    await this.#queue.request(`panel ${crypto.randomUUID()}`, 'panel', work, signal);
    return results[0]!;
  }

  async #infer(request: CaptionRequest, lane: Lane, signal: AbortSignal): Promise<Caption> {
    const { image, model, alpha, options } = request;
    const task = {
      kind: 'caption',
      model: this.modelSpec(model, request.precision),
      image: { bytes: image.bytes, key: image.hash, alpha },
      options,
      lane,
    } as const;
    return this.#options.inference
      .run(task, (event) => this.#options.onEvent(event, model), signal)
      .catch((error: unknown) => {
        throw withName(error, image.name);
      });
  }

  get #graphs(): string {
    return path.join(this.#options.cacheFolder, 'graphs');
  }

  modelSpec(model: ModelLocation, precision: Precision): ModelSpec {
    return { folder: model.folder, precision, cacheFolder: this.#graphs };
  }

  async #key(request: CaptionRequest): Promise<CaptionKey> {
    const hash = await this.#hashes.hash(request.model.folder);
    const { precision, alpha, options } = request;
    return { modelHash: hash, precision, imageHash: request.image.hash, alpha, options };
  }
}

/** The model's own bans belong to the request: what is cached under it was made with them. */
function completed(request: CaptionRequest): CaptionRequest {
  return { ...request, options: withBannedWords(request.options, request.model) };
}

function isRandom({ doSample, seed }: GenerationOptions): boolean {
  return doSample === true && seed === undefined;
}

function cacheable({ useCache, options }: CaptionRequest): boolean {
  return useCache && !isRandom(options);
}

function spared(caption: Caption, totalMs: number): Caption {
  return { ...caption, timings: { decodeMs: 0, encodeMs: 0, generateMs: 0, totalMs } };
}

function withName(error: unknown, name: string): unknown {
  const ofPicture = error instanceof BlipError && (error.code === 'ImageUnreadable' || error.code === 'ImageTooLarge');
  return ofPicture ? new BlipError(error.code, `${name}: ${error.message}`) : error;
}
