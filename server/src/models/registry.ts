import { stat } from 'node:fs/promises';
import path from 'node:path';
import { BlipError } from '../blip/index.ts';
import type { ModelLocation } from './modelLocation.ts';

export const builtInId = 'built-in';

/** The world of the registry. */
export interface RegistryOptions {
  readonly builtInModel: string;
  /** Relative folders are looked up here. */
  readonly cwd: string;
}

/** Finds models by what people call them: nothing or `built-in`, a folder, a hub id. */
export class ModelRegistry {
  readonly #options: RegistryOptions;

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /** @throws BlipError ModelUnavailable: where it was looked for and what to do */
  async find(name: string | null): Promise<ModelLocation> {
    if (name === null || name === builtInId) return this.builtIn;
    const folder = path.resolve(this.#options.cwd, name);
    const found = await stat(folder).catch(() => null);
    if (found?.isDirectory() === true) return { id: name, source: 'folder', folder };
    throw new BlipError(
      'ModelUnavailable',
      `There is no model "${name}": no such folder. Give a folder with config.json and weights, or leave it out for the built-in model.`,
    );
  }

  get builtIn(): ModelLocation {
    return { id: builtInId, source: 'built-in', folder: this.#options.builtInModel };
  }
}
