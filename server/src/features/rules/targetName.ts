import type { ImageTarget } from '../../documents/imageReference.ts';
import { readTarget } from '../../documents/targetSpelling.ts';

/**
 * What a target is called: a path percent-decoded and without query and fragment, a URL as written; null where only
 * running the program could tell.
 */
export function targetName(target: ImageTarget): string | null {
  if (target.written === null) return null;
  const read = readTarget(target.written, target.resolution);
  if (read.kind === 'path') return read.spellings[0] ?? target.written;
  return read.kind === 'unknown' ? target.written : read.url;
}
