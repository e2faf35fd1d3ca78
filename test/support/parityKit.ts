/** The parity kit: small random-weight BLIPs and what Hugging Face Transformers makes of them. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GenerationOptions } from '../../server/src/blip/index.ts';

const kit = fileURLToPath(new URL('../fixtures/parity-kit/', import.meta.url));

export function kitPath(...parts: string[]): string {
  return join(kit, ...parts);
}

export function kitImage(name: string): Uint8Array {
  return readFileSync(kitPath('images', name));
}

export function golden(name: string): unknown {
  return JSON.parse(readFileSync(kitPath('goldens', name), 'utf8'));
}

/** A raw golden file of little-endian float32. */
export function goldenFloats(name: string): Float32Array {
  const bytes = readFileSync(kitPath('goldens', name));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** What a golden case passed to `generate()`. */
export interface GenerateArguments {
  readonly num_beams?: number;
  readonly max_length?: number;
  readonly max_new_tokens?: number;
  readonly min_length?: number;
  readonly min_new_tokens?: number;
  readonly length_penalty?: number;
  readonly early_stopping?: boolean | 'never';
  readonly repetition_penalty?: number;
  readonly no_repeat_ngram_size?: number;
  readonly temperature?: number;
  readonly top_k?: number;
  readonly top_p?: number;
}

export interface GenerateCase {
  readonly args: GenerateArguments;
  readonly prompt?: string;
  readonly decoder_input_ids?: readonly number[];
  readonly ids: readonly (readonly number[])[];
  readonly text: readonly string[];
  readonly logprobs?: readonly number[];
  readonly sequences_scores?: readonly number[];
  readonly stable: boolean;
}

export interface CaptionGolden {
  readonly image: string;
  readonly image_embeds_file: string;
  readonly step_logits_file: string;
  readonly first_step_logits: readonly number[];
  readonly generate: Readonly<Record<string, GenerateCase>>;
  readonly sampling_first_step?: readonly {
    readonly args: GenerateArguments;
    readonly kept_ids: readonly number[];
    readonly probabilities: readonly number[];
  }[];
}

export interface CaptionGoldens {
  readonly meta: { readonly bos_token_id: number; readonly sep_token_id: number; readonly vocab_size: number };
  readonly images: readonly CaptionGolden[];
  readonly batch_default: { readonly images: readonly string[]; readonly sequences: readonly (readonly number[])[] };
  readonly batch_beam3: CaptionGoldens['batch_default'] & { readonly sequences_scores: readonly number[] };
  readonly weights_rounded_to_float16_greedy: readonly (readonly number[])[];
  readonly weights_rounded_to_bfloat16_greedy: readonly (readonly number[])[];
}

/** A golden case's arguments under our names; lengths count new tokens here, and all tokens there. */
export function optionsOf({ args, prompt, decoder_input_ids: fed = [0] }: GenerateCase): GenerationOptions {
  const maxNewTokens =
    args.max_new_tokens ?? (args.max_length === undefined ? undefined : args.max_length - fed.length);
  const minNewTokens =
    args.min_new_tokens ?? (args.min_length === undefined ? undefined : args.min_length - fed.length);
  const options = {
    prompt,
    numBeams: args.num_beams,
    numReturnSequences: args.num_beams,
    maxNewTokens,
    minNewTokens,
    lengthPenalty: args.length_penalty,
    earlyStopping: args.early_stopping,
    repetitionPenalty: args.repetition_penalty,
    noRepeatNgramSize: args.no_repeat_ngram_size,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

const copies: string[] = [];
process.on('exit', () => copies.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A copy of a model's folder to change; gone with the process. */
export function copyOfModel(name: string, change: (folder: string) => void = () => {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'parity-kit-'));
  copies.push(folder);
  cpSync(kitPath(name), folder, { recursive: true });
  change(folder);
  return folder;
}

/** The largest difference of two lists of numbers; NaN counts as infinite. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  for (let index = 0; index < actual.length; index += 1) {
    const difference = Math.abs(actual[index]! - expected[index]!);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}
