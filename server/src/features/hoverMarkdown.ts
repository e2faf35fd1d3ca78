import { URI } from 'vscode-uri';
import type { LocatedImage } from '../documents/locatedImage.ts';
import { imageDimensions, type ImageFile } from '../imageFile.ts';
import type { FeatureWorld } from './featureWorld.ts';

/** Editors cut hovers off at 100,000 characters: a picture this large still fits as base64; bytes. */
const thumbnailLimit = 60_000;
const thumbnailSide = 240;
/** VS Code shows 250 pixels of a hover before it scrolls: problem, picture, caption and actions are to fit; CSS pixels. */
const shownBox = { width: 240, height: 92 };
/** Formats that every editor's hover shows, by their first bytes. */
const shownAsTheyAre: readonly (readonly [string, RegExp])[] = [
  ['image/png', /^\x89PNG/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8/],
  ['image/webp', /^RIFF....WEBP/s],
];

/** Plain words as Markdown that shows just them: a file name or a caption never becomes markup. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>&~$]/g, '\\$&').replace(/\s+/g, ' ');
}

/**
 * The picture in a hover: in an editor that draws hovers richly (VS Code) as data, a thumbnail where it is large; in
 * others as a link to the file, which a terminal can still print. '' where it cannot be drawn (the caption says why).
 */
export async function pictureMarkdown(
  world: FeatureWorld,
  located: LocatedImage,
  image: ImageFile,
  signal: AbortSignal,
): Promise<string> {
  if (!world.hoverCommands) return located.kind === 'file' ? `![](${URI.file(located.path).toString()})` : '';
  const kind = shownKind(image.bytes);
  if (kind !== undefined && image.bytes.length <= thumbnailLimit) return picture(kind, image.bytes, image);
  const small = await world.images.thumbnail(image, thumbnailSide, signal);
  return small === null || small.length > thumbnailLimit ? '' : picture('image/png', small, image);
}

function shownKind(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  return shownAsTheyAre.find(([, pattern]) => pattern.test(head))?.[0];
}

/** Drawn as large as the box allows, and never larger than the picture is. */
function picture(kind: string, bytes: Uint8Array, image: ImageFile): string {
  const { width, height } = imageDimensions(image) ?? shownBox;
  const scale = Math.min(1, shownBox.width / width, shownBox.height / height);
  const size = `width=${Math.max(1, Math.round(width * scale))},height=${Math.max(1, Math.round(height * scale))}`;
  return `![](data:${kind};base64,${Buffer.from(bytes).toString('base64')}|${size})`;
}
