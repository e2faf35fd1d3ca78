/** Checkpoint → graphs in int8, or in float32 where the check finds int8 wanting. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sessions } from './checkGraphs.ts';
import { checkPictures } from './checkPictures.ts';
import { convert, type ConversionProgress, type ModelSource } from './convert.ts';
import { fp32Forms } from './forms.ts';
import type { Conversion } from './graphCache.ts';
import { convertChecked, verdictOf } from './selfCheck.ts';

/** Below this many weights a model is fast in float32 as it is. */
const worthQuantising = 1_000_000;

/** What became of a conversion, and the sessions that its check leaves. */
export interface Converted {
  readonly conversion: Conversion;
  readonly sessions: Sessions;
}

/**
 * Writes a model's graphs into `folder`.
 *
 * @param parameters how many weights the model has
 * @throws BlipError CheckpointInvalid where a tensor holds something that is not a finite number.
 */
export async function convertInt8(
  source: ModelSource,
  parameters: number,
  folder: string,
  onProgress: (progress: ConversionProgress) => void = () => {},
  signal?: AbortSignal,
): Promise<Converted> {
  const inFloat32 = async (verdict: string): Promise<Converted> => {
    await convert(source, fp32Forms, folder, onProgress, signal);
    return { conversion: { precision: 'fp32', verdict, batches: true }, sessions: new Map() };
  };
  if (source.architecture !== 'BlipForConditionalGeneration') {
    return inFloat32('float32: int8 is checked by captions, which this model does not write.');
  }
  if (parameters < worthQuantising) return inFloat32('float32: the model is too small to gain from int8.');

  const pictures = checkPictures(source.config.vision.imageSize);
  const scratch = join(folder, 'check');
  try {
    const passed = await convertChecked(source, pictures, folder, scratch, onProgress, signal);
    if (passed !== null) return { conversion: verdictOf(passed, pictures.length), sessions: passed.sessions };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
  return inFloat32(`float32: int8 changed the captions of ${pictures.length} pictures.`);
}
