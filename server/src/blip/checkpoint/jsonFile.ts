/** Reads a JSON file of a model's folder as a typed value. */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { BlipError } from '../errors.ts';
import { correctIt, fileInModel, invalidCheckpoint, isThere, regularFile, unreadable } from './modelFaults.ts';

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
    throw invalidCheckpoint(`${fileInModel(path)} is not JSON: ${(error as Error).message}`, correctIt);
  }
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw invalidCheckpoint(`${fileInModel(path)}: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`, correctIt);
}

/** @returns null where the file does not exist. */
export async function readText(path: string): Promise<string | null> {
  if (!(await isThere(path))) return null;
  try {
    const { size } = await regularFile(path);
    if (size > longestFile) throw invalidCheckpoint(`${fileInModel(path)} has ${size} bytes: too many`);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof BlipError) throw error;
    throw unreadable(path, (error as Error).message, error);
  }
}
