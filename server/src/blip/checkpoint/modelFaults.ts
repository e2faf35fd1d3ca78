/** What is wrong with a model's files, each with what to do. */
import type { Stats } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { BlipError } from '../errors.ts';

/** @param what a full stop at its end is not doubled */
export function invalidCheckpoint(
  what: string,
  advice = 'Download the model again, or take another one',
  cause?: unknown,
): BlipError {
  return new BlipError('CheckpointInvalid', `${what.replace(/\.$/, '')}. ${advice}.`, { cause });
}

/** For files that people write themselves. */
export const correctIt = 'Correct it, or download the model again';

/** @param what without a full stop */
export function unsupportedModel(what: string): BlipError {
  return new BlipError(
    'ArchitectureUnsupported',
    `${what}. Take a BLIP model, such as Salesforce/blip-image-captioning-base.`,
  );
}

export function fileInModel(path: string): string {
  return `${basename(path)} of the model in ${dirname(path)}`;
}

/** Whether there is such a name; a link that leads nowhere is there, and then said to be so. */
export async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Only regular files are opened: a pipe would block for ever, a device would never end.
 *
 * @throws BlipError ModelUnavailable
 */
export async function regularFile(path: string): Promise<Stats> {
  const found = await stat(path).catch((error: Error) => {
    throw unreadable(path, error.message, error);
  });
  if (!found.isFile()) throw unreadable(path, found.isDirectory() ? 'it is a folder' : 'it is no regular file');
  return found;
}

export function unreadable(path: string, why: string, cause?: unknown): BlipError {
  return new BlipError(
    'ModelUnavailable',
    `${fileInModel(path)} cannot be read: ${why}. Give the file back its place, or download the model again.`,
    { cause },
  );
}

const otherKinds: readonly (readonly [file: RegExp, kind: string])[] = [
  [/^adapter_config\.json$/, 'an adapter (PEFT), which must be merged into its base model first'],
  [/^model_index\.json$/, 'a pipeline of diffusers'],
  [/\.gguf$/, 'a GGUF model of llama.cpp'],
  [/^tf_model\.h5$/, 'weights for TensorFlow alone'],
  [/^flax_model\.msgpack$/, 'weights for Flax alone'],
  [/\.onnx$/, 'graphs for ONNX Runtime, which are made here from the checkpoint itself'],
];

/** @param names what the folder holds */
export function noModel(folder: string, names: readonly string[]): BlipError {
  return new BlipError(
    'ModelUnavailable',
    `${folder} is not a model: it has no config.json.${otherKind(names)} Give the folder of a BLIP checkpoint (config.json, weights, tokenizer).`,
  );
}

/** What a folder holds instead of a checkpoint, in a sentence; '' where nobody can tell. */
export function otherKind(names: readonly string[]): string {
  const found = otherKinds.find(([file]) => names.some((name) => file.test(name)));
  return found === undefined ? '' : ` It holds ${found[1]}.`;
}
