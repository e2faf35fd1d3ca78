import * as l10n from '@vscode/l10n';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { BlipError } from '../blip/errors.ts';
import type { HuggingFaceCache } from './huggingFaceCache.ts';
import { isHubId } from './hubRepository.ts';
import type { ModelLocation } from './modelLocation.ts';

export const builtInId = 'built-in';

/** The world of the registry. */
export interface RegistryOptions {
  readonly builtInModel: string;
  readonly hubCache: HuggingFaceCache;
  /** Relative folders are looked up here. */
  readonly cwd: string;
}

/** Finds models on this machine by what people call them: nothing or `built-in`, a folder, a hub id. */
export class ModelRegistry {
  readonly #options: RegistryOptions;

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /** @throws BlipError ModelUnavailable: where it was looked for and what to do */
  async find(name: string | null, revision: string | null = null): Promise<ModelLocation> {
    if (name === null || name === builtInId) return this.builtIn;
    const folder = path.resolve(this.#options.cwd, name);
    const found = await stat(folder).catch(() => null);
    if (found?.isDirectory() === true) return { id: name, source: 'folder', folder };
    const snapshot = isHubId(name) ? await this.#options.hubCache.snapshot(name, revision) : null;
    if (snapshot !== null) return { id: name, source: 'hub', folder: snapshot };
    throw new BlipError('ModelUnavailable', this.#notHere(name));
  }

  /** The built-in model and all of the hub's that are here. */
  async list(): Promise<ModelLocation[]> {
    const ids = await this.#options.hubCache.models();
    const ofHub = await Promise.all(ids.map((id) => this.find(id)));
    return [this.builtIn, ...ofHub];
  }

  get builtIn(): ModelLocation {
    return { id: builtInId, source: 'built-in', folder: this.#options.builtInModel };
  }

  #notHere(name: string): string {
    return isHubId(name)
      ? l10n.t(
          'The model {0} is not on this machine. Download it first: image-captioner models download {0} in the terminal, or the command "Image Captioner: Download Model…" in the editor.',
          name,
        )
      : l10n.t(
          'There is no model "{0}": no such folder. Give a folder with config.json and weights, a model of the hub (owner/name), or leave it out for the built-in model.',
          name,
        );
  }
}
