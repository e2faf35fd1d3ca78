import * as v from 'valibot';
import type { AltStyle } from './altText.ts';
import type { GenerationOptions, Precision } from './blip/index.ts';
import { ruleIds, severities, type RuleSeverities } from './features/rules/rule.ts';
import { defaultSeverities } from './features/rules/rules.ts';

/**
 * All settings: in the editor under `imageCaptioner.`, in `.image-captioner.json` under the same names. Their defaults
 * stand here and nowhere else; a test holds package.json to them.
 */
export interface Settings {
  /** `built-in`, a hub id, or a folder. */
  readonly model: string;
  readonly precision: Precision;
  /** Null: as the model's own generation_config.json says. */
  readonly generation: {
    readonly [Name in keyof Required<GenerationOptions>]: Required<GenerationOptions>[Name] | null;
  };
  readonly alt: AltStyle;
  readonly rules: RuleSeverities;
  /** Globs of documents that are left alone, in the manner of .gitignore, relative to the workspace. */
  readonly exclude: readonly string[];
  /** Folders where a target's picture is looked for too; relative ones lie in the workspace. */
  readonly imageRoots: readonly string[];
  /** Components that show a picture, besides `img` and the known ones. */
  readonly imageComponents: readonly string[];
  /** Captions the pictures of an open document before anyone asks. */
  readonly prefetch: boolean;
  /** The inference process ends after so long without work; 0: it stays. */
  readonly idleMinutes: number;
  readonly hub: { readonly endpoint: string | null };
  /** Nothing is fetched, neither models nor remote pictures. */
  readonly offline: boolean;
}

const whole = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  v.pipe(
    v.number('must be a whole number'),
    v.integer('must be a whole number'),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
  );
const positive = v.pipe(v.number('must be a number'), v.gtValue(0, 'must be more than 0'));
const onOrOff = v.boolean('must be true or false');
const words = v.pipe(v.string('must be a text'), v.nonEmpty('must not be empty'));
const list = v.array(words, 'must be a list of texts');
/** A key takes its default where the file or the editor leaves it out. */
const orModel = <S extends v.GenericSchema>(schema: S) => v.nullish(schema, null);
const severity = v.picklist(['off', ...severities], `must be one of off, ${severities.join(', ')}`);

const schema = v.object({
  model: v.nullish(words, 'built-in'),
  precision: v.nullish(v.picklist(['int8', 'fp32'], 'must be int8 or fp32'), 'int8'),
  generation: v.object({
    prompt: orModel(v.string('must be a text')),
    numBeams: orModel(whole(1, 16)),
    maxNewTokens: orModel(whole(1)),
    minNewTokens: orModel(whole(0)),
    lengthPenalty: orModel(v.number('must be a number')),
    earlyStopping: orModel(v.union([v.boolean(), v.literal('never')], 'must be true, false or "never"')),
    repetitionPenalty: orModel(positive),
    noRepeatNgramSize: orModel(whole(0)),
    badWords: orModel(list),
    forceWords: orModel(list),
    numReturnSequences: orModel(whole(1)),
    doSample: orModel(onOrOff),
    temperature: orModel(positive),
    topK: orModel(whole(0)),
    topP: orModel(v.pipe(positive, v.maxValue(1, 'must be at most 1'))),
    seed: orModel(whole(0)),
  }),
  alt: v.object({
    capitalise: v.nullish(onOrOff, true),
    removeFinalFullStop: v.nullish(onOrOff, true),
  }),
  rules: v.object(v.entriesFromList(ruleIds, v.nullish(severity))),
  exclude: v.nullish(list, []),
  imageRoots: v.nullish(list, []),
  imageComponents: v.nullish(list, []),
  prefetch: v.nullish(onOrOff, true),
  idleMinutes: v.nullish(v.pipe(v.number('must be a number of minutes'), v.minValue(0, 'must be at least 0')), 10),
  hub: v.object({
    endpoint: orModel(
      v.pipe(v.string('must be an address'), v.regex(/^https?:\/\//u, 'must begin with https:// or http://')),
    ),
  }),
  offline: v.nullish(onOrOff, false),
});

/** Keys that hold further keys. */
const groups = ['generation', 'alt', 'rules', 'hub'] as const;

export interface ReadSettings {
  readonly settings: Settings;
  /** `generation.numBeams: must be at most 16, not 40`: one for each key that is ignored. */
  readonly problems: readonly string[];
}

/**
 * Settings as an editor or a file gives them → all settings. A wrong value is reported and its default stands. Names
 * may be nested or dotted (`"rules.alt-missing": "off"`), with or without `imageCaptioner.` before them.
 *
 * @param unknownKeys `report` for a file, where one is a typing mistake; editors pass keys that are not for us
 */
export function parseSettings(raw: unknown, unknownKeys: 'ignore' | 'report' = 'ignore'): ReadSettings {
  if (!isObject(raw)) return { settings: defaultSettings, problems: [`must be an object, not ${shown(raw)}`] };
  const nested = nest(raw);
  const problems = unknownKeys === 'report' ? unknownNames(nested) : [];
  for (const group of groups) {
    if (nested[group] === undefined || nested[group] === null) nested[group] = {};
    else if (!isObject(nested[group])) {
      problems.push(`${group}: must be an object, not ${shown(nested[group])}`);
      nested[group] = {};
    }
  }
  const first = v.safeParse(schema, nested);
  if (first.success) return { settings: completed(first.output), problems };
  for (const issue of first.issues) {
    const path = (issue.path ?? []).map(({ key }) => String(key));
    const [head, second] = path;
    const inGroup = groups.some((group) => group === head);
    problems.push(`${path.join('.')}: ${issue.message}, not ${shown(issue.input)}`);
    const holder = inGroup ? (nested[head!] as Record<string, unknown>) : nested;
    delete holder[inGroup ? second! : head!];
  }
  return { settings: completed(v.parse(schema, nested)), problems };
}

function completed(output: v.InferOutput<typeof schema>): Settings {
  const rules = Object.fromEntries(ruleIds.map((id) => [id, output.rules[id] ?? defaultSeverities[id]]));
  return { ...output, rules: rules as Settings['rules'] };
}

function nest(raw: Record<string, unknown>): Record<string, unknown> {
  // Without a prototype: a file may hold any name, `__proto__` among them.
  const nested = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(raw)) {
    const [head = '', ...rest] = name.replace(/^imageCaptioner\./u, '').split('.');
    const key = rest.join('.');
    const isGroup = groups.some((group) => group === head);
    if (!isGroup) nested[key === '' ? head : name] = value;
    else if (key !== '') nested[head] = { ...groupSoFar(nested, head), [key]: value };
    else nested[head] = isObject(value) ? { ...groupSoFar(nested, head), ...value } : value;
  }
  return nested;
}

function groupSoFar(nested: Record<string, unknown>, group: string): Record<string, unknown> {
  const value = nested[group];
  return isObject(value) ? value : {};
}

function unknownNames(nested: Record<string, unknown>): string[] {
  const unknown: string[] = [];
  for (const [name, value] of Object.entries(nested)) {
    if (name === '$schema') continue;
    const group = groups.find((candidate) => candidate === name);
    if (!Object.hasOwn(schema.entries, name)) unknown.push(`${name}: there is no such setting`);
    else if (group !== undefined && isObject(value)) {
      const known = schema.entries[group].entries;
      for (const key of Object.keys(value))
        if (!Object.hasOwn(known, key)) unknown.push(`${name}.${key}: there is no such setting`);
    }
  }
  return unknown;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

export const defaultSettings: Settings = parseSettings({}).settings;
