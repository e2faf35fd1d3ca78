import * as l10n from '@vscode/l10n';
import { URI } from 'vscode-uri';
import type { LocatedImage } from '../documents/locatedImage.ts';
import { referenceAt } from '../openDocuments.ts';
import type { PanelPictureSource, PanelReference, PanelReferenceParams } from '../protocol.ts';
import type { FeatureWorld } from './featureWorld.ts';

/** The image reference under the editor's cursor, for the panel that follows it; null where there is none. */
export async function panelReferenceAt(
  world: FeatureWorld,
  { uri, position }: PanelReferenceParams,
): Promise<PanelReference | null> {
  const document = await world.documents.analyse(uri);
  if (document === null) return null;
  const reference = referenceAt(document.parsed.references, document.text.offsetAt(position));
  if (reference === undefined) return null;
  const { range, target, alt, altSlot, dynamicAlt } = reference;
  return {
    uri,
    range: { start: document.text.positionAt(range.start), end: document.text.positionAt(range.end) },
    target: target.written ?? document.text.getText().slice(target.range.start, target.range.end),
    alt,
    canWrite: altSlot !== null && !dynamicAlt,
    ...pictureOf(await world.locate(target, document)),
  };
}

function pictureOf(located: LocatedImage): {
  readonly source: PanelPictureSource | null;
  readonly message: string | null;
} {
  switch (located.kind) {
    case 'file':
      return { source: { kind: 'file', uri: URI.file(located.path).toString() }, message: null };
    case 'data':
      return { source: { kind: 'data', url: located.url }, message: null };
    case 'remote':
      return {
        source: null,
        message: l10n.t(
          '{0} is a remote picture: it is not fetched. Save it in the workspace to caption it.',
          located.url,
        ),
      };
    case 'missing':
      return {
        source: null,
        message: l10n.t('There is no file {0}: correct the path first.', located.candidates[0] ?? ''),
      };
    case 'unknown':
      return { source: null, message: l10n.t('Which picture this is can only be known when the program runs.') };
  }
}
