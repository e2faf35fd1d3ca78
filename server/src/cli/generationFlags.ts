import type { ParseArgsConfig } from 'node:util';
import type { AlphaMode, GenerationOptions, Precision } from '../blip/index.ts';
import { UsageError } from './commandIo.ts';

/** The flags that `caption` and `write` share: which model, and how it generates. */
export const generationFlags = {
  model: { type: 'string' },
  precision: { type: 'string' },
  alpha: { type: 'string' },
  prompt: { type: 'string' },
  'num-beams': { type: 'string' },
  'max-new-tokens': { type: 'string' },
  'min-new-tokens': { type: 'string' },
  'length-penalty': { type: 'string' },
  'early-stopping': { type: 'string' },
  'repetition-penalty': { type: 'string' },
  'no-repeat-ngram-size': { type: 'string' },
  'bad-words': { type: 'string' },
  'num-return-sequences': { type: 'string' },
  'do-sample': { type: 'boolean' },
  temperature: { type: 'string' },
  'top-k': { type: 'string' },
  'top-p': { type: 'string' },
  seed: { type: 'string' },
  'no-cache': { type: 'boolean' },
} as const satisfies NonNullable<ParseArgsConfig['options']>;

export type FlagValues = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

const integerFlags = [
  'num-beams',
  'max-new-tokens',
  'min-new-tokens',
  'no-repeat-ngram-size',
  'num-return-sequences',
  'top-k',
  'seed',
] as const;
const numberFlags = ['length-penalty', 'repetition-penalty', 'temperature', 'top-p'] as const;

/** The core's words about an option, with the names of the flags that were given: numBeams → --num-beams. */
export function inFlags(message: string, args: readonly string[]): string {
  const given = Object.keys(generationFlags).filter((flag) =>
    args.some((arg) => arg === `--${flag}` || arg.startsWith(`--${flag}=`)),
  );
  // Sampling, and the beams that bound the captions returned, are named as what to add.
  const flags = given.length === 0 ? [] : [...given, 'do-sample', 'num-beams'];
  return flags.reduce(
    (words, flag) => words.replace(new RegExp(`\\b${camelCase(flag)}\\b`, 'u'), `--${flag}`),
    message,
  );
}

/**
 * Flags → generation options; ranges are the core's to check.
 * @throws UsageError for a value that is no number, or no word of the list
 */
export function readGenerationFlags(values: FlagValues): GenerationOptions {
  const options: Record<string, unknown> = {};
  for (const flag of [...integerFlags, ...numberFlags]) {
    const text = values[flag];
    if (text !== undefined)
      options[camelCase(flag)] = readNumber(
        flag,
        String(text),
        integerFlags.some((name) => name === flag),
      );
  }
  if (values['prompt'] !== undefined) options['prompt'] = values['prompt'];
  if (values['bad-words'] !== undefined) {
    options['badWords'] = String(values['bad-words'])
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
  }
  if (values['early-stopping'] !== undefined)
    options['earlyStopping'] = readEarlyStopping(String(values['early-stopping']));
  if (values['do-sample'] === true) options['doSample'] = true;
  return options;
}

/** @throws UsageError */
export function readPrecision(values: FlagValues): Precision | undefined {
  return readWord(values, 'precision', ['int8', 'fp32']);
}

/** @throws UsageError */
export function readAlpha(values: FlagValues): AlphaMode | undefined {
  return readWord(values, 'alpha', ['auto', 'drop', 'white']);
}

/** @throws UsageError with the words there are */
export function readWord<const T extends string>(values: FlagValues, flag: string, words: readonly T[]): T | undefined {
  const text = values[flag];
  if (text === undefined) return undefined;
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) throw new UsageError(`--${flag} takes ${words.join(', ')}; not "${String(text)}".`);
  return word;
}

/** @throws UsageError */
export function readNumber(flag: string, text: string, integer: boolean): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || (integer && !Number.isInteger(value))) {
    throw new UsageError(`--${flag} takes ${integer ? 'a whole number' : 'a number'}; not "${text}".`);
  }
  return value;
}

function readEarlyStopping(text: string): boolean | 'never' {
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'never') return 'never';
  throw new UsageError(`--early-stopping takes true, false or never; not "${text}".`);
}

function camelCase(flag: string): string {
  return flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
