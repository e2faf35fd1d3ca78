import * as l10n from '@vscode/l10n';
import type { Connection } from 'vscode-languageserver';
import { RequestType } from 'vscode-languageserver/node';
import { abortSignal } from './abortSignal.ts';
import { BlipError } from './blip/index.ts';
import { ModelDownloader, type DownloadProgress as Progress } from './models/download.ts';
import type { HuggingFaceCache } from './models/huggingFaceCache.ts';
import { hubSettings } from './models/hubSettings.ts';
import { isHubId } from './models/hubRepository.ts';
import {
  downloadProgressNotification,
  modelRequests,
  type DescribeModelParams,
  type DescribeModelResult,
  type DownloadModelParams,
  type DownloadModelResult,
  type DownloadProgress,
} from './protocol.ts';
import type { Settings } from './settings.ts';

/** The world of the editor's questions about the hub. */
export interface ModelRequestsWorld {
  readonly cache: HuggingFaceCache;
  readonly env: NodeJS.ProcessEnv;
  /** As they are when a question comes: the hub's address and `offline` may change at any time. */
  readonly settings: () => Promise<Settings>;
  readonly log: (message: string) => void;
}

/** How often the editor hears of a download's progress, milliseconds. */
const progressMs = 250;

/** What a download would bring, and the download once a person has agreed. A cancelled one keeps what has arrived. */
export function registerModelRequests(connection: Connection, world: ModelRequestsWorld): void {
  connection.onRequest(
    new RequestType<DescribeModelParams, DescribeModelResult, void>(modelRequests.describe),
    (params, token) => describe(world, params, abortSignal(token)),
  );
  connection.onRequest(
    new RequestType<DownloadModelParams, DownloadModelResult, void>(modelRequests.download),
    (params, token) => {
      const tell = (progress: DownloadProgress): void =>
        void connection.sendNotification(downloadProgressNotification, progress);
      return download(world, params, tell, abortSignal(token));
    },
  );
}

async function describe(
  world: ModelRequestsWorld,
  { id }: DescribeModelParams,
  signal: AbortSignal,
): Promise<DescribeModelResult> {
  return asValue(async () => {
    if (!isHubId(id))
      throw new BlipError('ModelUnavailable', l10n.t('"{0}" is no model of the hub: they are called owner/name.', id));
    const downloader = await downloaderNow(world);
    const model = await downloader.describe(id, null, signal);
    const { revision, license, bytes } = model;
    return {
      ok: true,
      model: {
        id,
        revision,
        license,
        bytes,
        endpoint: downloader.endpoint,
        missing: await downloader.missingBytes(model),
      },
    };
  });
}

async function download(
  world: ModelRequestsWorld,
  { id, revision }: DownloadModelParams,
  tell: (progress: DownloadProgress) => void,
  signal: AbortSignal,
): Promise<DownloadModelResult> {
  return asValue(async () => {
    const downloader = await downloaderNow(world);
    const model = await downloader.describe(id, revision, signal);
    let last = -Infinity;
    const onProgress = ({ bytes, total, bytesPerSecond, secondsLeft }: Progress): void => {
      const now = performance.now();
      if (now - last < progressMs && bytes < total) return;
      last = now;
      tell({ id, bytes, total, bytesPerSecond, secondsLeft });
    };
    return { ok: true, folder: await downloader.download(model, { onProgress, onMessage: world.log }, signal) };
  });
}

async function downloaderNow({ cache, env, settings }: ModelRequestsWorld): Promise<ModelDownloader> {
  const { hub, offline } = await settings();
  return new ModelDownloader(hubSettings(env, { endpoint: hub.endpoint, offline }), cache);
}

/** What a person can act on comes back as a value: the editor shows the message. */
async function asValue<T>(
  work: () => Promise<T>,
): Promise<T | { readonly ok: false; readonly code: string; readonly message: string }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BlipError) return { ok: false, code: error.code, message: error.message };
    if ((error as Error).name === 'AbortError') return { ok: false, code: 'Aborted', message: 'Cancelled.' };
    throw error;
  }
}
