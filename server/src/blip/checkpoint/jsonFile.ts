/** Reads a JSON file of a model's folder as a typed value. */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import * as v from 'valibot';
import { BlipError } from '../errors.ts';

/** Tokenizers of large vocabularies have a few megabytes; a config is never near this. */
const longestFile = 64 * 1024 * 1024;

/**
 * @returns null where the file does not exist.
 * @throws BlipError CheckpointInvalid, naming the file and the field that is wrong.
 */
export async function readJson<Schema extends v.GenericSchema>(
  path: string,
  schema: Schema,
): Promise<v.InferOutput<Schema> | null> {
  const text = await readText(path);
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BlipError('CheckpointInvalid', `${fileInModel(path)} is not JSON: ${(error as Error).message}`);
  }
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw new BlipError(
    'CheckpointInvalid',
    `${fileInModel(path)}: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`,
  );
}

/** @returns null where the file does not exist. */
export async function readText(path: string): Promise<string | null> {
  try {
    const { size } = await stat(path);
    if (size > longestFile)
      throw new BlipError('CheckpointInvalid', `${fileInModel(path)} has ${size} bytes: too many`);
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    if (error instanceof BlipError) throw error;
    throw new BlipError('ModelUnavailable', `${fileInModel(path)} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function fileInModel(path: string): string {
  return `${basename(path)} of the model in ${dirname(path)}`;
}
