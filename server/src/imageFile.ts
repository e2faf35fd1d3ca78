import * as l10n from '@vscode/l10n';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { imageSize } from 'image-size';
import { BlipError } from './blip/index.ts';

/** A picture's bytes as they lie on disk (or in a data URL), before anything is decoded. */
export interface ImageFile {
  /** What a message calls it: the path as given. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, hexadecimal. */
  readonly hash: string;
}

/** Encoded size over which a file is not read, bytes. */
const sizeLimit = 200 * 1024 * 1024;

/**
 * Reads a picture. Only regular files: a FIFO or a device would wait for ever.
 * @throws BlipError ImageUnreadable: not there, a folder, a FIFO, no permission, empty; ImageTooLarge
 */
export async function readImageFile(file: string, name: string, signal: AbortSignal): Promise<ImageFile> {
  // Non-blocking: opening a FIFO to read would otherwise wait for a writer.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: unknown) => {
    throw unreadable(name, reasonOf(error as NodeJS.ErrnoException, name));
  });
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw unreadable(name, l10n.t('it is a folder. Name the pictures in it'));
    if (!stat.isFile()) throw unreadable(name, l10n.t('it is not a regular file (a pipe, socket or device)'));
    if (stat.size > sizeLimit) {
      throw new BlipError(
        'ImageTooLarge',
        l10n.t('{0}: the file has {1} bytes; at most {2} are read.', name, stat.size, sizeLimit),
      );
    }
    const bytes = await handle.readFile({ signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw unreadable(name, reasonOf(error as NodeJS.ErrnoException, name));
    });
    return imageFromBytes(bytes, name);
  } finally {
    await handle.close();
  }
}

/** @throws BlipError ImageUnreadable where there are no bytes */
export function imageFromBytes(bytes: Uint8Array, name: string): ImageFile {
  if (bytes.length === 0) throw unreadable(name, l10n.t('the file is empty'));
  return { name, bytes, hash: createHash('sha256').update(bytes).digest('hex') };
}

/** Width, height and kind from the file's header alone; null where it has none that is understood. */
export function imageDimensions(image: ImageFile): { width: number; height: number; kind: string } | null {
  try {
    const { width, height, type, orientation } = imageSize(image.bytes);
    const turned = orientation !== undefined && orientation >= 5;
    return { width: turned ? height : width, height: turned ? width : height, kind: (type ?? '').toUpperCase() };
  } catch {
    return null; // the decoder says what is wrong, if anything is
  }
}

function unreadable(name: string, reason: string): BlipError {
  return new BlipError('ImageUnreadable', l10n.t('{0}: cannot be read: {1}.', name, reason));
}

function reasonOf(error: NodeJS.ErrnoException, name: string): string {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      if (/^https?:/iu.test(name)) {
        return l10n.t('pictures are not fetched from the web. Save it as a file first');
      }
      // Node gives a name that is not UTF-8 with this character where its bytes were, and cannot open it.
      return name.includes('\ufffd')
        ? l10n.t('there is no such file; its name seems not to be UTF-8. Rename it')
        : l10n.t('there is no such file');
    case 'EACCES':
    case 'EPERM':
      return l10n.t('permission denied');
    case 'ELOOP':
      return l10n.t('its symbolic links lead in a circle');
    case 'ENXIO':
      return l10n.t('it is not a regular file (a pipe, socket or device)');
    default:
      return error.message;
  }
}
