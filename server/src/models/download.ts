import { mkdir, statfs } from 'node:fs/promises';
import path from 'node:path';
import lockfile from 'proper-lockfile';
import { BlipError } from '../blip/errors.ts';
import { diskFault } from './diskFault.ts';
import { downloadFile } from './downloadFile.ts';
import { HuggingFaceCache } from './huggingFaceCache.ts';
import { fileHash, hubModel, type HubModel } from './hubRepository.ts';
import { pause, type HubNetwork } from './hubRequest.ts';
import type { HubSettings } from './hubSettings.ts';

export interface DownloadProgress {
  readonly bytes: number;
  readonly total: number;
  readonly bytesPerSecond: number;
  /** Null before the speed is known. */
  readonly secondsLeft: number | null;
  readonly file: string;
}

export interface DownloadOptions {
  readonly onProgress: (progress: DownloadProgress) => void;
  readonly onMessage: (message: string) => void;
}

/** Patience with the hub: a minute of silence is a fault; five more tries, half a minute in all. */
const stallMs = 60_000;
const waits = [1000, 2000, 4000, 8000, 16_000];
/** A lock whose holder has not touched it for so long belongs to a process that is gone, milliseconds. */
const lockStale = 15_000;
/** How often a waiting process looks whether the other one is done. */
const lockPollMs = 1000;

/** Models from the hub, asked about and downloaded only on the user's word. */
export class ModelDownloader {
  readonly #settings: HubSettings;
  readonly #cache: HuggingFaceCache;
  readonly #network: HubNetwork;

  constructor(
    settings: HubSettings,
    cache = new HuggingFaceCache(settings.cacheFolder),
    patience: Partial<Pick<HubNetwork, 'stallMs' | 'waits'>> = {},
  ) {
    this.#settings = settings;
    this.#cache = cache;
    this.#network = { endpoint: settings.endpoint, token: settings.token, stallMs, waits, ...patience };
  }

  /** The hub's address. */
  get endpoint(): string {
    return this.#settings.endpoint;
  }

  /** What a download would bring: size, licence, files. @throws BlipError ModelUnavailable */
  async describe(id: string, revision: string | null, signal: AbortSignal): Promise<HubModel> {
    this.#mayAsk(id);
    if (revision !== null && (!/^\w[\w./-]*$/u.test(revision) || revision.includes('..')))
      throw new BlipError('ModelUnavailable', `"${revision}" is no revision: give a branch, a tag or a commit.`);
    return hubModel(this.#network, id, revision, signal);
  }

  /** The hash that the hub gives a file, for one of which nothing on this machine tells. @throws BlipError ModelUnavailable */
  async hashOf(id: string, commit: string, name: string, signal: AbortSignal): Promise<string> {
    this.#mayAsk(id);
    return fileHash({ ...this.#network, waits: [] }, id, commit, name, signal);
  }

  #mayAsk(id: string): void {
    const { endpoint, offline } = this.#settings;
    if (offline) {
      throw new BlipError(
        'ModelUnavailable',
        `The hub was not asked about ${id}: downloads are off (HF_HUB_OFFLINE or the setting imageCaptioner.offline).`,
      );
    }
    if (URL.canParse(endpoint) && /^https?:$/u.test(new URL(endpoint).protocol)) return;
    throw new BlipError(
      'ModelUnavailable',
      `"${endpoint}" is no address of a hub: give one that begins with https:// (HF_ENDPOINT or the setting imageCaptioner.hub.endpoint).`,
    );
  }

  /** Bytes of a model that are not here yet. */
  async missingBytes({ id, commit, files }: HubModel): Promise<number> {
    const missing = await Promise.all(
      files.map(async (file) => ((await this.#cache.has(id, commit, file)) ? 0 : file.size)),
    );
    return missing.reduce((sum, size) => sum + size, 0);
  }

  /**
   * Downloads what is missing. Of several processes that want one model one downloads and the others wait for it; a lock
   * left by a killed one is taken over.
   * @returns the snapshot's folder
   */
  async download(model: HubModel, options: DownloadOptions, signal: AbortSignal): Promise<string> {
    const { id, commit, revision } = model;
    try {
      const release = await this.#lock(id, options, signal);
      try {
        await this.#checkRoom(model);
        await this.#fetchMissing(model, options, signal);
        await this.#cache.setRevision(id, revision, commit);
      } finally {
        await release();
      }
    } catch (error) {
      throw diskFault(error, this.#cache.repository(id));
    }
    return path.dirname(this.#cache.snapshotFile(id, commit, 'config.json'));
  }

  async #fetchMissing(
    { id, commit, files, bytes: total }: HubModel,
    options: DownloadOptions,
    signal: AbortSignal,
  ): Promise<void> {
    const speed = new SpeedMeter();
    let before = 0;
    for (const file of files) {
      const onBytes = (there: number): void => {
        const bytes = before + there;
        options.onProgress({ bytes, total, file: file.name, ...speed.measure(bytes, total) });
      };
      if (!(await this.#cache.has(id, commit, file))) {
        await downloadFile(
          this.#network,
          this.#cache,
          { id, commit, file },
          { onBytes, onMessage: options.onMessage },
          signal,
        );
      }
      before += file.size;
    }
  }

  async #lock(id: string, { onMessage }: DownloadOptions, signal: AbortSignal): Promise<() => Promise<void>> {
    const folder = this.#cache.repository(id);
    await mkdir(folder, { recursive: true });
    for (let told = false; ;) {
      signal.throwIfAborted();
      try {
        const lockfilePath = path.join(folder, '.image-captioner.lock');
        return await lockfile.lock(folder, {
          stale: lockStale,
          lockfilePath,
          onCompromised: (error) => onMessage(error.message),
        });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
        if (!told) onMessage(`Another window or terminal is downloading ${id}; waiting for it.`);
        told = true;
        await pause(lockPollMs, signal);
      }
    }
  }

  async #checkRoom(model: HubModel): Promise<void> {
    const needed = await this.missingBytes(model);
    const { bavail, bsize } = await statfs(this.#cache.repository(model.id));
    if (bavail * bsize >= needed) return;
    throw new BlipError(
      'ModelUnavailable',
      `The disk is too full for ${model.id}: ${megabytes(needed)} are needed in ${this.#settings.cacheFolder}, ${megabytes(bavail * bsize)} are free. ` +
        'Make room, or set HF_HUB_CACHE to another disk.',
    );
  }
}

/** Bytes a second over the last seconds, and from it the time left. */
class SpeedMeter {
  readonly #window: { readonly at: number; readonly bytes: number }[] = [];

  measure(bytes: number, total: number): { bytesPerSecond: number; secondsLeft: number | null } {
    const at = performance.now();
    this.#window.push({ at, bytes });
    while (this.#window.length > 2 && at - this.#window[0]!.at > 5000) this.#window.shift();
    const first = this.#window[0]!;
    const bytesPerSecond = at > first.at ? ((bytes - first.bytes) * 1000) / (at - first.at) : 0;
    return { bytesPerSecond, secondsLeft: bytesPerSecond > 0 ? (total - bytes) / bytesPerSecond : null };
  }
}

export function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
