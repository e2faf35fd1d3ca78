import type { DocumentLink } from 'vscode-languageserver-protocol';
import { URI } from 'vscode-uri';
import type { ImageTarget } from '../documents/imageReference.ts';
import type { LocatedImage } from '../documents/locatedImage.ts';
import type { FeatureWorld } from './featureWorld.ts';

/** One link per target and per other file of a picture, at exactly its range; none where there is nothing to open. */
export async function documentLinks(world: FeatureWorld, uri: string): Promise<DocumentLink[]> {
  const document = await world.documents.analyse(uri);
  if (document === null) return [];
  const targets: ImageTarget[] = document.parsed.references.flatMap(({ target, others }) => [target, ...others]);
  const links = await Promise.all(
    targets.map(async (target): Promise<DocumentLink[]> => {
      const link = linkTarget(await world.locate(target, document));
      if (link === null) return [];
      const range = {
        start: document.text.positionAt(target.range.start),
        end: document.text.positionAt(target.range.end),
      };
      return [{ range, target: link }];
    }),
  );
  return links.flat();
}

function linkTarget(located: LocatedImage): string | null {
  switch (located.kind) {
    case 'file':
      return URI.file(located.path).toString();
    case 'missing':
      return located.candidates.length === 0 ? null : URI.file(located.candidates[0]!).toString();
    case 'remote':
      return located.url.startsWith('//') ? `https:${located.url}` : located.url;
    case 'data':
    case 'unknown':
      return null;
  }
}
