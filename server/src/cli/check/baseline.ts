import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { UsageError } from '../commandIo.ts';
import type { FoundProblem } from './documentProblem.ts';

/**
 * Problems that are known and put up with. Each is known by its document, rule, target and alt, not by its line: text
 * that moves stays known, and a second one of the same kind is new.
 */
const schema = v.object({
  version: v.literal(1, 'is not 1: it was written by another version of image-captioner'),
  /** By document, relative to the baseline's folder, with `/`. */
  problems: v.record(
    v.string(),
    v.array(
      v.object({
        rule: v.string(),
        target: v.nullable(v.string()),
        /** Of the alt text, shortened SHA-256; null: there is none. */
        alt: v.nullable(v.string()),
        count: v.pipe(v.number(), v.integer(), v.minValue(1)),
      }),
    ),
  ),
});
type BaselineFile = v.InferOutput<typeof schema>;
type Entry = BaselineFile['problems'][string][number];

/** What is known, counted down as problems are met. */
export class Baseline {
  readonly #folder: string;
  readonly #left = new Map<string, number>();

  constructor(file: string, content: BaselineFile) {
    this.#folder = path.dirname(file);
    for (const [document, entries] of Object.entries(content.problems)) {
      for (const entry of entries) {
        const key = keyOf(document, entry);
        this.#left.set(key, (this.#left.get(key) ?? 0) + entry.count);
      }
    }
  }

  /** Whether this problem is known; each known one only as often as it was counted. */
  takes(found: FoundProblem): boolean {
    const key = keyOf(documentName(this.#folder, found), entryOf(found));
    const left = this.#left.get(key) ?? 0;
    if (left > 0) this.#left.set(key, left - 1);
    return left > 0;
  }

  /** Known problems of the given documents (absolute) that were not met: they are solved. */
  solved(documents: Iterable<string>): number {
    const names = [...documents].map((file) => `${slashedFrom(this.#folder, file)}\n`);
    let sum = 0;
    for (const [key, left] of this.#left) if (names.some((name) => key.startsWith(name))) sum += left;
    return sum;
  }
}

/**
 * Null: there is no such file yet.
 * @throws UsageError naming the file
 */
export async function readBaseline(file: string, shown: string): Promise<Baseline | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new UsageError(`${shown}: the baseline cannot be read (${code ?? message}).`);
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${shown}: the baseline is not valid JSON: ${(error as Error).message}.`);
  }
  const parsed = v.safeParse(schema, raw);
  if (parsed.success) return new Baseline(file, parsed.output);
  const [issue] = parsed.issues;
  throw new UsageError(`${shown}: the baseline is not one of ours: ${v.getDotPath(issue) ?? 'it'} ${issue.message}.`);
}

/** @throws UsageError where the file cannot be written */
export async function writeBaseline(file: string, shown: string, found: readonly FoundProblem[]): Promise<void> {
  const folder = path.dirname(file);
  const problems: BaselineFile['problems'] = {};
  const byDocument = Map.groupBy(found, (problem) => documentName(folder, problem));
  for (const [document, own] of [...byDocument].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const counted = Map.groupBy(own.map(entryOf), (entry) => keyOf(document, entry));
    problems[document] = [...counted.values()].map((same) => ({ ...same[0]!, count: same.length }));
  }
  const content: BaselineFile = { version: 1, problems };
  try {
    await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(`${shown}: the baseline cannot be written (${code ?? message}).`);
  }
}

function entryOf({ problem, alt }: FoundProblem): Omit<Entry, 'count'> {
  const hash = alt === null ? null : createHash('sha256').update(alt).digest('hex').slice(0, 16);
  return { rule: problem.rule, target: problem.target, alt: hash };
}

function keyOf(document: string, { rule, target, alt }: Omit<Entry, 'count'>): string {
  return `${document}\n${JSON.stringify([rule, target, alt])}`;
}

function documentName(folder: string, found: FoundProblem): string {
  return slashedFrom(folder, found.path);
}

function slashedFrom(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}
