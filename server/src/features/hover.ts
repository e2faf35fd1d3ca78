import * as l10n from '@vscode/l10n';
import type { Hover, Position } from 'vscode-languageserver-protocol';
import { altFromCaption } from '../altText.ts';
import { BlipError, type Caption } from '../blip/index.ts';
import { captionNote, percent } from '../captionNote.ts';
import { Superseded } from '../captionQueue.ts';
import type { ImageReference } from '../documents/imageReference.ts';
import type { LocatedImage } from '../documents/locatedImage.ts';
import { imageDimensions, type ImageFile } from '../imageFile.ts';
import { referenceAt, type AnalysedDocument } from '../openDocuments.ts';
import { serverCommands, type InsertAltTextArguments } from '../protocol.ts';
import type { Settings } from '../settings.ts';
import type { FeatureWorld } from './featureWorld.ts';
import { escapeMarkdown, pictureMarkdown } from './hoverMarkdown.ts';

/** Over an image reference: the picture, its size and kind, its caption, how sure the model is, the alt as it stands. */
export async function hover(
  world: FeatureWorld,
  uri: string,
  position: Position,
  signal: AbortSignal,
): Promise<Hover | null> {
  const document = await world.documents.analyse(uri);
  if (document === null) return null;
  const reference = referenceAt(document.parsed.references, document.text.offsetAt(position));
  if (reference === undefined) return null;
  const located = await world.locate(reference.target, document);
  const parts = (await describePicture(world, document, reference, located, signal)).filter((part) => part !== '');
  // Size and alt share the last line: of a hover's 250 pixels a problem's words take the first 50.
  const facts = [...parts.splice(-1), presentAlt(reference)].filter((part) => part !== '').join(' · ');
  return {
    contents: { kind: 'markdown', value: [...parts, facts].join('\n\n') },
    range: {
      start: document.text.positionAt(reference.range.start),
      end: document.text.positionAt(reference.range.end),
    },
  };
}

async function describePicture(
  world: FeatureWorld,
  document: AnalysedDocument,
  reference: ImageReference,
  located: LocatedImage,
  signal: AbortSignal,
): Promise<string[]> {
  switch (located.kind) {
    case 'unknown':
      return [l10n.t('Which picture this is can only be known when the program runs.')];
    case 'remote':
      return [l10n.t('A remote picture: {0}. It is not fetched.', escapeMarkdown(located.url))];
    case 'missing':
      return [missingText(located)];
    case 'file':
    case 'data':
      return describeFile(world, document, reference, located, signal);
  }
}

function missingText({ candidates, otherCase }: Extract<LocatedImage, { kind: 'missing' }>): string {
  const [wanted] = candidates;
  const file = escapeMarkdown(wanted ?? '');
  if (otherCase === null)
    return wanted === undefined ? l10n.t('The picture is not there.') : l10n.t('There is no file {0}.', file);
  const other = escapeMarkdown(otherCase);
  return wanted === undefined
    ? l10n.t('The picture is not there. There is {0}: upper and lower case differ.', other)
    : l10n.t('There is no file {0}. There is {1}: upper and lower case differ.', file, other);
}

async function describeFile(
  world: FeatureWorld,
  document: AnalysedDocument,
  reference: ImageReference,
  located: Extract<LocatedImage, { kind: 'file' | 'data' }>,
  signal: AbortSignal,
): Promise<string[]> {
  const settings = await world.settings(document.uri);
  try {
    const image = await world.images.read(located, signal);
    // The caption first: a thumbnail would have to wait behind the model's work anyway.
    const words = await captionText(world, document, reference, image, settings, signal);
    const thumbnail = await pictureMarkdown(world, located, image, signal);
    return [thumbnail, ...words, pictureFacts(image)];
  } catch (error) {
    if (error instanceof BlipError && error.code !== 'Aborted') return [escapeMarkdown(error.message)];
    throw error;
  }
}

function pictureFacts(image: ImageFile): string {
  const size = imageDimensions(image);
  const bytes =
    image.bytes.length < 1024 ? l10n.t('{0} bytes', image.bytes.length) : `${Math.round(image.bytes.length / 1024)} KB`;
  return size === null ? bytes : `${size.width} × ${size.height} ${size.kind}, ${bytes}`;
}

async function captionText(
  world: FeatureWorld,
  document: AnalysedDocument,
  reference: ImageReference,
  image: ImageFile,
  settings: Settings,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const { caption, model } = await world.images.caption(image, settings, 'hover', signal);
    const alt = altFromCaption(caption.caption, settings.alt);
    const note = captionNote(caption, model);
    const foreign = await world.images.foreignPageNote(document);
    return [
      captionLine(alt, caption),
      ...(note === null ? [] : [`⚠ ${escapeMarkdown(note)}`]),
      ...(foreign === null ? [] : [`ⓘ ${escapeMarkdown(foreign)}`]),
      actionLinks(world, document, reference),
    ];
  } catch (error) {
    if (error instanceof Superseded) return [l10n.t('The caption comes when the pointer rests here.')];
    if (error instanceof BlipError && error.code !== 'Aborted') return [`⚠ ${escapeMarkdown(error.message)}`];
    throw error;
  }
}

function captionLine(alt: string, caption: Caption): string {
  return caption.photograph
    ? `**${escapeMarkdown(alt)}**`
    : `**${escapeMarkdown(alt)}** (${l10n.t('confidence {0}', percent(caption.confidence))})`;
}

function presentAlt({ alt, dynamicAlt, kind, altExpected }: ImageReference): string {
  if (dynamicAlt) return l10n.t('Alt text: computed by the program.');
  if (alt !== null && alt !== '') return l10n.t('Alt text: “{0}”', escapeMarkdown(alt));
  if (kind === 'decorative') return l10n.t('Marked as decorative: readers skip it.');
  if (kind === 'link-only') return l10n.t('All that a link or button shows: its alt text names where it leads.');
  return altExpected ? l10n.t('No alt text.') : '';
}

/** What to do; command links only where the editor allows them by name. */
function actionLinks(world: FeatureWorld, document: AnalysedDocument, reference: ImageReference): string {
  if (!world.hoverCommands || reference.altSlot === null) return '';
  const position = document.text.positionAt(reference.range.start);
  const insert: InsertAltTextArguments = { uri: document.uri, position, replace: true };
  const another: InsertAltTextArguments = { ...insert, another: 1 };
  const link = (label: string, args: InsertAltTextArguments): string =>
    `[${label}](command:${serverCommands.insertAltText}?${encodeURIComponent(JSON.stringify([args]))})`;
  const panel = `[${l10n.t('Open in the panel')}](command:imageCaptioner.openPanel?${encodeURIComponent(JSON.stringify([{ uri: document.uri, position }]))})`;
  const verb = reference.alt === null || reference.alt === '' ? l10n.t('Insert alt text') : l10n.t('Replace alt text');
  return [link(verb, insert), link(l10n.t('Insert another suggestion'), another), panel].join(' · ');
}
