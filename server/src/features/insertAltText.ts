import * as l10n from '@vscode/l10n';
import type { ApplyWorkspaceEditParams, ApplyWorkspaceEditResult } from 'vscode-languageserver-protocol';
import { altFromCaption } from '../altText.ts';
import { BlipError } from '../blip/index.ts';
import { captionNote } from '../captionNote.ts';
import { altEdit } from '../documents/altEdit.ts';
import type { ImageReference } from '../documents/imageReference.ts';
import { referenceAt, type AnalysedDocument } from '../openDocuments.ts';
import type { InsertAltTextArguments } from '../protocol.ts';
import { applyEditParams, sameReference, versionedEdit } from './altEdits.ts';
import type { FeatureWorld } from './featureWorld.ts';
import { otherSuggestion } from './otherSuggestion.ts';

/** What the command needs of the editor. */
export interface EditorActions {
  readonly applyEdit: (params: ApplyWorkspaceEditParams) => Promise<ApplyWorkspaceEditResult>;
  /** One sentence a person should read; at most one a command. */
  readonly tell: (kind: 'information' | 'warning' | 'error', message: string) => void;
}

/** Times the edit is made anew because the document changed while it was on its way. */
const tries = 5;

/**
 * Captions the picture at a place, then writes the alt by one versioned edit. What was typed meanwhile is never
 * overwritten: the edit is made for the document as it is then, and again where the editor refuses it.
 */
export async function insertAltText(
  world: FeatureWorld,
  editor: EditorActions,
  args: InsertAltTextArguments,
  signal: AbortSignal,
): Promise<boolean> {
  const document = await world.documents.analyse(args.uri);
  const reference =
    document === null ? undefined : referenceAt(document.parsed.references, document.text.offsetAt(args.position));
  if (document === null || reference === undefined) {
    editor.tell('information', l10n.t('There is no image reference here. Put the cursor into one and try again.'));
    return false;
  }
  const refusal = whyNot(reference, args);
  if (refusal !== null) {
    editor.tell('information', refusal);
    return false;
  }
  try {
    const chosen = await chooseWords(world, document, reference, args, signal);
    if (chosen === null) {
      editor.tell('information', l10n.t('The model has no other suggestion for this picture.'));
      return false;
    }
    const { words, note } = chosen;
    const written = await write(world, editor, { document, reference, words }, signal);
    if (written && note !== null) editor.tell('warning', note);
    if (!written)
      editor.tell('warning', l10n.t('The image reference has changed meanwhile: nothing was written. Try again.'));
    return written;
  } catch (error) {
    if (!(error instanceof BlipError) || error.code === 'Aborted') throw error;
    editor.tell('error', error.message);
    return false;
  }
}

function whyNot(reference: ImageReference, { replace = false }: InsertAltTextArguments): string | null {
  if (reference.dynamicAlt) return l10n.t('The alt text here is computed by the program: change it there.');
  if (reference.altSlot === null) return l10n.t('Alt text cannot be written here.');
  const hasWords = reference.alt !== null && reference.alt.trim() !== '';
  return hasWords && !replace ? l10n.t('There is alt text already: it was left as it is.') : null;
}

/** Null: there is no other suggestion than the ones shown. */
async function chooseWords(
  world: FeatureWorld,
  document: AnalysedDocument,
  reference: ImageReference,
  args: InsertAltTextArguments,
  signal: AbortSignal,
): Promise<{ words: string; note: string | null } | null> {
  if (args.words !== undefined) return { words: args.words, note: null };
  const located = await world.locate(reference.target, document);
  if (located.kind !== 'file' && located.kind !== 'data') throw notHere(reference, located.kind);
  const settings = await world.settings(document.uri);
  const image = await world.images.read(located, signal);
  const found =
    args.another === undefined
      ? await world.images.caption(image, settings, 'quickFix', signal)
      : await otherSuggestion(
          world.images,
          world.shown,
          { image, settings, seed: args.another, present: reference.alt },
          signal,
        );
  if (found === null) return null;
  const { caption, model } = found;
  const note = captionNote(caption, model) ?? (await world.images.foreignPageNote(document));
  return { words: altFromCaption(caption.caption, settings.alt), note };
}

function notHere({ target }: ImageReference, kind: 'missing' | 'remote' | 'unknown'): BlipError {
  const written = target.written ?? '';
  const reasons = {
    missing: l10n.t('There is no picture {0}: correct the path first.', written),
    remote: l10n.t('{0} is a remote picture: it is not fetched. Save it in the workspace to caption it.', written),
    unknown: l10n.t('Which picture this is can only be known when the program runs.'),
  };
  return new BlipError('ImageUnreadable', reasons[kind]);
}

async function write(
  world: FeatureWorld,
  editor: EditorActions,
  { document, reference, words }: { document: AnalysedDocument; reference: ImageReference; words: string },
  signal: AbortSignal,
): Promise<boolean> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    signal.throwIfAborted();
    const now = await world.documents.analyse(document.uri).catch(() => null);
    if (now === null) continue; // changed while it was read: the next try sees the newer version
    const same = sameReference(document, reference, now);
    const edit = same === undefined ? null : altEdit(same, words);
    if (edit === null) return false;
    const { applied } = await editor.applyEdit(
      applyEditParams(l10n.t('Insert alt text'), [versionedEdit(now, [edit])]),
    );
    if (applied) return true;
  }
  return false;
}
