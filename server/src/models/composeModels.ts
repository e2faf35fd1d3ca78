import type { Installation } from '../installation.ts';
import { ModelDownloader } from './download.ts';
import { HuggingFaceCache } from './huggingFaceCache.ts';
import { hubSettings, type HubOverrides } from './hubSettings.ts';
import { ModelRegistry } from './registry.ts';

export interface Models {
  readonly registry: ModelRegistry;
  readonly downloader: ModelDownloader;
  readonly cache: HuggingFaceCache;
}

/** The parts that know of models, over the same Hugging Face cache. */
export function composeModels(installation: Installation, env: NodeJS.ProcessEnv, cwd: string, overrides: HubOverrides): Models {
  const settings = hubSettings(env, overrides);
  const cache = new HuggingFaceCache(settings.cacheFolder);
  const registry = new ModelRegistry({ builtInModel: installation.builtInModel, hubCache: cache, cwd });
  return { registry, cache, downloader: new ModelDownloader(settings, cache) };
}
