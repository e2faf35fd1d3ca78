import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bulkRules, captionDocument, type CaptionDocumentOptions, type ImageOutcome } from '../captionDocument.ts';
import { locateImage } from '../documents/locate.ts';
import type { LocateWorld } from '../documents/locateWorld.ts';
import { parseDocument } from '../documents/parse.ts';
import { findProblems } from '../features/diagnostics.ts';
import { ruleIds, type RuleSeverities } from '../features/rules/rule.ts';
import { generationOptions } from '../imageCaptions.ts';
import { inOrder } from '../inOrder.ts';
import type { Installation } from '../installation.ts';
import { picturesAhead } from '../pictureRoom.ts';
import { createCaptioner, type TerminalCaptioner } from './captioner.ts';
import { exitCodes, UsageError, type CommandIo } from './commandIo.ts';
import { findDocuments, readDocument, workspaceOf, type DocumentFile } from './documentFiles.ts';
import type { FileArgument } from './fileArguments.ts';
import { generationFlags, readAlpha, readNumber, readPrecision, readWord, type FlagValues } from './generationFlags.ts';
import { linesOf } from './linesOf.ts';
import { readArguments } from './readArguments.ts';
import { readGeneration } from './readGeneration.ts';
import { makeReport, type Report, type ReportDocument, type ReportImage } from './report.ts';
import { findSettings } from './settingsFile.ts';
import { unifiedDiff, withEdits, writeDocument } from './writeDocument.ts';

const flags = {
  ...generationFlags,
  only: { type: 'string' },
  'dry-run': { type: 'boolean' },
  'min-confidence': { type: 'string' },
  shard: { type: 'string' },
  report: { type: 'string' },
  'any-language': { type: 'boolean' },
} as const;

/** Documents that are captioned at a time: those with one picture each fill a batch together. */
const documentsAhead = picturesAhead;

interface WriteRun {
  readonly captioner: TerminalCaptioner;
  readonly workspace: LocateWorld;
  readonly options: CaptionDocumentOptions;
  readonly severities: RuleSeverities;
  readonly dryRun: boolean;
  readonly io: CommandIo;
}

/** `image-captioner write PATH…`: inserts alt text where there is none; other text is never replaced. */
export async function write(args: string[], io: CommandIo, installation: Installation): Promise<number> {
  const { values, positionals } = readArguments(args, flags);
  if (positionals.length === 0)
    throw new UsageError('write needs at least one PATH: a document, a folder, a pattern, or -.');
  const found = await findSettings(io.cwd);
  const inShard = readShard(values.shard);
  const severities = onlyRules(readWord(values, 'only', ['missing', 'all']) ?? 'missing');
  const settings = {
    ...found.settings,
    model: values.model ?? found.settings.model,
    precision: readPrecision(values) ?? found.settings.precision,
  };
  const options: CaptionDocumentOptions = {
    settings,
    minConfidence: readMinConfidence(values),
    anyLanguage: values['any-language'] === true,
    overrides: {
      generation: readGeneration(values, generationOptions(found.settings)),
      alpha: readAlpha(values) ?? 'auto',
      useCache: values['no-cache'] !== true,
    },
  };
  const listed = await findDocuments(positionals, found, io);
  const { files, failures } = listed;
  for (const failure of failures) io.stderr(`${failure}\n`);
  const mine = files.filter(({ path: file }) => inShard(path.relative(io.cwd, file).split(path.sep).join('/')));
  const captioner = createCaptioner(installation, io);
  try {
    const run: WriteRun = {
      captioner,
      workspace: workspaceOf(listed, found, io),
      options,
      severities,
      dryRun: values['dry-run'] === true,
      io,
    };
    await captioner.registry.find(settings.model);
    const results = await writeAll(run, mine);
    const report = makeReport(
      { model: settings.model, dryRun: run.dryRun, shard: values.shard ?? null },
      results.documents,
    );
    const kept = values.report === undefined || (await keepReport(report, values.report, io));
    const verb = run.dryRun ? 'would be written' : 'written';
    const texts = report.written === 1 ? 'alt text' : 'alt texts';
    io.stderr(`${report.written} ${texts} ${verb}, ${report.abstained} left to a person, ${report.failed} failed\n`);
    return report.failed > 0 || results.failed || failures.length > 0 || !kept ? exitCodes.problems : exitCodes.fine;
  } finally {
    captioner.close();
  }
}

/** False, and said why, where the report cannot be written: the documents are by then. */
async function keepReport(report: Report, name: string, io: CommandIo): Promise<boolean> {
  try {
    await writeFile(path.resolve(io.cwd, name), `${JSON.stringify(report, null, 2)}\n`);
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    io.stderr(`${name}: the report cannot be written (${code ?? message}).\n`);
    return false;
  }
}

async function writeAll(
  run: WriteRun,
  files: readonly FileArgument[],
): Promise<{ documents: ReportDocument[]; failed: boolean }> {
  const documents: ReportDocument[] = [];
  let failed = false;
  const propose = (file: FileArgument, signal: AbortSignal): Promise<Proposals> => captionAlts(run, file, signal);
  for await (const ahead of inOrder(files, documentsAhead, propose, run.io.signal)) {
    // What was written since may be the same document under another name.
    const proposals = (await isStale(ahead, run.io.signal)) ? await propose(ahead.file, run.io.signal) : ahead;
    const { images, problem } = proposals.ok ? await writeAlts(run, proposals) : { images: [], ...proposals };
    if (problem !== null) {
      run.io.stderr(`${problem}\n`);
      failed = true;
    }
    if (images.length > 0) documents.push({ file: proposals.file.name, images });
  }
  return { documents, failed };
}

/** What would be written into a document, or a sentence where it cannot be read. */
type Proposals =
  | {
      readonly ok: true;
      readonly file: FileArgument;
      readonly document: DocumentFile;
      readonly outcomes: readonly ImageOutcome[];
    }
  | { readonly ok: false; readonly file: FileArgument; readonly problem: string };

async function isStale(proposals: Proposals, signal: AbortSignal): Promise<boolean> {
  if (!proposals.ok || proposals.outcomes.length === 0) return false;
  const now = await readDocument(proposals.file, signal);
  return now.ok && now.document.text !== proposals.document.text;
}

async function captionAlts(run: WriteRun, file: FileArgument, signal: AbortSignal): Promise<Proposals> {
  const { workspace, captioner, options } = run;
  const read = await readDocument(file, signal);
  if (!read.ok) return { ok: false, file, problem: read.message };
  const { document } = read;
  const { text, languageId } = document;
  const { imageComponents } = options.settings;
  const parsed = await parseDocument(text, languageId, { imageComponents });
  const wanted = new Set(findProblems({ text, languageId, parsed }, run.severities).map(({ reference }) => reference));
  const references = parsed.references.filter((_, index) => wanted.has(index));
  const world = {
    images: captioner.images,
    locate: (target: Parameters<typeof locateImage>[0]) => locateImage(target, document.path, workspace, signal),
  };
  const outcomes: ImageOutcome[] = [];
  for await (const outcome of captionDocument(world, parsed, references, options, signal)) outcomes.push(outcome);
  return { ok: true, file, document, outcomes };
}

async function writeAlts(
  { io, dryRun }: WriteRun,
  { document, outcomes }: Extract<Proposals, { ok: true }>,
): Promise<{ images: ReportImage[]; problem: string | null }> {
  const { text } = document;
  for (const outcome of outcomes) tell(outcome, document, io);
  const edits = outcomes.flatMap((outcome) => (outcome.kind === 'proposed' ? [outcome.edit] : []));
  const after = withEdits(text, edits);
  const images = outcomes.map((outcome) => reportImage(outcome, text));
  if (edits.length === 0) return { images, problem: null };
  if (dryRun) {
    io.stdout(unifiedDiff(document, after, io.cwd));
    return { images, problem: null };
  }
  const problem = await writeDocument(document, after, io.signal);
  return { images: problem === null ? images : images.map((image) => unwritten(image, problem)), problem };
}

/** Only these rules speak, whatever the settings say of showing them: they decide what is eligible. */
function onlyRules(only: 'missing' | 'all'): RuleSeverities {
  const entries = ruleIds.map((id) => [id, bulkRules[only].includes(id) ? 'warning' : 'off'] as const);
  return Object.fromEntries(entries) as RuleSeverities;
}

function tell(outcome: ImageOutcome, { name, text }: DocumentFile, io: CommandIo): void {
  if (outcome.kind === 'proposed') return;
  const { line, column } = linesOf(text)(outcome.reference.range.start);
  const what = outcome.kind === 'failed' ? 'failed' : 'left to a person';
  io.stderr(`${name}:${line}:${column}: ${what}: ${outcome.reason}\n`);
}

function reportImage(outcome: ImageOutcome, text: string): ReportImage {
  const { line, column } = linesOf(text)(outcome.reference.range.start);
  const place = { line, column, target: outcome.reference.target.written };
  switch (outcome.kind) {
    case 'proposed':
      return { ...place, status: 'written', alt: outcome.alt, confidence: outcome.caption.confidence, reason: null };
    case 'abstained':
      return { ...place, status: 'abstained', alt: null, confidence: outcome.confidence, reason: outcome.reason };
    case 'failed':
      return { ...place, status: 'failed', alt: null, confidence: null, reason: outcome.reason };
  }
}

function unwritten(image: ReportImage, reason: string): ReportImage {
  return image.status === 'written' ? { ...image, status: 'failed', alt: null, reason } : image;
}

/** @throws UsageError */
function readMinConfidence(values: FlagValues): number | null {
  const text = values['min-confidence'];
  if (text === undefined) return null;
  const value = readNumber('min-confidence', String(text), false);
  if (value < 0 || value > 1) throw new UsageError(`--min-confidence takes a number from 0 to 1; not ${value}.`);
  return value;
}

/**
 * `I/N`: of N parts the I-th, by hash of the document's path, so that every machine of a CI agrees.
 * @throws UsageError
 */
function readShard(text: string | undefined): (relativePath: string) => boolean {
  if (text === undefined) return () => true;
  const match = /^(\d+)\/(\d+)$/u.exec(text);
  const [part, parts] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || part < 1 || part > parts)
    throw new UsageError(`--shard takes I/N with 1 ≤ I ≤ N; not "${text}".`);
  return (relativePath) => {
    const hash = createHash('sha256').update(relativePath).digest();
    return hash.readUInt32BE(0) % parts === part - 1;
  };
}
