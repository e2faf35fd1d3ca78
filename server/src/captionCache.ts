import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LRUCache } from 'lru-cache';
import * as v from 'valibot';
import type { AlphaMode, Caption, GenerationOptions, Precision } from './blip/index.ts';

/** Raised whenever the same model, picture and options may give other words than before. */
const cacheVersion = 1;
/** Captions kept in memory besides the disk. */
const inMemory = 2000;
/** A caption is written aside in milliseconds: what still lies there after an hour its writer was killed over. */
const abandonedMs = 60 * 60 * 1000;

/** Everything that a caption depends on. */
export interface CaptionKey {
  /** SHA-256 over the model's files. */
  readonly modelHash: string;
  readonly precision: Precision;
  /** SHA-256 of the picture's bytes. */
  readonly imageHash: string;
  readonly alpha: AlphaMode;
  readonly options: GenerationOptions;
}

const finite = v.pipe(v.number(), v.finite());
const tokenSchema = v.object({ id: v.pipe(v.number(), v.integer()), text: v.string(), logProb: finite });
const candidateSchema = v.object({ caption: v.string(), confidence: finite, tokens: v.array(tokenSchema) });
const captionSchema = v.object({
  ...candidateSchema.entries,
  confident: v.boolean(),
  photograph: v.boolean(),
  candidates: v.exactOptional(v.array(candidateSchema)),
  precision: v.picklist(['int8', 'fp32']),
  timings: v.object({ decodeMs: finite, encodeMs: finite, generateMs: finite, totalMs: finite }),
});
const fileSchema = v.object({ checksum: v.string(), caption: captionSchema });

/**
 * Captions on disk, right or absent: a file is named by the hash of its key, carries the checksum of its content, and
 * is written aside and renamed. A cache that cannot be written (full disk, read-only home) still reads.
 */
export class CaptionCache {
  readonly #folder: string;
  readonly #log: (message: string) => void;
  readonly #memory = new LRUCache<string, Caption>({ max: inMemory });
  /** Folders in which this process has looked for what killed writers left. */
  readonly #tidied = new Set<string>();
  #warned = false;

  constructor(cacheFolder: string, log: (message: string) => void) {
    this.#folder = path.join(cacheFolder, 'captions');
    this.#log = log;
  }

  async read(key: CaptionKey): Promise<Caption | undefined> {
    const name = fileName(key);
    const known = this.#memory.get(name);
    if (known !== undefined) return known;
    const caption = await this.#readFile(name);
    if (caption !== undefined) this.#memory.set(name, caption);
    return caption;
  }

  async write(key: CaptionKey, caption: Caption): Promise<void> {
    const name = fileName(key);
    this.#memory.set(name, caption);
    const file = this.#path(name);
    const aside = `${file}.${randomUUID()}.tmp`;
    try {
      await mkdir(path.dirname(file), { recursive: true });
      // Through the schema, so that keys stand in the order in which they are read back and summed.
      const stored: Caption = v.parse(captionSchema, caption);
      await writeFile(aside, JSON.stringify({ checksum: checksum(name, stored), caption: stored }));
      await rename(aside, file);
      await this.#tidy(path.dirname(file));
    } catch (error) {
      await rm(aside, { force: true }).catch(() => undefined);
      if (!this.#warned) this.#log(`Captions are not kept: ${(error as Error).message}`);
      this.#warned = true;
    }
  }

  async #readFile(name: string): Promise<Caption | undefined> {
    let text: string;
    try {
      text = await readFile(this.#path(name), 'utf8');
    } catch {
      return undefined; // not there, or not readable: made again
    }
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), fileSchema), text);
    if (!parsed.success) return undefined;
    return parsed.output.checksum === checksum(name, parsed.output.caption) ? parsed.output.caption : undefined;
  }

  /** Removes what killed writers left in a folder; that of one at work is newer. */
  async #tidy(folder: string): Promise<void> {
    if (this.#tidied.has(folder)) return;
    this.#tidied.add(folder);
    for (const name of await readdir(folder)) {
      if (!name.endsWith('.tmp')) continue;
      const file = path.join(folder, name);
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Infinity })); // its writer was done with it
      if (Date.now() - mtimeMs > abandonedMs) await rm(file, { force: true });
    }
  }

  #path(name: string): string {
    return path.join(this.#folder, name.slice(0, 2), `${name}.json`);
  }
}

function fileName(key: CaptionKey): string {
  const options = Object.entries(key.options)
    .filter(([, value]) => value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const parts = [cacheVersion, key.modelHash, key.precision, key.imageHash, key.alpha, options];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Over the file's own name too, so that a file put under another name is not believed. */
function checksum(name: string, caption: Caption): string {
  return createHash('sha256').update(name).update(JSON.stringify(caption)).digest('hex');
}
