import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as v from 'valibot';
import { BlipError } from '../blip/index.ts';

/** The files that decide what a model says. */
const modelFiles = /^(config|generation_config|preprocessor_config|captioner|tokenizer|tokenizer_config|special_tokens_map)\.json$|^vocab\.txt$|\.safetensors(\.index\.json)?$|\.bin(\.index\.json)?$/;

const knownSchema = v.object({ stamp: v.string(), hash: v.string() });

/**
 * SHA-256 over a model folder's files: the identity under which captions and converted graphs are cached. A gigabyte
 * takes a second to read, so the hash is remembered by name, size, inode and time of change of every file.
 * @throws BlipError ModelUnavailable where the folder cannot be read or holds no model
 */
export async function modelHash(folder: string, cacheFolder: string): Promise<string> {
  const files = await listFiles(folder);
  const stamp = files.map(({ name, size, mtimeMs, ino }) => `${name}:${size}:${mtimeMs}:${ino}`).join('\n');
  const memo = path.join(cacheFolder, 'model-hashes', `${createHash('sha256').update(folder).digest('hex')}.json`);
  const known = v.safeParse(v.pipe(v.string(), v.parseJson(), knownSchema), await readFile(memo, 'utf8').catch(() => ''));
  if (known.success && known.output.stamp === stamp) return known.output.hash;
  const hash = await hashFiles(folder, files);
  await remember(memo, JSON.stringify({ stamp, hash }));
  return hash;
}

interface FileStamp {
  readonly name: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

async function listFiles(folder: string): Promise<FileStamp[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new BlipError('ModelUnavailable', `The model folder ${folder} cannot be read: ${error.message}.`);
  });
  const chosen = names.filter((name) => modelFiles.test(name)).toSorted();
  if (!chosen.includes('config.json')) {
    throw new BlipError(
      'ModelUnavailable',
      `${folder} is not a model: it has no config.json. Give the folder of a BLIP checkpoint (config.json, weights, tokenizer).`,
    );
  }
  return Promise.all(
    chosen.map(async (name) => {
      const { size, mtimeMs, ino } = await stat(path.join(folder, name));
      return { name, size, mtimeMs, ino };
    }),
  );
}

async function hashFiles(folder: string, files: readonly FileStamp[]): Promise<string> {
  const whole = createHash('sha256');
  for (const { name, size } of files) {
    const one = createHash('sha256');
    await pipeline(createReadStream(path.join(folder, name), { highWaterMark: 1 << 20 }), one);
    whole.update(`${name}\0${size}\0${one.digest('hex')}\n`);
  }
  return whole.digest('hex');
}

/** A memo that cannot be written costs time at the next start, nothing else. */
async function remember(file: string, text: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    const aside = `${file}.${process.pid}.tmp`;
    await writeFile(aside, text);
    await rename(aside, file);
  } catch {
    return;
  }
}
