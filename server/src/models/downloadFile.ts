import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { BlipError } from '../blip/errors.ts';
import type { HuggingFaceCache } from './huggingFaceCache.ts';
import { fileUrl, type HubFile } from './hubRepository.ts';
import { hubRequest, PassingFault, withRetries, type HubNetwork } from './hubRequest.ts';
import { wrongHash } from './verifyFile.ts';

export interface FileDownload {
  readonly id: string;
  readonly commit: string;
  readonly file: HubFile;
}

/** What is told while a file comes: how many of its bytes are there, and what went wrong and is tried again. */
export interface DownloadListener {
  readonly onBytes: (there: number) => void;
  readonly onMessage: (message: string) => void;
}

/**
 * Brings one file into the snapshot: resumes what an earlier try left, verifies it, then names it by its hash. Nothing
 * stands under the final name before it is right.
 * @throws BlipError ModelUnavailable
 */
export async function downloadFile(
  network: HubNetwork,
  cache: HuggingFaceCache,
  { id, commit, file }: FileDownload,
  listener: DownloadListener,
  signal: AbortSignal,
): Promise<void> {
  const blob = cache.blob(id, file.etag);
  // Python's client leaves `ETAG.incomplete` and does not resume it: ours has a name of its own.
  const partial = `${blob}.image-captioner.incomplete`;
  await mkdir(path.dirname(blob), { recursive: true });
  let furthest = (await sizeOf(partial)) ?? 0;
  const fetchFurther = async (): Promise<void> => {
    const onBytes = (there: number): void => {
      furthest = Math.max(furthest, there);
      listener.onBytes(there);
    };
    const before = furthest;
    await fetchRest(network, { id, commit, file }, partial, onBytes, signal).catch((error: unknown) => {
      throw error instanceof PassingFault && furthest > before ? error.afterProgress() : error;
    });
  };
  if ((await sizeOf(blob)) !== file.size) {
    await withRetries(network, file.name, fetchFurther, listener.onMessage, signal);
    const found = await wrongHash(partial, file.etag, signal);
    if (found !== null) {
      await rm(partial, { force: true });
      throw new BlipError(
        'ModelUnavailable',
        `${file.name} of ${id} is damaged or was tampered with: its hash is ${found}, it should be ${file.etag}. ` +
          'It was removed: download it again.',
      );
    }
    await rename(partial, blob);
  }
  listener.onBytes(file.size);
  await cache.place(id, commit, file.name, file.etag);
}

async function fetchRest(
  network: HubNetwork,
  { id, commit, file }: FileDownload,
  partial: string,
  onBytes: DownloadListener['onBytes'],
  signal: AbortSignal,
): Promise<void> {
  const handle = await open(partial, 'a');
  try {
    let there = (await handle.stat()).size;
    if (there > file.size) {
      await handle.truncate(0);
      there = 0;
    }
    if (there === file.size) return;
    const url = fileUrl(network.endpoint, id, commit, file.name);
    const range: Record<string, string> = there > 0 ? { range: `bytes=${there}-` } : {};
    const { status, headers, body } = await hubRequest(network, 'GET', url, range, signal);
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      await body.dump();
      throw new BlipError(
        'ModelUnavailable',
        `${url}: the file comes compressed (${encoding}), though it was asked for as it is. Is there a proxy that changes what passes? Leave the hub out of it (NO_PROXY).`,
      );
    }
    if (status === 416 || (status === 206 && !startsAt(headers['content-range'], there))) {
      await body.dump();
      await handle.truncate(0);
      throw new PassingFault('the server does not resume where it should');
    }
    // A server that knows no ranges sends the whole file again.
    if (status === 200 && there > 0) {
      await handle.truncate(0);
      there = 0;
    }
    await append(handle, body, there, file.size, onBytes, signal);
  } finally {
    await handle.close();
  }
}

async function append(
  handle: FileHandle,
  body: AsyncIterable<Uint8Array>,
  from: number,
  size: number,
  onBytes: (there: number) => void,
  signal: AbortSignal,
): Promise<void> {
  let there = from;
  const chunks = body[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next().catch((error: Error) => {
      signal.throwIfAborted();
      throw new PassingFault(`the connection broke (${error.message})`);
    });
    if (next.done === true) break;
    if (there + next.value.length > size) {
      await handle.truncate(0);
      throw new PassingFault('more came than the file has');
    }
    await handle.appendFile(next.value);
    there += next.value.length;
    onBytes(there);
  }
  if (there < size) throw new PassingFault(`the connection ended early, at ${there} of ${size} bytes`);
}

function startsAt(contentRange: string | undefined, offset: number): boolean {
  return contentRange === undefined || contentRange.startsWith(`bytes ${offset}-`);
}

async function sizeOf(file: string): Promise<number | null> {
  return (await stat(file).catch(() => null))?.size ?? null;
}
