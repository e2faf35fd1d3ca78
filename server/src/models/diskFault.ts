import { BlipError } from '../blip/errors.ts';

/** What the disk of downloads said, for a person; any other error as it is. */
export function diskFault(error: unknown, folder: string): unknown {
  const code = error instanceof BlipError ? undefined : (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new BlipError(
      'ModelUnavailable',
      `The disk is full: ${folder}. Make room, then download again: what has arrived is kept.`,
      { cause: error },
    );
  }
  if (code !== undefined && ['EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EEXIST'].includes(code)) {
    return new BlipError(
      'ModelUnavailable',
      `${folder} cannot be written to (${(error as Error).message}). Set HF_HUB_CACHE to a folder that can.`,
      { cause: error },
    );
  }
  return error;
}
