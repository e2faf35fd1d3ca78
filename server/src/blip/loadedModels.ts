/** The models that the inference process keeps: each is loaded once, whoever asks for it meanwhile. */
import type { CaptionGenerator } from './captionGenerator.ts';
import { modelKey, type LoadedModel, type ModelSpec, type TaskEvent } from './inferenceMessages.ts';
import type { FirstPicture } from './pictureReader.ts';
import { underOwnSignal, whileOthersWork } from './turns.ts';
import { untilAborted } from './untilAborted.ts';

type Listener = (event: TaskEvent) => void;

interface Model {
  readonly generator: Promise<CaptionGenerator>;
  /** Tasks that wait for it. The loading belongs to all of them: it ends early when the last one leaves. */
  readonly waiting: Set<Listener>;
  readonly abort: AbortController;
  loaded: boolean;
}

export class LoadedModels {
  readonly #models = new Map<string, Model>();

  /**
   * @param first the picture that is asked about, for a model that must be loaded
   * @throws BlipError ModelUnavailable, ArchitectureUnsupported or CheckpointInvalid; the signal's reason
   */
  async get(
    spec: ModelSpec,
    first: FirstPicture | undefined,
    onEvent: Listener,
    signal: AbortSignal,
  ): Promise<CaptionGenerator> {
    const key = modelKey(spec);
    const known = this.#models.get(key);
    const model = known ?? this.#begin(key, spec, first);
    if (model.loaded) return model.generator;
    model.waiting.add(onEvent);
    onEvent({ kind: 'loading' });
    const made = untilAborted(model.generator, signal);
    try {
      return await (known === undefined ? made : whileOthersWork(made));
    } finally {
      model.waiting.delete(onEvent);
      if (model.waiting.size === 0 && !model.loaded) {
        model.abort.abort();
        this.#forget(key, model);
      }
    }
  }

  #begin(key: string, spec: ModelSpec, first: FirstPicture | undefined): Model {
    const waiting = new Set<Listener>();
    const tell: Listener = (event) => {
      for (const listener of waiting) listener(event);
    };
    const abort = new AbortController();
    const generator = underOwnSignal(abort.signal, () => load(spec, first, tell, abort.signal));
    const model: Model = { generator, waiting, abort, loaded: false };
    this.#models.set(key, model);
    generator.then(
      (made) => {
        model.loaded = true;
        tell({ kind: 'loaded', model: loadedModel(made) });
      },
      () => this.#forget(key, model),
    );
    return model;
  }

  #forget(key: string, model: Model): void {
    if (this.#models.get(key) === model) this.#models.delete(key);
  }
}

export function loadedModel({ model }: CaptionGenerator): LoadedModel {
  return { architecture: model.architecture, precision: model.precision, verdict: model.verdict };
}

/** The native runtime is loaded with the first model: a thumbnail needs none. */
async function load(
  { folder, ...spec }: ModelSpec,
  firstPicture: FirstPicture | undefined,
  tell: Listener,
  signal: AbortSignal,
): Promise<CaptionGenerator> {
  const { CaptionGenerator } = await import('./captionGenerator.ts');
  const onProgress = ({ fraction, message }: { fraction: number; message: string }): void =>
    tell({ kind: 'converting', fraction, message });
  return CaptionGenerator.load(folder, { ...spec, firstPicture, onProgress }, signal);
}
