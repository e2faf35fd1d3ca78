import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { defaultSettings, parseSettings, type Settings } from '../settings.ts';
import { UsageError } from './commandIo.ts';

const settingsFileName = '.image-captioner.json';

export interface FoundSettings {
  readonly settings: Settings;
  /** The folder of the settings file, which its relative paths start from; the current folder where there is none. */
  readonly folder: string;
}

/**
 * The settings file in this folder or the nearest one above it.
 * @throws UsageError naming the file, the key and what is wrong: a typing mistake must not switch a rule off silently
 */
export async function findSettings(cwd: string): Promise<FoundSettings> {
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    const file = path.join(folder, settingsFileName);
    const text = await readIfThere(file);
    if (text !== null) return { settings: readSettings(text, file), folder };
    if (folder === path.dirname(folder)) return { settings: defaultSettings, folder: cwd };
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new UsageError(`${file}: cannot be read (${code ?? message}).`);
  }
}

function readSettings(text: string, file: string): Settings {
  let raw: unknown;
  try {
    raw = JSON.parse(text.replace(/^\ufeff/u, ''));
  } catch (error) {
    throw new UsageError(`${file}: is not valid JSON: ${(error as Error).message}.`);
  }
  const { settings, problems } = parseSettings(raw, 'report');
  if (problems.length > 0) throw new UsageError(problems.map((problem) => `${file}: ${problem}.`).join('\n'));
  return settings;
}
