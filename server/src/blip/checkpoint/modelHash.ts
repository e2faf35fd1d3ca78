/** A model's identity by its content: what cached captions and converted graphs are kept under. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BlipError } from '../errors.ts';
import { hashFiles } from './checkpointHash.ts';
import { noModel, regularFile } from './modelFaults.ts';

/** The files that decide what a model says. */
const modelFiles =
  /^(config|generation_config|preprocessor_config|tokenizer|tokenizer_config|special_tokens_map)\.json$|^vocab\.txt$|\.safetensors(\.index\.json)?$|\.bin(\.index\.json)?$/;
/** How sure it must be: captions are judged by it, graphs are not made from it. */
const judgementFile = 'captioner.json';

/** What is kept under a hash: `captions` depend on the model's threshold too. */
type HashedFor = 'graphs' | 'captions';

/**
 * SHA-256 over the model's files.
 *
 * @param cacheFolder where hashes of large files are remembered; null: nowhere.
 * @throws BlipError ModelUnavailable where the folder cannot be read or holds no model.
 */
export async function modelHash(
  folder: string,
  of: HashedFor,
  cacheFolder: string | null,
  signal?: AbortSignal,
): Promise<string> {
  return hashFiles(await filesOf(folder, of), cacheFolder, signal);
}

/** The hashes of models asked for again and again: read anew only where a file's size or times have changed. */
export class RememberedModelHashes {
  readonly #of: HashedFor;
  readonly #cacheFolder: string | null;
  readonly #known = new Map<string, { readonly stamp: string; readonly hash: Promise<string> }>();

  constructor(of: HashedFor, cacheFolder: string | null) {
    this.#of = of;
    this.#cacheFolder = cacheFolder;
  }

  /**
   * @param onUnknown told where a large file was not hashed before: it will take a while
   * @throws BlipError ModelUnavailable, as modelHash does.
   */
  async hash(folder: string, onUnknown?: () => void): Promise<string> {
    const paths = await filesOf(folder, this.#of);
    const stats = await Promise.all(paths.map((path) => stat(path, { bigint: true })));
    const stamp = stats
      .map(({ size, mtimeNs, ctimeNs, ino }, index) => [paths[index], size, mtimeNs, ctimeNs, ino].join())
      .join('\n');
    const known = this.#known.get(folder);
    if (known?.stamp === stamp) return known.hash;
    const hash = hashFiles(paths, this.#cacheFolder, undefined, onUnknown);
    this.#known.set(folder, { stamp, hash });
    hash.catch(() => this.#known.delete(folder));
    return hash;
  }
}

async function filesOf(folder: string, of: HashedFor): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new BlipError('ModelUnavailable', `The model folder ${folder} cannot be read: ${error.message}.`);
  });
  if (!names.includes('config.json')) throw noModel(folder, names);
  const chosen = names.filter((name) => modelFiles.test(name) || (of === 'captions' && name === judgementFile));
  const paths = chosen.toSorted().map((name) => join(folder, name));
  for (const path of paths) await regularFile(path);
  return paths;
}
