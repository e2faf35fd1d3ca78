import {
  BlipError,
  type AlphaMode,
  type Caption,
  type GenerationOptions,
  type InferenceTask,
  type Lane,
  type ModelSpec,
  type TaskEvent,
  type TaskResult,
} from './blip/index.ts';
import type { ImageFile } from './imageFile.ts';
import { batchLimits } from './pictureRoom.ts';

/** What runs tensors: the inference client, or a stand-in of the same shape. */
export interface Inference {
  run<T extends InferenceTask>(
    task: T,
    onEvent: (event: TaskEvent) => void,
    signal: AbortSignal,
  ): Promise<TaskResult<T>>;
  /** Work is about to come. */
  prepare(): void;
}

/** A caption that no cache has, as the inference process is asked for it. */
export interface CaptionJob {
  readonly image: ImageFile;
  readonly model: ModelSpec;
  readonly alpha: AlphaMode;
  readonly options: GenerationOptions;
  readonly onEvent: (event: TaskEvent) => void;
  /** Jobs of one group ask the same of one model; null: it shares nothing. */
  readonly group: string | null;
}

/** Whether a job may be done together with these: of the same group, and few and small enough. */
export function joins(jobs: readonly CaptionJob[], other: CaptionJob): boolean {
  if (other.group === null || other.group !== jobs[0]?.group || jobs.length >= batchLimits.pictures) return false;
  return jobs.reduce((sum, job) => sum + size(job), size(other)) <= batchLimits.bytes;
}

/** What the model says of each picture; together where there are several. */
export async function inferCaptions(
  inference: Inference,
  jobs: readonly CaptionJob[],
  lane: Lane,
  signal: AbortSignal,
): Promise<readonly PromiseSettledResult<Caption>[]> {
  if (jobs.length > 1) {
    const together = await inferTogether(inference, jobs, lane, signal);
    if (together !== null) return together;
  }
  const results: PromiseSettledResult<Caption>[] = [];
  for (const job of jobs) results.push(...(await Promise.allSettled([inferAlone(inference, job, lane, signal)])));
  return results;
}

async function inferAlone(
  inference: Inference,
  { image, model, alpha, options, onEvent }: CaptionJob,
  lane: Lane,
  signal: AbortSignal,
): Promise<Caption> {
  const encoded = { bytes: image.bytes, key: image.hash, alpha };
  try {
    return await inference.run({ kind: 'caption', model, image: encoded, options, lane }, onEvent, signal);
  } catch (error) {
    throw withName(error, image.name);
  }
}

/** Null where the process crashed: one by one the others are captioned, and the guilty one is found. */
async function inferTogether(
  inference: Inference,
  jobs: readonly CaptionJob[],
  lane: Lane,
  signal: AbortSignal,
): Promise<readonly PromiseSettledResult<Caption>[] | null> {
  const { model, alpha, options, onEvent } = jobs[0]!;
  const pictures = jobs.map(({ image }) => image.bytes);
  try {
    const results = await inference.run({ kind: 'captions', model, pictures, alpha, options, lane }, onEvent, signal);
    return results.map((result, index) =>
      result.ok
        ? { status: 'fulfilled', value: result.caption }
        : {
            status: 'rejected',
            reason: withName(new BlipError(result.code, result.message), jobs[index]!.image.name),
          },
    );
  } catch (error) {
    if (error instanceof BlipError && error.code === 'InferenceCrashed') return null;
    throw error;
  }
}

/** What is wrong with a picture, with its name in front. */
export function withName(error: unknown, name: string): unknown {
  const ofPicture = error instanceof BlipError && (error.code === 'ImageUnreadable' || error.code === 'ImageTooLarge');
  return ofPicture ? new BlipError(error.code, `${name}: ${error.message}`) : error;
}

function size({ image }: CaptionJob): number {
  return image.bytes.length;
}
