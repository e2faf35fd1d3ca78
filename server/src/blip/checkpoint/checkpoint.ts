/** A checkpoint: the tensors of one file, or of the shards that an index names, checked against the model's config. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { BlipError } from '../errors.ts';
import { expectedTensors, checkTensors } from './expectedTensors.ts';
import { readJson } from './jsonFile.ts';
import type { Architecture, ModelConfig } from './modelConfig.ts';
import {
  correctIt,
  fileInModel,
  invalidCheckpoint,
  isThere,
  otherKind,
  regularFile,
  unsupportedModel,
} from './modelFaults.ts';
import { openPytorch } from './pytorchFile.ts';
import { openSafetensors } from './safetensors.ts';
import type { TensorFile, TensorInfo } from './tensorFile.ts';

/** Opens one file of tensors; each checkpoint format has one of these. */
export type OpenTensorFile = (path: string) => Promise<TensorFile>;

/** The file names of Hugging Face checkpoints, in the order in which Transformers looks for them. */
const formats: readonly { readonly name: string; readonly open: OpenTensorFile }[] = [
  { name: 'model.safetensors', open: openSafetensors },
  { name: 'pytorch_model.bin', open: openPytorch },
];

export interface Checkpoint {
  readonly architecture: Architecture;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** The files that hold it. */
  readonly paths: readonly string[];
  /**
   * One tensor, row by row.
   *
   * @throws BlipError CheckpointInvalid where a value is not a finite number.
   */
  read(name: string): Promise<Float32Array>;
  close(): Promise<void>;
}

const Index = v.object({ weight_map: v.record(v.string(), v.string()) });

/**
 * Opens the checkpoint in a folder and holds its tensors against its config. No values are read yet.
 *
 * @throws BlipError ModelUnavailable without a checkpoint, CheckpointInvalid where it is not what the config says.
 */
export async function openCheckpoint(folder: string, config: ModelConfig): Promise<Checkpoint> {
  const files = await openFiles(folder);
  const close = async () => void (await Promise.all(files.map((file) => file.close())));
  try {
    const home = new Map(files.flatMap((file) => [...file.tensors.keys()].map((name) => [name, file] as const)));
    const tensors = new Map(files.flatMap((file) => [...file.tensors]));
    const architecture = architectureOf(tensors, config, folder);
    checkTensors(tensors, expectedTensors(config, architecture), folder);
    return {
      architecture,
      tensors,
      paths: files.map((file) => file.path),
      read: async (name) => {
        const file = home.get(name);
        if (file === undefined) throw invalidCheckpoint(`The checkpoint in ${folder} has no tensor ${name}`);
        return finite(await file.read(name), name, file.path);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openFiles(folder: string): Promise<TensorFile[]> {
  for (const { name, open } of formats) {
    if (await isThere(join(folder, name))) return [await openFile(join(folder, name), open)];
    const index = await readJson(join(folder, `${name}.index.json`), Index);
    if (index !== null) return openShards(folder, index.weight_map, open);
  }
  const names = formats.map(({ name }) => name).join(' or ');
  throw new BlipError(
    'ModelUnavailable',
    `There is no checkpoint in ${folder}: it has no ${names}.${otherKind(await readdir(folder))} Give a folder that has, or a model of the hub.`,
  );
}

/** Files of this many bytes may be what Git LFS leaves in their place. */
const longestPointer = 1024;

async function openFile(path: string, open: OpenTensorFile): Promise<TensorFile> {
  const { size } = await regularFile(path);
  if (size > 0 && size < longestPointer && (await readFile(path, 'utf8')).startsWith('version https://git-lfs'))
    throw invalidCheckpoint(
      `${fileInModel(path)} is a Git LFS pointer`,
      'Run git lfs pull there, or download the model again',
    );
  return open(path);
}

async function openShards(
  folder: string,
  weightMap: Record<string, string>,
  open: OpenTensorFile,
): Promise<TensorFile[]> {
  const files: TensorFile[] = [];
  try {
    for (const name of new Set(Object.values(weightMap))) {
      if (name !== basename(name))
        throw invalidCheckpoint(`The index of the shards in ${folder} names a file elsewhere: ${name}`);
      if (!(await isThere(join(folder, name))))
        throw invalidCheckpoint(`The checkpoint in ${folder} lacks its shard ${name}`);
      files.push(await openFile(join(folder, name), open));
    }
  } catch (error) {
    await Promise.all(files.map((file) => file.close()));
    throw error;
  }
  return files;
}

/** The parts that are there tell the task; where config.json names one, both must agree. */
function architectureOf(tensors: ReadonlyMap<string, TensorInfo>, config: ModelConfig, folder: string): Architecture {
  const has = (part: string): boolean => [...tensors.keys()].some((name) => name.startsWith(part));
  let found: Architecture | null = null;
  if (has('itm_head.')) found = 'BlipForImageTextRetrieval';
  else if (has('text_encoder.')) found = 'BlipForQuestionAnswering';
  else if (has('text_decoder.')) found = 'BlipForConditionalGeneration';
  const named = config.architecture ?? found;
  if (named === null) throw unsupportedModel(`The checkpoint in ${folder} is not of a BLIP model`);
  if (found !== null && found !== named) {
    throw invalidCheckpoint(`config.json in ${folder} says ${named}, the checkpoint is a ${found}`, correctIt);
  }
  return named;
}

function finite(values: Float32Array, name: string, path: string): Float32Array {
  // Every weight of a model goes through here: what is no number, times 0, is none either.
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index]! * 0;
  if (sum === 0) return values;
  const index = values.findIndex((value) => !Number.isFinite(value));
  throw invalidCheckpoint(`${basename(path)}: tensor ${name} has ${values[index]} at ${index}`);
}
