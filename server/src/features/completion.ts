import * as l10n from '@vscode/l10n';
import { CompletionItemKind, type CompletionItem, type Position } from 'vscode-languageserver-protocol';
import { altFromCaption } from '../altText.ts';
import { BlipError } from '../blip/index.ts';
import { captionNote, percent } from '../captionNote.ts';
import { altEdit } from '../documents/altEdit.ts';
import type { ImageReference } from '../documents/imageReference.ts';
import type { FeatureWorld } from './featureWorld.ts';

/** Inside an empty alt (`![|](a.png)`, `alt="|"`): the caption. */
export async function completion(
  world: FeatureWorld,
  uri: string,
  position: Position,
  signal: AbortSignal,
): Promise<CompletionItem[]> {
  const document = await world.documents.analyse(uri);
  if (document === null) return [];
  const offset = document.text.offsetAt(position);
  const reference = document.parsed.references.find((candidate) => emptyAltAt(candidate, offset));
  if (reference === undefined) return [];
  const located = await world.locate(reference.target, document);
  if (located.kind !== 'file' && located.kind !== 'data') return [];
  try {
    const settings = await world.settings(uri);
    const image = await world.images.read(located, signal);
    const { caption, model } = await world.images.caption(image, settings, 'quickFix', signal);
    const words = altFromCaption(caption.caption, settings.alt);
    const edit = altEdit(reference, words);
    if (edit === null) return [];
    const note = captionNote(caption, model) ?? (await world.images.foreignPageNote(document));
    const range = {
      start: document.text.positionAt(edit.range.start),
      end: document.text.positionAt(edit.range.end),
    };
    return [
      {
        label: words,
        kind: CompletionItemKind.Text,
        detail: l10n.t('Caption, confidence {0}', percent(caption.confidence)),
        ...(note === null ? {} : { documentation: note }),
        filterText: document.text.getText(range),
        textEdit: { range, newText: edit.newText },
      },
    ];
  } catch (error) {
    if (error instanceof BlipError) return []; // the hover and the problems say what is wrong with the picture
    throw error;
  }
}

function emptyAltAt({ alt, altSlot, altRange, range }: ImageReference, offset: number): boolean {
  if (altSlot === null || (alt !== null && alt.trim() !== '')) return false;
  const place = altRange ?? altSlot.range;
  return range.start < offset && offset < range.end && place.start <= offset && offset <= place.end;
}
