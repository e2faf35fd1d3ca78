import { namesAnImage } from '../documents/imageExtensions.ts';
import type { CommandIo } from './commandIo.ts';
import { findFiles, type FileArgument } from './fileArguments.ts';
import type { FoundSettings } from './settingsFile.ts';

/** FILE… → pictures: those named, those in named folders by their endings, a list from stdin. */
export async function findImages(
  args: readonly string[],
  found: FoundSettings,
  io: CommandIo,
): Promise<readonly FileArgument[]> {
  const choice = { accepts: namesAnImage, exclude: found.settings.exclude, excludeRoot: found.folder };
  const { files, failures } = await findFiles(args, choice, io);
  for (const failure of failures) io.stderr(`${failure}\n`);
  return files;
}
