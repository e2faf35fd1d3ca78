import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** How links are made; a test, or Windows without the right to, has none. */
export type MakeLink = (target: string, link: string) => Promise<void>;

/**
 * The cache that Hugging Face's Python library keeps, shared with it:
 * `models--owner--name/{blobs/ETAG, refs/REVISION, snapshots/COMMIT/FILE → ../../blobs/ETAG}`.
 * https://huggingface.co/docs/huggingface_hub/guides/manage-cache
 */
export class HuggingFaceCache {
  readonly #folder: string;
  readonly #link: MakeLink;

  constructor(folder: string, link: MakeLink = (target, file) => symlink(target, file)) {
    this.#folder = folder;
    this.#link = link;
  }

  repository(id: string): string {
    return path.join(this.#folder, `models--${id.replaceAll('/', '--')}`);
  }

  blob(id: string, etag: string): string {
    return path.join(this.repository(id), 'blobs', etag);
  }

  snapshotFile(id: string, commit: string, name: string): string {
    return path.join(this.repository(id), 'snapshots', commit, name);
  }

  /** A whole snapshot of the model: that of the revision, of main, or of any other revision. */
  async snapshot(id: string, revision: string | null): Promise<string | null> {
    const commits = await this.#commits(id, revision);
    for (const commit of commits) {
      const folder = path.join(this.repository(id), 'snapshots', commit);
      if (await isWhole(folder)) return folder;
    }
    return null;
  }

  /** Ids of all models in the cache that have a whole snapshot. */
  async models(): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const ids = names.flatMap((name) => /^models--(.+?)--(.+)$/u.exec(name)?.slice(1, 3).join('/') ?? []);
    const whole = await Promise.all(ids.map((id) => this.snapshot(id, null)));
    return ids.filter((_, index) => whole[index] !== null);
  }

  /** Whether the snapshot has this file already, put there by us or by Python, with its whole size. */
  async has(id: string, commit: string, file: { readonly name: string; readonly size: number }): Promise<boolean> {
    const found = await stat(this.snapshotFile(id, commit, file.name)).catch(() => null);
    return found?.isFile() === true && found.size === file.size;
  }

  /** The blob becomes a file of the snapshot: a link, or without links the file itself; never two copies. */
  async place(id: string, commit: string, name: string, etag: string): Promise<void> {
    const [blob, file] = [this.blob(id, etag), this.snapshotFile(id, commit, name)];
    await mkdir(path.dirname(file), { recursive: true });
    await rm(file, { force: true });
    try {
      await this.#link(path.relative(path.dirname(file), blob), file);
    } catch {
      await this.#write(id, this.#hashRecord(id, commit, name), etag);
      await rename(blob, file);
    }
  }

  async setRevision(id: string, revision: string, commit: string): Promise<void> {
    if (revision === commit) return;
    await this.#write(id, path.join(this.repository(id), 'refs', ...revision.split('/')), commit);
  }

  /** Bytes on disk, each blob counted once. */
  async size(id: string): Promise<number> {
    const entries = await readdir(this.repository(id), { recursive: true, withFileTypes: true }).catch(() => []);
    const files = entries.filter((entry) => entry.isFile());
    const sizes = await Promise.all(
      files.map(async ({ parentPath, name }) => (await stat(path.join(parentPath, name))).size),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** Takes the model from the disk, with what was begun and not finished. */
  async remove(id: string): Promise<void> {
    await rm(this.repository(id), { recursive: true, force: true });
  }

  /**
   * What a snapshot's file is verified by: the name of the blob that it links to, or what was noted when it was moved.
   * Python notes nothing: null for a file that it moved.
   */
  async hashOf(id: string, commit: string, name: string): Promise<string | null> {
    const target = await readlink(this.snapshotFile(id, commit, name)).catch(() => null);
    const known = target ?? (await readFile(this.#hashRecord(id, commit, name), 'utf8').catch(() => ''));
    return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.exec(path.basename(known))?.[0] ?? null;
  }

  /** A folder beside Python's, into which it does not look. */
  #own(id: string): string {
    return path.join(this.repository(id), '.image-captioner');
  }

  #hashRecord(id: string, commit: string, name: string): string {
    return path.join(this.#own(id), 'hashes', commit, name);
  }

  /** Whole or not there, also where the disk is full. Python reads every file among the refs: none is begun there. */
  async #write(id: string, file: string, text: string): Promise<void> {
    const aside = path.join(this.#own(id), `${randomUUID()}.tmp`);
    for (const folder of [this.#own(id), path.dirname(file)]) await mkdir(folder, { recursive: true });
    try {
      await writeFile(aside, text);
      await rename(aside, file);
    } catch (error) {
      await rm(aside, { force: true });
      throw error;
    }
  }

  async #commits(id: string, revision: string | null): Promise<string[]> {
    if (revision !== null && /^[0-9a-f]{40}$/u.test(revision)) return [revision];
    const refs = path.join(this.repository(id), 'refs');
    const commitOf = async (name: string): Promise<string[]> => {
      const text = await readFile(path.join(refs, name), 'utf8').catch(() => '');
      return /^[0-9a-f]{40}$/u.test(text.trim()) ? [text.trim()] : [];
    };
    if (revision !== null) return commitOf(path.join(...revision.split('/')));
    const entries = await readdir(refs, { recursive: true, withFileTypes: true }).catch(() => []);
    const names = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => path.relative(refs, path.join(parentPath, name)));
    const ordered = [...names.filter((name) => name === 'main'), ...names.filter((name) => name !== 'main').toSorted()];
    return (await Promise.all(ordered.map(commitOf))).flat();
  }
}

/** A config and weights: one file, or an index with all of its shards. */
async function isWhole(folder: string): Promise<boolean> {
  const there = async (name: string): Promise<boolean> =>
    (await stat(path.join(folder, name)).catch(() => null))?.isFile() === true;
  if (!(await there('config.json'))) return false;
  for (const name of ['model.safetensors', 'pytorch_model.bin']) {
    if (await there(name)) return true;
    const text = await readFile(path.join(folder, `${name}.index.json`), 'utf8').catch(() => null);
    if (text === null) continue;
    const shards = [...new Set([...text.matchAll(/"([^"/\\]+\.(?:safetensors|bin))"/gu)].map((match) => match[1]!))];
    if (shards.length > 0 && (await Promise.all(shards.map(there))).every(Boolean)) return true;
  }
  return false;
}
