import { BlipError } from '../blip/errors.ts';

/** What the disk of downloads said, for a person; any other error as it is. */
export function diskFault(error: unknown, folder: string): unknown {
  if (error instanceof BlipError || !(error instanceof Error) || !('syscall' in error)) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  const message = ['ENOSPC', 'EDQUOT'].includes(code)
    ? `The disk is full: ${folder}. Make room, then download again: what has arrived is kept.`
    : `${folder} cannot be written to (${error.message}). Set HF_HUB_CACHE to a folder that can.`;
  return new BlipError('ModelUnavailable', message, { cause: error });
}
