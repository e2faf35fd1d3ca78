/** A checkpoint → its graphs in a folder, in the precision that is wanted or the one that int8's check leaves. */
import type { Precision } from '../caption.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import { convert, modelSource, type ConversionProgress } from './convert.ts';
import { fp32Forms } from './forms.ts';
import { convertInt8, type Converted } from './int8Conversion.ts';

export interface WantedModel {
  readonly precision: Precision;
  /** How many weights it has. */
  readonly parameters: number;
}

/** @throws BlipError CheckpointInvalid where a tensor holds something that is not a finite number. */
export async function convertModel(
  config: ModelConfig,
  checkpoint: Checkpoint,
  { precision, parameters }: WantedModel,
  folder: string,
  onProgress?: (progress: ConversionProgress) => void,
  signal?: AbortSignal,
): Promise<Converted> {
  const source = await modelSource(config, checkpoint);
  if (precision === 'int8') return convertInt8(source, parameters, folder, onProgress, signal);
  await convert(source, fp32Forms, folder, onProgress, signal);
  return { conversion: { precision: 'fp32', verdict: null, batches: true }, sessions: new Map() };
}
