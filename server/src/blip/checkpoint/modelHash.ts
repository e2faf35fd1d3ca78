/** A model's identity by its content: what cached captions and converted graphs are kept under. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BlipError } from '../errors.ts';
import { hashFiles } from './checkpointHash.ts';

/** The files that decide what a model says. */
const modelFiles =
  /^(config|generation_config|preprocessor_config|tokenizer|tokenizer_config|special_tokens_map)\.json$|^vocab\.txt$|\.safetensors(\.index\.json)?$|\.bin(\.index\.json)?$/;
/** How sure it must be: captions are judged by it, graphs are not made from it. */
const judgementFile = 'captioner.json';

/**
 * SHA-256 over the model's files.
 *
 * @param of what is kept under the hash: `captions` depend on the model's threshold too.
 * @param cacheFolder where hashes of large files are remembered; null: nowhere.
 * @throws BlipError ModelUnavailable where the folder cannot be read or holds no model.
 */
export async function modelHash(
  folder: string,
  of: 'graphs' | 'captions',
  cacheFolder: string | null,
  signal?: AbortSignal,
): Promise<string> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new BlipError('ModelUnavailable', `The model folder ${folder} cannot be read: ${error.message}.`);
  });
  if (!names.includes('config.json')) {
    throw new BlipError(
      'ModelUnavailable',
      `${folder} is not a model: it has no config.json. Give the folder of a BLIP checkpoint (config.json, weights, tokenizer).`,
    );
  }
  const chosen = names.filter((name) => modelFiles.test(name) || (of === 'captions' && name === judgementFile)).toSorted();
  return hashFiles(
    chosen.map((name) => join(folder, name)),
    cacheFolder,
    signal,
  );
}
