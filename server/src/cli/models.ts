import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Installation } from '../installation.ts';
import { ModelRegistry } from '../models/registry.ts';
import { modelHash } from '../models/modelHash.ts';
import type { ModelLocation } from '../models/modelLocation.ts';
import { exitCodes, UsageError, type CommandIo } from './commandIo.ts';
import { readWord } from './generationFlags.ts';

interface ModelRecord extends ModelLocation {
  /** SHA-256 over the model's files. */
  readonly hash: string;
  /** Of the model's files, bytes. */
  readonly bytes: number;
}

/** `image-captioner models list|path`: which models there are, where, how large. */
export async function models(args: string[], io: CommandIo, installation: Installation): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { format: { type: 'string' } } });
  const [action, name] = positionals;
  const registry = new ModelRegistry({ builtInModel: installation.builtInModel, cwd: io.cwd });
  const format = readWord(values, 'format', ['text', 'json']) ?? 'text';
  if (action === 'path') {
    io.stdout(`${(await registry.find(name ?? null)).folder}\n`);
    return exitCodes.fine;
  }
  if (action !== 'list') throw new UsageError('models takes list or path.');
  const locations = name === undefined ? [registry.builtIn] : [await registry.find(name)];
  const records = await Promise.all(locations.map((location) => describe(location, installation.cacheFolder)));
  if (format === 'json') io.stdout(`${JSON.stringify(records, null, 2)}\n`);
  else for (const { id, source, bytes, folder } of records) io.stdout(`${id}\t${source}\t${(bytes / 1e6).toFixed(1)} MB\t${folder}\n`);
  return exitCodes.fine;
}

async function describe(location: ModelLocation, cacheFolder: string): Promise<ModelRecord> {
  const hash = await modelHash(location.folder, cacheFolder);
  const names = await readdir(location.folder);
  const sizes = await Promise.all(names.map(async (file) => (await stat(path.join(location.folder, file))).size));
  return { ...location, hash, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
