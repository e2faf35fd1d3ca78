import { type CodeAction, type CodeActionContext, type Range } from 'vscode-languageserver-protocol';
import type { Diagnostic } from 'vscode-languageserver-protocol';
import { altFromCaption } from '../altText.ts';
import { BlipError } from '../blip/index.ts';
import type { ImageReference } from '../documents/imageReference.ts';
import type { AnalysedDocument } from '../openDocuments.ts';
import { serverCommands, type InsertAltTextArguments } from '../protocol.ts';
import { versionedEdit } from './altEdits.ts';
import { examineDocument } from './examineDocument.ts';
import type { FeatureWorld } from './featureWorld.ts';
import { quickFixes, type QuickFix } from './quickFixes.ts';

/** Quick fixes for the references in a range: "Insert alt text" first, the only preferred one. */
export async function codeActions(
  world: FeatureWorld,
  uri: string,
  range: Range,
  context: CodeActionContext,
  signal: AbortSignal,
): Promise<CodeAction[]> {
  const document = await world.documents.analyse(uri);
  if (document === null) return [];
  const examined = await examineDocument(world, document);
  const start = document.text.offsetAt(range.start);
  const end = document.text.offsetAt(range.end);
  // "Fix all on save" asks for the whole document: no picture is read for it.
  const choosing = wanted('quickfix', context.only) || wanted('refactor.rewrite', context.only);
  const touched = document.parsed.references.filter(
    ({ range: own }) => choosing && own.start <= end && start <= own.end,
  );
  const fixes = await quickFixes(
    {
      document: examined,
      problems: examined.problems,
      cachedAlt: (reference) => cachedAlt(world, document, reference, signal),
    },
    touched,
  );
  return fixes
    .filter(({ kind }) => wanted(kind, context.only))
    .map((fix) => codeAction(document, fix, context.diagnostics));
}

function wanted(kind: string, only: readonly string[] | undefined): boolean {
  return only === undefined || only.some((asked) => kind === asked || kind.startsWith(`${asked}.`) || asked === '');
}

/** The words that would be inserted, where they are known without asking the model. */
async function cachedAlt(
  world: FeatureWorld,
  document: AnalysedDocument,
  reference: ImageReference,
  signal: AbortSignal,
): Promise<string | null> {
  const located = await world.locate(reference.target, document);
  if (located.kind !== 'file' && located.kind !== 'data') return null;
  try {
    const settings = await world.settings(document.uri);
    const image = await world.images.read(located, signal);
    const caption = await world.images.cached(image, settings);
    return caption === undefined ? null : altFromCaption(caption.caption, settings.alt);
  } catch (error) {
    if (error instanceof BlipError) return null; // running the action says what is wrong
    throw error;
  }
}

function codeAction(document: AnalysedDocument, fix: QuickFix, diagnostics: readonly Diagnostic[]): CodeAction {
  const mended = diagnostics.filter(({ code }) => fix.rules.some((rule) => rule === code));
  const action: CodeAction = {
    title: fix.title,
    kind: fix.kind,
    ...(mended.length > 0 ? { diagnostics: mended } : {}),
  };
  if (fix.preferred) action.isPreferred = true;
  if (fix.action === 'edit') return { ...action, edit: { documentChanges: [versionedEdit(document, fix.edits)] } };
  if (fix.action === 'caption-document') {
    return {
      ...action,
      command: { title: fix.title, command: serverCommands.captionWorkspace, arguments: [{ uris: [document.uri] }] },
    };
  }
  const args: InsertAltTextArguments = {
    uri: document.uri,
    position: document.text.positionAt(fix.reference.range.start),
    ...(fix.replace ? { replace: true } : {}),
    ...(fix.another === undefined ? {} : { another: fix.another }),
  };
  return { ...action, command: { title: fix.title, command: serverCommands.insertAltText, arguments: [args] } };
}
