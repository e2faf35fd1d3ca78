import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/**
 * Whether a file is what the hub says it is: SHA-256 for large files (64 digits), git's blob hash for others (40).
 * @returns the hash that was found, for the message; null where it is right
 */
export async function wrongHash(file: string, etag: string, signal: AbortSignal): Promise<string | null> {
  const ofGit = etag.length === 40;
  const hash = createHash(ofGit ? 'sha1' : 'sha256');
  if (ofGit) hash.update(`blob ${(await stat(file)).size}\0`);
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash, { signal });
  const found = hash.digest('hex');
  return found === etag ? null : found;
}
