import * as l10n from '@vscode/l10n';
import type { ChangeAnnotation, TextDocumentEdit, WorkDoneProgressReporter } from 'vscode-languageserver';
import { URI } from 'vscode-uri';
import { BlipError } from '../blip/index.ts';
import { bulkRules, captionDocument, type ImageOutcome } from '../captionDocument.ts';
import { readDocument } from '../cli/documentFiles.ts';
import type { FileArgument } from '../cli/fileArguments.ts';
import { languageOfFile } from '../documents/languages.ts';
import type { ParseClient } from '../documents/parseClient.ts';
import { inOrder } from '../inOrder.ts';
import type { AnalysedDocument } from '../openDocuments.ts';
import { picturesAhead } from '../pictureRoom.ts';
import type { AltProposal, CaptionWorkspaceArguments, CaptionWorkspaceResult, SkippedImage } from '../protocol.ts';
import { TextSnapshot } from '../textSnapshot.ts';
import { examineDocument } from './examineDocument.ts';
import type { FeatureWorld } from './featureWorld.ts';
import type { EditorActions } from './insertAltText.ts';

/** What captioning a workspace needs besides the features' world. */
export interface WorkspaceCaptionsWorld {
  readonly parser: ParseClient;
  /** Absolute paths of the workspace folders. */
  readonly folders: () => readonly string[];
  /** The text of an open document. */
  readonly openText: (uri: string) => TextSnapshot | undefined;
  /** Documents in these files and folders that are ours to read, as ignore files and settings say. */
  readonly listDocuments: (paths: readonly string[]) => Promise<readonly FileArgument[]>;
  /** The client shows annotated edits for review before it applies them. */
  readonly annotations: boolean;
}

/** Documents that are captioned at a time: those with one picture each fill a batch together. */
const documentsAhead = picturesAhead;

interface Tally {
  documents: number;
  readonly proposals: AltProposal[];
  readonly skipped: SkippedImage[];
  readonly failed: SkippedImage[];
}

/**
 * Captions every picture without alt text in the workspace's documents. Without `review` the edits are applied, all of
 * them in one versioned change; cancelled, nothing is written.
 */
export async function workspaceCaptions(
  world: FeatureWorld & WorkspaceCaptionsWorld,
  editor: EditorActions,
  args: CaptionWorkspaceArguments,
  progress: WorkDoneProgressReporter,
  signal: AbortSignal,
): Promise<CaptionWorkspaceResult> {
  const paths = args.uris?.map((uri) => URI.parse(uri).fsPath) ?? world.folders();
  const tally: Tally = { documents: 0, proposals: [], skipped: [], failed: [] };
  if (paths.length === 0) {
    editor.tell('information', l10n.t('No folder is open: open one, then caption its images.'));
    return result(tally, 0, false);
  }
  progress.begin(l10n.t('Captioning images'), 0, l10n.t('looking for documents'), true);
  const cancelled = await captionAll(world, { paths, anyLanguage: args.anyLanguage === true }, tally, progress, signal);
  if (cancelled || args.review === true) return result(tally, 0, cancelled);
  const written =
    tally.proposals.length > 0 && (await apply(world, editor, tally.proposals)) ? tally.proposals.length : 0;
  progress.report(100, l10n.t('{0} alt texts written', written));
  return result(tally, written, false);
}

/** @returns whether it was cancelled before its end */
async function captionAll(
  world: FeatureWorld & WorkspaceCaptionsWorld,
  { paths, anyLanguage }: { paths: readonly string[]; anyLanguage: boolean },
  tally: Tally,
  progress: WorkDoneProgressReporter,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const files = await world.listDocuments(paths);
    let [documents, captions] = [0, 0];
    const report = (picture: string | null): void => {
      const done = l10n.t('{0} of {1} documents, {2} captions', documents, files.length, captions);
      progress.report(Math.round((100 * documents) / files.length), picture === null ? done : `${done}: ${picture}`);
    };
    const onOutcome = ({ kind, reference }: ImageOutcome): void => {
      if (kind === 'proposed') captions += 1;
      report(reference.target.written ?? '');
    };
    const caption = async (file: FileArgument, either: AbortSignal): Promise<CaptionedDocument | null> => {
      const captioned = await captionFile(world, file, anyLanguage, onOutcome, either);
      documents += 1;
      report(null);
      return captioned;
    };
    report(null);
    for await (const captioned of inOrder(files, documentsAhead, caption, signal)) {
      if (captioned === null) continue;
      tally.documents += 1;
      const { document, outcomes } = captioned;
      const open = world.openText(document.uri) !== undefined;
      for (const outcome of outcomes) record(tally, document, outcome, open);
    }
    return false;
  } catch (error) {
    if (signal.aborted || (error instanceof BlipError && error.code === 'Aborted')) return true;
    throw error;
  }
}

interface CaptionedDocument {
  readonly document: AnalysedDocument;
  readonly outcomes: readonly ImageOutcome[];
}

/** Null where it cannot be read as text. */
async function captionFile(
  world: FeatureWorld & WorkspaceCaptionsWorld,
  file: FileArgument,
  anyLanguage: boolean,
  onOutcome: (outcome: ImageOutcome) => void,
  signal: AbortSignal,
): Promise<CaptionedDocument | null> {
  const document = await analyse(world, file, signal);
  if (document === null) return null;
  const settings = await world.settings(document.uri);
  const { problems } = await examineDocument(world, document);
  const wanted = new Set(
    problems.filter(({ rule }) => bulkRules.missing.includes(rule)).map(({ reference }) => reference),
  );
  const references = document.parsed.references.filter((_, index) => wanted.has(index));
  const made = captionDocument(
    { images: world.images, locate: (target) => world.locate(target, document) },
    document.parsed,
    references,
    { settings, minConfidence: null, anyLanguage, overrides: {} },
    signal,
  );
  const outcomes: ImageOutcome[] = [];
  for await (const outcome of made) {
    outcomes.push(outcome);
    onOutcome(outcome);
  }
  return { document, outcomes };
}

/** The open text where the document is open, else the file; null where it cannot be read as text. */
async function analyse(
  world: FeatureWorld & WorkspaceCaptionsWorld,
  file: FileArgument,
  signal: AbortSignal,
): Promise<AnalysedDocument | null> {
  const uri = URI.file(file.path).toString();
  const open = await world.documents.analyse(uri);
  if (open !== null) return open;
  const read = await readDocument(file, signal);
  if (!read.ok) return null;
  const { text } = read.document;
  const languageId = languageOfFile(file.path);
  const { imageComponents } = await world.settings(uri);
  const { parsed, since } = await world.parser.parse(text, languageId, { imageComponents }, signal);
  return {
    uri,
    version: 0,
    languageId,
    path: file.path,
    text: TextSnapshot.create(uri, languageId, 0, text),
    parsed,
    since,
  };
}

function record(tally: Tally, document: AnalysedDocument, outcome: ImageOutcome, open: boolean): void {
  const { uri, text } = document;
  const { range, target } = outcome.reference;
  const reference = { start: text.positionAt(range.start), end: text.positionAt(range.end) };
  const place = { uri, reference, target: target.written ?? '' };
  if (outcome.kind === 'abstained') tally.skipped.push({ ...place, reason: outcome.reason });
  else if (outcome.kind === 'failed') tally.failed.push({ ...place, reason: outcome.reason });
  else {
    const { edit, alt, caption, imagePath } = outcome;
    tally.proposals.push({
      ...place,
      version: open ? document.version : null,
      range: { start: text.positionAt(edit.range.start), end: text.positionAt(edit.range.end) },
      newText: edit.newText,
      referenceText: text.getText(reference),
      imageUri: imagePath === null ? (target.data ?? target.written ?? '') : URI.file(imagePath).toString(),
      alt,
      confidence: caption.confidence,
    });
  }
}

async function apply(
  world: WorkspaceCaptionsWorld,
  editor: EditorActions,
  proposals: readonly AltProposal[],
): Promise<boolean> {
  const byDocument = Map.groupBy(proposals, ({ uri }) => uri);
  const documentChanges: TextDocumentEdit[] = [...byDocument].map(([uri, edits]) => ({
    textDocument: { uri, version: edits[0]!.version },
    edits: edits.map(({ range, newText }) =>
      world.annotations ? { range, newText, annotationId: 'captions' } : { range, newText },
    ),
  }));
  const captions: ChangeAnnotation = { label: l10n.t('Insert alt text'), needsConfirmation: true };
  const edit = world.annotations ? { documentChanges, changeAnnotations: { captions } } : { documentChanges };
  const { applied } = await editor.applyEdit({ label: l10n.t('Insert alt texts'), edit });
  return applied;
}

function result(tally: Tally, written: number, cancelled: boolean): CaptionWorkspaceResult {
  const { documents, proposals, skipped, failed } = tally;
  return { documents, written, proposals, skipped, failed, cancelled };
}
