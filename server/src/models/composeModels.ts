import type { Installation } from '../installation.ts';
import { HuggingFaceCache } from './huggingFaceCache.ts';
import { hubCacheFolder } from './hubSettings.ts';
import { ModelRegistry } from './registry.ts';

export interface Models {
  readonly registry: ModelRegistry;
  readonly cache: HuggingFaceCache;
}

/** The parts that find models on this machine; a download needs the hub's settings besides. */
export function composeModels(installation: Installation, env: NodeJS.ProcessEnv, cwd: string): Models {
  const cache = new HuggingFaceCache(hubCacheFolder(env));
  return { cache, registry: new ModelRegistry({ builtInModel: installation.builtInModel, hubCache: cache, cwd }) };
}
