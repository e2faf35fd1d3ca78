import { namesAnImage } from '../documents/imageExtensions.ts';
import type { CommandIo } from './commandIo.ts';
import { findFiles, type FoundFiles } from './fileArguments.ts';
import type { FoundSettings } from './settingsFile.ts';

/** FILE… → pictures: those named, those in named folders by their endings, a list from stdin. */
export function findImages(args: readonly string[], found: FoundSettings, io: CommandIo): Promise<FoundFiles> {
  const { settings, folder } = found;
  return findFiles(args, { accepts: namesAnImage, exclude: settings.exclude, excludeRoot: folder, repeats: true }, io);
}
