/** The models that the inference process keeps: each is loaded once, whoever asks for it meanwhile. */
import type { CaptionGenerator } from './captionGenerator.ts';
import { modelKey, type LoadedModel, type ModelSpec, type TaskEvent } from './inferenceMessages.ts';
import { underOwnSignal, whileOthersWork } from './turns.ts';

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

  /** @throws BlipError ModelUnavailable, ArchitectureUnsupported or CheckpointInvalid; the signal's reason */
  async get(spec: ModelSpec, onEvent: Listener, signal: AbortSignal): Promise<CaptionGenerator> {
    const key = modelKey(spec);
    const known = this.#models.get(key);
    const model = known ?? this.#begin(key, spec);
    if (model.loaded) return model.generator;
    model.waiting.add(onEvent);
    onEvent({ kind: 'loading' });
    const left = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    const made = Promise.race([model.generator, left]);
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

  #begin(key: string, spec: ModelSpec): Model {
    const waiting = new Set<Listener>();
    const tell: Listener = (event) => {
      for (const listener of waiting) listener(event);
    };
    const abort = new AbortController();
    const generator = underOwnSignal(abort.signal, () => load(spec, tell, abort.signal));
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
async function load({ folder, ...spec }: ModelSpec, tell: Listener, signal: AbortSignal): Promise<CaptionGenerator> {
  const { CaptionGenerator } = await import('./captionGenerator.ts');
  const onProgress = ({ fraction, message }: { fraction: number; message: string }): void =>
    tell({ kind: 'converting', fraction, message });
  return CaptionGenerator.load(folder, { ...spec, onProgress }, signal);
}
