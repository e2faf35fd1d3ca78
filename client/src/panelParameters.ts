/**
 * The parameters of generation as the panel shows them: name, what it does, valid range. The one table of both sides,
 * the extension and the webview; a test holds it to what the program accepts. Its words are for the webview, which has
 * told l10n the reader's language before.
 */
import * as l10n from '@vscode/l10n';
import type { GenerationOptions, Precision } from '../../server/src/protocol.ts';

interface Described {
  readonly name: ParameterName;
  /** One sentence: what it does. */
  readonly meaning: string;
  /** The valid values, in words. */
  readonly range: string;
  /** What acts where neither a person nor the model says anything, as shown. */
  readonly fallback: string;
  /** It acts only when words are drawn, or only in a beam search. */
  readonly acts: 'always' | 'sampling' | 'beams';
}
export type Parameter = Described &
  (
    | {
        readonly kind: 'number';
        readonly least: number;
        readonly most: number;
        readonly step: number;
        /** The part of the range that a slider covers; null: typed only. */
        readonly slider: readonly [number, number] | null;
      }
    | { readonly kind: 'text' }
    | { readonly kind: 'words' }
    | { readonly kind: 'choice'; readonly choices: readonly (boolean | string)[] }
  );

/** Those of GenerationOptions that the panel offers. */
export type ParameterName = Exclude<keyof GenerationOptions, 'forceWords'>;

const count = { kind: 'number', step: 1 } as const;
const amount = { kind: 'number', step: 0.1 } as const;

// oxfmt-ignore
export const parameters: readonly Parameter[] = [
  { name: 'prompt', kind: 'text', acts: 'always', fallback: l10n.t('none'), range: l10n.t('any words'),
    meaning: l10n.t('Words with which the caption begins (conditional captioning).') },
  { name: 'numBeams', ...count, least: 1, most: 16, slider: [1, 16], acts: 'always', fallback: '1', range: l10n.t('1 to 16'),
    meaning: l10n.t('Captions followed side by side; 1 takes the likeliest word at each step.') },
  { name: 'earlyStopping', kind: 'choice', choices: [true, false, 'never'], acts: 'beams', fallback: 'false', range: l10n.t('true, false or never'),
    meaning: l10n.t('When a beam search ends: with enough captions (true), when a better one is unlikely (false), or impossible (never).') },
  { name: 'doSample', kind: 'choice', choices: [true, false], acts: 'always', fallback: 'false', range: l10n.t('true or false'),
    meaning: l10n.t('Draws each word by its probability instead of taking the likeliest.') },
  { name: 'temperature', ...amount, least: 0.01, most: 100, slider: [0.1, 3], acts: 'sampling', fallback: '1', range: l10n.t('0.01 to 100'),
    meaning: l10n.t('Below 1 the draw is more cautious, above 1 more varied.') },
  { name: 'topK', ...count, least: 0, most: 1_000_000, slider: [0, 200], acts: 'sampling', fallback: '50', range: l10n.t('0 (all) or more'),
    meaning: l10n.t('Draws only from this many of the likeliest words.') },
  { name: 'topP', kind: 'number', step: 0.05, least: 0.01, most: 1, slider: [0.05, 1], acts: 'sampling', fallback: '1', range: l10n.t('above 0, at most 1'),
    meaning: l10n.t('Draws only from the likeliest words that together have this probability.') },
  { name: 'maxNewTokens', ...count, least: 1, most: 511, slider: [1, 60], acts: 'always', fallback: '20', range: l10n.t('1 to the model’s positions (511 in most)'),
    meaning: l10n.t('The longest caption, in tokens: about a word each.') },
  { name: 'minNewTokens', ...count, least: 0, most: 511, slider: [0, 60], acts: 'always', fallback: '0', range: l10n.t('0 to maxNewTokens'),
    meaning: l10n.t('The shortest caption, in tokens: its end is not allowed before.') },
  { name: 'lengthPenalty', ...amount, least: -10, most: 10, slider: [-3, 3], acts: 'beams', fallback: '1', range: l10n.t('−10 to 10'),
    meaning: l10n.t('Above 0 a beam search favours longer captions, below 0 shorter ones.') },
  { name: 'repetitionPenalty', ...amount, least: 0.01, most: 100, slider: [0.5, 2], acts: 'always', fallback: '1', range: l10n.t('0.01 to 100'),
    meaning: l10n.t('Above 1, words that were used already become less likely.') },
  { name: 'noRepeatNgramSize', ...count, least: 0, most: 100, slider: [0, 5], acts: 'always', fallback: '0', range: l10n.t('0 (off) to 100'),
    meaning: l10n.t('No sequence of this many tokens appears twice.') },
  { name: 'badWords', kind: 'words', acts: 'always', fallback: l10n.t('none'), range: l10n.t('words, separated by commas'),
    meaning: l10n.t('Words that are never written.') },
  { name: 'seed', ...count, least: 0, most: Number.MAX_SAFE_INTEGER, slider: null, acts: 'sampling', fallback: l10n.t('another draw each time'), range: l10n.t('a whole number from 0'),
    meaning: l10n.t('The same seed draws the same captions again.') },
  { name: 'numReturnSequences', ...count, least: 1, most: 16, slider: [1, 16], acts: 'always', fallback: '1', range: l10n.t('1 to 16, without doSample at most numBeams'),
    meaning: l10n.t('Captions that are returned, best first.') },
];

export interface Preset {
  readonly name: string;
  readonly options: GenerationOptions;
}

// oxfmt-ignore
export const presets: readonly Preset[] = [
  { name: l10n.t('Precise'), options: { numBeams: 5 } },
  { name: l10n.t('Varied'), options: { doSample: true, topP: 0.9, numReturnSequences: 4, seed: 1 } },
  { name: l10n.t('Short'), options: { numBeams: 3, maxNewTokens: 8, lengthPenalty: -1 } },
  { name: l10n.t('Long'), options: { numBeams: 3, minNewTokens: 10, maxNewTokens: 40, lengthPenalty: 2, noRepeatNgramSize: 3 } },
];

/** Why options cannot act together, or a value cannot be; and which one to change. */
export interface Conflict {
  readonly name: ParameterName;
  readonly message: string;
}

/** The same rules as the model core's, said in words that lead on; what it finds beyond them it says itself. */
export function conflicts(options: GenerationOptions): Conflict[] {
  const found = parameters.flatMap((parameter) => outOfRange(parameter, options[parameter.name]));
  const { doSample = false, numBeams = 1, numReturnSequences = 1, minNewTokens = 0, maxNewTokens = 20 } = options;
  for (const { name, acts } of parameters) {
    if (acts === 'sampling' && !doSample && options[name] !== undefined)
      found.push({
        name,
        message: l10n.t('{0} acts only when words are drawn: set doSample to true, or clear {0}.', name),
      });
  }
  if (doSample && numBeams > 1) {
    const message = l10n.t(
      'doSample draws one word at a time and follows no beams: set numBeams to 1, or doSample to false.',
    );
    found.push({ name: 'numBeams', message });
  }
  if (!doSample && numReturnSequences > numBeams) {
    const message = l10n.t(
      'numReturnSequences is {0}, but only {1} captions are followed: raise numBeams, or set doSample to true.',
      numReturnSequences,
      numBeams,
    );
    found.push({ name: 'numReturnSequences', message });
  }
  if (minNewTokens > maxNewTokens) {
    const message = l10n.t(
      'minNewTokens is {0}, more than the longest caption of {1} tokens: raise maxNewTokens.',
      minNewTokens,
      maxNewTokens,
    );
    found.push({ name: 'minNewTokens', message });
  }
  return found;
}

/** What has no effect though nothing forbids it; by parameter. */
export function idle(options: GenerationOptions): Conflict[] {
  const beams = (options.numBeams ?? 1) > 1;
  return parameters
    .filter(({ name, acts }) => acts === 'beams' && !beams && options[name] !== undefined)
    .map(({ name }) => ({
      name,
      message: l10n.t('{0} has no effect with one beam: set numBeams to 2 or more.', name),
    }));
}

function outOfRange(parameter: Parameter, value: unknown): Conflict[] {
  if (parameter.kind !== 'number' || value === undefined) return [];
  const { name, least, most, step, range } = parameter;
  const wrong =
    typeof value !== 'number' || !(value >= least && value <= most) || (step === 1 && !Number.isInteger(value));
  return wrong ? [{ name, message: l10n.t('{0} is {1}; it must be {2}.', name, JSON.stringify(value), range) }] : [];
}

/** The parameters as lines of settings.json. */
export function asSettingsJson(options: GenerationOptions): string {
  const named = Object.entries(options).map(([name, value]) => [`imageCaptioner.generation.${name}`, value]);
  return JSON.stringify(Object.fromEntries(named), null, 2);
}

/** What a caption is made with beside its picture and parameters; null: as the terminal does by itself. */
export interface CommandModel {
  readonly model: string | null;
  readonly precision: Precision | null;
}

/** The parameters as a command for the terminal, which gives the same caption. */
export function asCommandLine(options: GenerationOptions, file: string, { model, precision }: CommandModel): string {
  const flags = Object.entries(options).flatMap(([name, value]: [string, unknown]) => {
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (name === 'doSample') return value === true ? [flag] : [];
    const text = Array.isArray(value) ? value.join(',') : String(value);
    return text.startsWith('-') ? [`${flag}=${quoted(text)}`] : [flag, quoted(text)];
  });
  const chosen = model === null || model === 'built-in' ? [] : ['--model', quoted(model)];
  const computed = precision === null || precision === 'int8' ? [] : ['--precision', precision];
  return ['image-captioner', 'caption', quoted(file), ...chosen, ...computed, ...flags].join(' ');
}

/** For POSIX shells: plain words stay as they are. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
