import path from 'node:path';
import { locateImage } from '../documents/locate.ts';
import type { LocateWorld } from '../documents/locateWorld.ts';
import { parseDocument } from '../documents/parse.ts';
import { findProblems } from '../features/diagnostics.ts';
import { ruleIds, severities, type RuleSeverities, type SeveritySetting } from '../features/rules/rule.ts';
import type { Settings } from '../settings.ts';
import { readBaseline, writeBaseline } from './check/baseline.ts';
import { locateProblems, type DocumentProblem, type FoundProblem } from './check/documentProblem.ts';
import { github } from './check/github.ts';
import { sarif } from './check/sarif.ts';
import { stylish } from './check/stylish.ts';
import { exitCodes, UsageError, type CommandIo } from './commandIo.ts';
import { findDocuments, readDocument, workspaceOf, type DocumentFile } from './documentFiles.ts';
import type { FileArgument } from './fileArguments.ts';
import { readNumber, readWord } from './generationFlags.ts';
import { readArguments } from './readArguments.ts';
import { findSettings } from './settingsFile.ts';

/**
 * `image-captioner check PATH…`: what is wrong with alt texts. No model, no native code. A document that cannot be read
 * is said on stderr, and the others go on.
 * @throws UsageError
 */
export async function check(args: string[], io: CommandIo): Promise<number> {
  const { values, positionals } = readArguments(args, {
    format: { type: 'string' },
    'max-warnings': { type: 'string' },
    rule: { type: 'string', multiple: true },
    baseline: { type: 'string' },
  });
  if (positionals.length === 0)
    throw new UsageError('check needs at least one PATH: a file, a folder, a glob, or - for a list on stdin.');
  const format = readWord(values, 'format', ['stylish', 'json', 'sarif', 'github']) ?? 'stylish';
  const maxWarnings = readMaxWarnings(values['max-warnings']);
  const found = await findSettings(io.cwd);
  const rules = withOverrides(found.settings.rules, values.rule ?? []);
  const documents = await findDocuments(positionals, found, io);

  const workspace = workspaceOf(documents, found, io);
  const checked = await checkDocuments(documents.files, { settings: found.settings, rules, workspace, io });
  const failures = [...documents.failures, ...checked.failures];
  for (const failure of failures) io.stderr(`${failure}\n`);

  const all = checked.problems;
  const shown = values.baseline === undefined ? all : await withoutKnown(all, checked.paths, values.baseline, io);
  const problems = shown.map(({ problem }) => problem);
  io.stdout(formatted(format, problems, checked.paths.length, failures));
  return failures.length > 0 || failsRun(problems, maxWarnings) ? exitCodes.problems : exitCodes.fine;
}

interface CheckWorld {
  readonly settings: Settings;
  readonly rules: RuleSeverities;
  readonly workspace: LocateWorld;
  readonly io: CommandIo;
}

interface Checked {
  /** The documents that were read, absolute. */
  readonly paths: readonly string[];
  readonly problems: readonly FoundProblem[];
  readonly failures: readonly string[];
}

async function checkDocuments(files: readonly FileArgument[], world: CheckWorld): Promise<Checked> {
  const paths: string[] = [];
  const problems: FoundProblem[] = [];
  const failures: string[] = [];
  for (const file of files) {
    const read = await readDocument(file, world.io.signal);
    if (!read.ok) {
      failures.push(read.message);
      continue;
    }
    paths.push(file.path);
    problems.push(...(await checkDocument(read.document, world)));
  }
  return { paths, problems, failures };
}

async function checkDocument(
  document: DocumentFile,
  { settings, rules, workspace, io }: CheckWorld,
): Promise<FoundProblem[]> {
  const { text, languageId } = document;
  const parsed = await parseDocument(text, languageId, { imageComponents: settings.imageComponents });
  const located =
    rules['image-not-found'] === 'off'
      ? undefined
      : await Promise.all(
          parsed.references.map(({ target }) => locateImage(target, document.path, workspace, io.signal)),
        );
  const problems = findProblems({ text, languageId, parsed, ...(located === undefined ? {} : { located }) }, rules);
  return locateProblems(document, parsed, problems);
}

/**
 * What the baseline does not know. Where there is none yet, all that was found goes into a new one; not in CI, where a
 * file that was never committed would let everything pass.
 */
async function withoutKnown(
  found: readonly FoundProblem[],
  documents: readonly string[],
  name: string,
  io: CommandIo,
): Promise<readonly FoundProblem[]> {
  const file = path.resolve(io.cwd, name);
  const baseline = await readBaseline(file, name);
  if (baseline === null) {
    const ci = io.env['CI'] ?? '';
    if (ci !== '' && ci !== 'false' && ci !== '0') {
      throw new UsageError(
        `${name}: there is no such baseline. Make it where you work (the same command), and commit it.`,
      );
    }
    await writeBaseline(file, name, found);
    io.stderr(`${name}: made, with ${found.length} known ${found.length === 1 ? 'problem' : 'problems'}.\n`);
    return [];
  }
  const fresh = found.filter((problem) => !baseline.takes(problem));
  const solved = baseline.solved(documents);
  if (solved > 0)
    io.stderr(
      `${name}: ${solved} known ${solved === 1 ? 'problem is' : 'problems are'} solved. Delete the file and run again to make it anew.\n`,
    );
  return fresh;
}

function formatted(
  format: 'stylish' | 'json' | 'sarif' | 'github',
  problems: readonly DocumentProblem[],
  documents: number,
  failures: readonly string[],
): string {
  switch (format) {
    case 'stylish':
      return stylish(problems, documents);
    case 'json':
      return `${JSON.stringify(problems, null, 2)}\n`;
    case 'sarif':
      return sarif(problems, failures);
    case 'github':
      return github(problems);
  }
}

function failsRun(problems: readonly DocumentProblem[], maxWarnings: number): boolean {
  const warnings = problems.filter(({ severity }) => severity === 'warning').length;
  return warnings > maxWarnings || problems.some(({ severity }) => severity === 'error');
}

function readMaxWarnings(text: string | undefined): number {
  if (text === undefined) return 0;
  const value = readNumber('max-warnings', text, true);
  if (value < 0) throw new UsageError(`--max-warnings takes a number from 0; not "${text}".`);
  return value;
}

function withOverrides(rules: RuleSeverities, overrides: readonly string[]): RuleSeverities {
  const changed = { ...rules };
  const settings: readonly SeveritySetting[] = ['off', ...severities];
  for (const override of overrides) {
    const [name = '', word] = override.split('=', 2);
    const id = ruleIds.find((candidate) => candidate === name);
    if (id === undefined)
      throw new UsageError(`--rule: there is no rule "${name}". The rules are ${ruleIds.join(', ')}.`);
    const severity = settings.find((candidate) => candidate === word);
    if (severity === undefined)
      throw new UsageError(`--rule takes ID=SEVERITY with one of ${settings.join(', ')}; not "${override}".`);
    changed[id] = severity;
  }
  return changed;
}
