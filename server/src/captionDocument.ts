import * as l10n from '@vscode/l10n';
import { altFromCaption } from './altText.ts';
import { BlipError, type Caption } from './blip/index.ts';
import { percent } from './captionNote.ts';
import { altEdit } from './documents/altEdit.ts';
import type { ImageReference, ImageTarget, ParsedDocument, TextEdit } from './documents/imageReference.ts';
import type { LocatedImage } from './documents/locatedImage.ts';
import { pageLanguage, takesEnglish } from './features/pageLanguage.ts';
import { ruleIds, type RuleId } from './features/rules/rule.ts';
import type { CaptionOverrides, ImageCaptions } from './imageCaptions.ts';
import { inOrder } from './inOrder.ts';
import { picturesAhead } from './pictureRoom.ts';
import type { Settings } from './settings.ts';

/** What became of one picture that has no alt text. A sentence in `reason` is for people. */
export type ImageOutcome =
  | {
      readonly kind: 'proposed';
      readonly reference: ImageReference;
      readonly alt: string;
      readonly edit: TextEdit;
      readonly caption: Caption;
      readonly cached: boolean;
      /** Absolute path, or null for a picture that the document itself holds. */
      readonly imagePath: string | null;
    }
  /** Left to a person: the model is not sure, the page is in another language, the picture is remote. */
  | {
      readonly kind: 'abstained';
      readonly reference: ImageReference;
      readonly reason: string;
      readonly confidence: number | null;
    }
  | { readonly kind: 'failed'; readonly reference: ImageReference; readonly code: string; readonly reason: string };

export interface CaptionDocumentOptions {
  readonly settings: Settings;
  /** Null: the model's own threshold; 0: never abstain. */
  readonly minConfidence: number | null;
  /** Write English captions into pages of another language too. */
  readonly anyLanguage: boolean;
  /** Over the settings: options, alpha, cache. */
  readonly overrides: CaptionOverrides;
}

/** The world in which a document's pictures are captioned. */
export interface CaptionDocumentWorld {
  readonly images: ImageCaptions;
  readonly locate: (target: ImageTarget) => Promise<LocatedImage>;
}

/** Which problems bulk writing mends: what has no words, or also words that say nothing. */
export const bulkRules: Readonly<Record<'missing' | 'all', readonly RuleId[]>> = {
  missing: ruleIds.filter((id) => id === 'alt-missing'),
  all: ruleIds.filter((id) => ['alt-missing', 'alt-whitespace', 'alt-filename', 'alt-placeholder'].includes(id)),
};

/** Captions the given references, several at a time, in order; link-only and decorative pictures are left to people. */
export async function* captionDocument(
  world: CaptionDocumentWorld,
  parsed: ParsedDocument,
  references: readonly ImageReference[],
  options: CaptionDocumentOptions,
  signal: AbortSignal,
): AsyncGenerator<ImageOutcome> {
  const language = await pageLanguage(parsed);
  const foreign = !takesEnglish(language) && !options.anyLanguage;
  const pictures = references.filter(({ kind, altSlot }) => kind === 'image' && altSlot !== null);
  const notEnglish = l10n.t('the page is in another language ({0}) and captions are in English', language.code ?? '?');
  const caption = async (reference: ImageReference, either: AbortSignal): Promise<ImageOutcome> =>
    foreign ? abstained(reference, notEnglish) : captionReference(world, reference, options, either);
  yield* inOrder(pictures, picturesAhead, caption, signal);
}

async function captionReference(
  world: CaptionDocumentWorld,
  reference: ImageReference,
  options: CaptionDocumentOptions,
  signal: AbortSignal,
): Promise<ImageOutcome> {
  const located = await world.locate(reference.target);
  switch (located.kind) {
    case 'unknown':
      return abstained(reference, l10n.t('which picture this is can only be known when the program runs'));
    case 'remote':
      return abstained(reference, l10n.t('a remote picture is not fetched'));
    case 'missing':
      return {
        kind: 'failed',
        reference,
        code: 'ImageUnreadable',
        reason: l10n.t('there is no file {0}', located.candidates[0] ?? '').trim(),
      };
    case 'file':
    case 'data':
      return captionLocated(world, reference, located, options, signal);
  }
}

async function captionLocated(
  world: CaptionDocumentWorld,
  reference: ImageReference,
  located: Extract<LocatedImage, { kind: 'file' | 'data' }>,
  options: CaptionDocumentOptions,
  signal: AbortSignal,
): Promise<ImageOutcome> {
  const { settings, overrides } = options;
  try {
    const { caption, cached } = await world.images.captionInBulk(located, settings, overrides, signal);
    const doubt = whyAbstain(caption, options.minConfidence);
    if (doubt !== null) return abstained(reference, doubt, caption.confidence);
    const alt = altFromCaption(caption.caption, settings.alt);
    const edit = altEdit(reference, alt);
    if (edit === null) return abstained(reference, l10n.t('alt text cannot be written here'));
    return {
      kind: 'proposed',
      reference,
      alt,
      edit,
      caption,
      cached,
      imagePath: located.kind === 'file' ? located.path : null,
    };
  } catch (error) {
    // A model that cannot be used fails every picture alike: that is for the caller to say once.
    if (!(error instanceof BlipError) || error.code === 'Aborted' || isOfModel(error)) throw error;
    return { kind: 'failed', reference, code: error.code, reason: error.message };
  }
}

/** Why this caption should not stand in a document without a person having seen it; null where it may. */
export function whyAbstain(caption: Caption, minConfidence: number | null): string | null {
  if (minConfidence === 0) return null;
  if (caption.photograph) return l10n.t('it looks like a photograph, which this model cannot describe');
  const sure = minConfidence === null ? caption.confident : caption.confidence >= minConfidence;
  return sure ? null : l10n.t('the model is not sure ({0}): “{1}”', percent(caption.confidence), caption.caption);
}

export function isOfModel({ code }: BlipError): boolean {
  return (
    code === 'ModelUnavailable' ||
    code === 'CheckpointInvalid' ||
    code === 'ArchitectureUnsupported' ||
    code === 'OptionInvalid'
  );
}

function abstained(reference: ImageReference, reason: string, confidence: number | null = null): ImageOutcome {
  return { kind: 'abstained', reference, reason, confidence };
}
