import type { LocatedImage } from '../documents/locatedImage.ts';
import type { ImageTarget } from '../documents/imageReference.ts';
import type { ImageCaptions } from '../imageCaptions.ts';
import type { AnalysedDocument, OpenDocuments } from '../openDocuments.ts';
import type { ShownSuggestions } from './otherSuggestion.ts';
import type { Settings } from '../settings.ts';

/** What every feature of the language server gets from server.ts. */
export interface FeatureWorld {
  readonly documents: OpenDocuments;
  readonly images: ImageCaptions;
  readonly locate: (target: ImageTarget, document: AnalysedDocument) => Promise<LocatedImage>;
  /** Another object once anything may have changed on the disk. */
  readonly diskState: () => object;
  readonly shown: ShownSuggestions;
  readonly settings: (uri: string) => Promise<Settings>;
  /** Command links in hovers work in this editor. */
  readonly hoverCommands: boolean;
}
