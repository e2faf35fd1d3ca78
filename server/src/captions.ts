import path from 'node:path';
import { RememberedModelHashes } from './blip/index.ts';
import type {
  AlphaMode,
  Caption,
  GenerationOptions,
  Lane,
  ModelSpec,
  Precision,
  StreamOptions,
  StreamResult,
  TaskEvent,
} from './blip/index.ts';
import type { CaptionCache, CaptionKey } from './captionCache.ts';
import { inferCaptions, joins, withName, type CaptionJob, type Inference } from './captionInference.ts';
import { CaptionQueue, type Priority } from './captionQueue.ts';
import type { ImageFile } from './imageFile.ts';
import { withBannedWords } from './models/bannedWords.ts';
import type { ModelLocation } from './models/modelLocation.ts';

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

/** What the queue does: captions, or a stream that the panel follows. */
type Asked = CaptionJob | ((signal: AbortSignal) => Promise<Caption>);

/** request → cache → queue → caption. */
export class Captions {
  readonly #options: CaptionsOptions;
  readonly #hashes: RememberedModelHashes;
  readonly #queue: CaptionQueue<Asked, Caption>;

  constructor(options: CaptionsOptions) {
    this.#options = options;
    this.#queue = new CaptionQueue({
      work: (asked, lane, signal) => this.#infer(asked, lane, signal),
      joins: together,
    });
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
    const key = await this.#key(request, this.#prepareInference);
    const known = cacheable(request) ? await this.#options.cache.read(key) : undefined;
    if (known !== undefined) return { caption: spared(known, performance.now() - started), cached: true };
    // An unseeded sample is another one each time: it shares nothing.
    const jobKey = isRandom(request.options) ? `${JSON.stringify(key)} ${crypto.randomUUID()}` : JSON.stringify(key);
    const caption = await this.#queue.request(jobKey, priority, this.#job(request), signal);
    // A model's own options may say that it samples.
    if (cacheable(request) && caption.byChance !== true) await this.#options.cache.write(key, caption);
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
    const stream = async (abort: AbortSignal): Promise<Caption> => {
      const result = await this.#options.inference.run(task, listen, abort).catch((error: unknown) => {
        throw withName(error, image.name);
      });
      results.push(result);
      return result.caption;
    };
    await this.#queue.request(`panel ${crypto.randomUUID()}`, 'panel', stream, signal);
    return results[0]!;
  }

  async #infer(
    asked: readonly Asked[],
    lane: Lane,
    signal: AbortSignal,
  ): Promise<readonly PromiseSettledResult<Caption>[]> {
    const [first] = asked;
    if (typeof first === 'function') return Promise.allSettled([first(signal)]);
    return inferCaptions(this.#options.inference, asked.filter(isJob), lane, signal);
  }

  #job({ image, model: location, precision, alpha, options }: CaptionRequest): CaptionJob {
    const model = this.modelSpec(location, precision);
    const onEvent = (event: TaskEvent): void => this.#options.onEvent(event, location);
    // Unseeded samples drawn together would all be drawn alike.
    const group = isRandom(options) ? null : JSON.stringify([model, alpha, options]);
    return { image, model, alpha, options, onEvent, group };
  }

  /** A model that was never hashed has captioned nothing here: no cache will spare its process. */
  readonly #prepareInference = (): void => this.#options.inference.prepare();

  get #graphs(): string {
    return path.join(this.#options.cacheFolder, 'graphs');
  }

  modelSpec(model: ModelLocation, precision: Precision): ModelSpec {
    return { folder: model.folder, precision, cacheFolder: this.#graphs };
  }

  async #key(request: CaptionRequest, onUnknownModel?: () => void): Promise<CaptionKey> {
    const hash = await this.#hashes.hash(request.model.folder, onUnknownModel);
    const { precision, alpha, options } = request;
    return { modelHash: hash, precision, imageHash: request.image.hash, alpha, options };
  }
}

function isJob(asked: Asked): asked is CaptionJob {
  return typeof asked !== 'function';
}

function together(asked: readonly Asked[], other: Asked): boolean {
  return isJob(other) && asked.every(isJob) && joins(asked, other);
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
