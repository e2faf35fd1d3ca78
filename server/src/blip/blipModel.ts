/** A model's parts, loaded: its config, its tokenizer, and a session for each graph, made when it is first needed. */
import { basename, join } from 'node:path';
import * as v from 'valibot';
import type { Precision } from './caption.ts';
import { openCheckpoint, type Checkpoint } from './checkpoint/checkpoint.ts';
import { modelHash } from './checkpoint/modelHash.ts';
import { readJson } from './checkpoint/jsonFile.ts';
import { correctIt, invalidCheckpoint } from './checkpoint/modelFaults.ts';
import { readModelConfig, type Architecture, type ModelConfig } from './checkpoint/modelConfig.ts';
import { elements } from './checkpoint/tensorFile.ts';
import { GenerationConfigJson, resolveOptions } from './generation/options.ts';
import type { Sessions } from './graph/checkGraphs.ts';
import type { ConversionProgress } from './graph/convert.ts';
import { converterVersion, graphFolder, type Conversion, type GraphFolder } from './graph/graphCache.ts';
import { createSession, keepsMemory, loadRuntime, type InferenceSession } from './onnxSession.ts';
import { seeAhead, type Ahead, type FirstPicture } from './pictureReader.ts';
import { loadTokenizer, type Tokenizer } from './tokenizer.ts';
import { visionParts } from './visionParts.ts';
import type { VisionGraphs, VisionShape } from './visionMessages.ts';
import { VisionThread } from './visionThread.ts';

export interface LoadOptions {
  readonly precision?: Precision;
  /** Where converted graphs are kept; null: in a temporary folder, until the model is closed. */
  readonly cacheFolder: string | null;
  /** Of each session; as many as the machine has physical cores when not given. */
  readonly threads?: number;
  /** What will be asked about first: it is seen while the text's session is made. */
  readonly firstPicture?: FirstPicture | undefined;
  readonly onProgress?: (progress: ConversionProgress) => void;
}

export interface ModelInfo {
  /** The name of its folder. */
  readonly name: string;
  readonly architecture: Architecture;
  readonly precision: Precision;
  /** What the self-check decided, in a sentence; null where nothing was checked. */
  readonly verdict: string | null;
  /** SHA-256 over everything a caption depends on: weights, config, tokenizer, generation defaults. */
  readonly hash: string;
  readonly parameters: number;
  /** Side of the pictures it sees, in pixels. */
  readonly imageSize: number;
  /** Patches a side: cross-attention is over 1 + patchesPerSide² positions, the class first. */
  readonly patchesPerSide: number;
  /** Captions below it are not shown as facts; null where the model has none. */
  readonly confidenceThreshold: number | null;
  /** What it says of any photograph; null where it does not. */
  readonly photographCaption: string | null;
}

/** What captioner.json adds to a model of ours. */
const CaptionerJson = v.object({
  confidenceThreshold: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  photographCaption: v.optional(v.string()),
});

/** The graphs that run on this thread. */
export type GraphName = 'text' | 'text-attention' | 'question' | 'match' | 'feature';

export class BlipModel {
  readonly info: ModelInfo;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly generationDefaults: GenerationConfigJson;
  /** Where the vision part runs. */
  readonly vision: VisionThread;
  /** Settled when its sessions are made. */
  readonly visionShape: Promise<VisionShape>;
  readonly ahead: Ahead | null;
  readonly #graphs: GraphFolder;
  readonly #threads: number | null;
  readonly #sessions: Map<GraphName, Promise<InferenceSession>>;

  private constructor(
    info: ModelInfo,
    config: ModelConfig,
    tokenizer: Tokenizer,
    generationDefaults: GenerationConfigJson,
    vision: VisionThread,
    visionShape: Promise<VisionShape>,
    ahead: Ahead | null,
    graphs: GraphFolder,
    threads: number | null,
    text: InferenceSession | null,
  ) {
    this.info = info;
    this.config = config;
    this.tokenizer = tokenizer;
    this.generationDefaults = generationDefaults;
    this.vision = vision;
    this.visionShape = visionShape;
    this.ahead = ahead;
    this.#graphs = graphs;
    this.#threads = threads;
    this.#sessions = new Map(text === null ? [] : [['text', Promise.resolve(text)]]);
  }

  /**
   * Loads a model from a folder in Hugging Face's layout, converting it first where that has not been done.
   *
   * @throws BlipError ModelUnavailable, ArchitectureUnsupported or CheckpointInvalid.
   */
  static async load(folder: string, options: LoadOptions, signal?: AbortSignal): Promise<BlipModel> {
    const vision = new VisionThread();
    try {
      return await BlipModel.#load(folder, options, vision, signal);
    } catch (error) {
      await vision.close();
      throw error;
    }
  }

  static async #load(
    folder: string,
    options: LoadOptions,
    vision: VisionThread,
    signal?: AbortSignal,
  ): Promise<BlipModel> {
    const config = await readModelConfig(folder);
    const captioner = (await readJson(join(folder, 'captioner.json'), CaptionerJson)) ?? {};
    const generationDefaults = await readGenerationDefaults(folder, config);
    const checkpoint = await openCheckpoint(folder, config);
    try {
      const hash = await modelHash(folder, 'graphs', options.cacheFolder, signal);
      const { env } = await loadRuntime();
      const threads = options.threads ?? null;
      const wanted = options.precision ?? 'int8';
      const name = `${hash.slice(0, 24)}-${wanted}-${converterVersion}-${env.versions.common}`;
      const parameters = countParameters(checkpoint);
      let checked: Sessions = new Map();
      let tokenizer: Tokenizer | undefined;
      const fill = async (path: string): Promise<Conversion> => {
        tokenizer = await loadTokenizer(folder); // before minutes are spent on a model that has none
        // Needed once for a model: its start is quicker without.
        const { convertModel } = await import('./graph/convertModel.ts');
        const model = { precision: wanted, parameters };
        const { conversion, sessions } = await convertModel(
          config,
          checkpoint,
          model,
          path,
          options.onProgress,
          signal,
        );
        checked = sessions;
        return conversion;
      };
      const waiting = 'waiting for another process, which converts this model';
      const onWait = (): void => options.onProgress?.({ fraction: 0, message: waiting });
      const graphs = await graphFolder(options.cacheFolder, name, fill, { onWait, signal });
      // The other thread makes its sessions from here on; what fails is told to whoever asks for the shape.
      const visionShape = vision.call('open', undefined, visionGraphs(config, checkpoint, graphs, threads));
      visionShape.catch(() => {});
      const { firstPicture } = options;
      const ahead = firstPicture === undefined ? null : seeAhead(vision, firstPicture);
      tokenizer ??= await loadTokenizer(folder);
      const info: ModelInfo = {
        name: basename(folder),
        architecture: checkpoint.architecture,
        precision: graphs.precision,
        verdict: graphs.verdict,
        hash,
        parameters,
        imageSize: config.vision.imageSize,
        patchesPerSide: config.vision.imageSize / config.vision.patchSize,
        confidenceThreshold: captioner.confidenceThreshold ?? null,
        photographCaption: captioner.photographCaption ?? null,
      };
      const kept = await taken(checked, threads);
      return new BlipModel(
        info,
        config,
        tokenizer,
        generationDefaults,
        vision,
        visionShape,
        ahead,
        graphs,
        threads,
        kept,
      );
    } finally {
      await checkpoint.close();
    }
  }

  /** Whether several pictures may be seen or written about in one run. */
  get batches(): boolean {
    return this.#graphs.batches;
  }

  session(name: GraphName): Promise<InferenceSession> {
    const known = this.#sessions.get(name);
    if (known !== undefined) return known;
    const parts = visionParts(this.config, this.info.precision).length;
    const options = { threads: this.#threads, keepsMemory: keepsMemory(parts) };
    const session = createSession(join(this.#graphs.path, `${name}.onnx`), options);
    this.#sessions.set(name, session);
    session.catch(() => this.#sessions.delete(name));
    return session;
  }

  /** Releases the sessions. ONNX Runtime keeps some of their memory: a process that loads many models is better ended. */
  async close(): Promise<void> {
    await this.vision.close();
    const sessions = await Promise.allSettled(this.#sessions.values());
    this.#sessions.clear();
    for (const session of sessions) if (session.status === 'fulfilled') await session.value.release();
    this.#graphs.dispose();
  }
}

function visionGraphs(
  config: ModelConfig,
  { architecture }: Checkpoint,
  { path, precision }: GraphFolder,
  threads: number | null,
): VisionGraphs {
  return {
    paths: visionParts(config, precision).map(({ name }) => join(path, `${name}.onnx`)),
    threads,
    imageSize: config.vision.imageSize,
    projectionSize: architecture === 'BlipForImageTextRetrieval' ? config.projectionSize : null,
  };
}

/** Of the sessions that a check leaves, that of the text graph, where it has the threads that are wanted; others end. */
async function taken(sessions: Sessions, threads: number | null): Promise<InferenceSession | null> {
  const text = threads === null ? (sessions.get('text') ?? null) : null; // they have as many as there are cores
  for (const session of sessions.values()) if (session !== text) await session.release();
  return text;
}

/** @throws BlipError CheckpointInvalid where the model's own options are outside their range. */
async function readGenerationDefaults(folder: string, { text }: ModelConfig): Promise<GenerationConfigJson> {
  const defaults = (await readJson(join(folder, 'generation_config.json'), GenerationConfigJson)) ?? {};
  try {
    resolveOptions({}, defaults, { positions: text.positions, promptTokens: 1 });
  } catch (error) {
    throw invalidCheckpoint(`generation_config.json of the model in ${folder}: ${(error as Error).message}`, correctIt);
  }
  return defaults;
}

/** Tensors stored twice (the tied output layer) count once. */
function countParameters(checkpoint: Checkpoint): number {
  const tied = 'text_decoder.cls.predictions.decoder.';
  return [...checkpoint.tensors]
    .filter(([name]) => !name.startsWith(tied))
    .reduce((sum, [, { shape }]) => sum + elements(shape), 0);
}
