import path from 'node:path';
import { URI } from 'vscode-uri';
import { altFromCaption } from '../altText.ts';
import { BlipError } from '../blip/index.ts';
import { altEdit } from '../documents/altEdit.ts';
import { editedText } from '../documents/editedText.ts';
import type { ParsedDocument } from '../documents/imageReference.ts';
import { readImageFile } from '../imageFile.ts';
import { pathOf } from '../openDocuments.ts';
import type { ReferenceForImageParams, ReferenceForImageResult } from '../protocol.ts';
import type { FeatureWorld } from './featureWorld.ts';

/** How a language writes a picture without alt text; the words are put in by the language's own edit. */
const templates: Readonly<Record<string, (target: string) => string>> = {
  markdown: (target) => `![](${markdownDestination(target)})`,
  quarto: (target) => `![](${markdownDestination(target)})`,
  mdx: (target) => `![](${markdownDestination(target)})`,
  html: htmlImage,
  php: htmlImage,
  handlebars: htmlImage,
  vue: htmlImage,
  svelte: htmlImage,
  astro: htmlImage,
  javascriptreact: (target) => `<img src="${urlPath(target)}" />`,
  typescriptreact: (target) => `<img src="${urlPath(target)}" />`,
  asciidoc: (target) => `image::${target}[]`,
  latex: (target) => `\\includegraphics{${target}}`,
  typst: (target) => `#image("${target}")`,
  restructuredtext: (target) => `.. image:: ${target}\n`,
};

/** The reference to write for a picture pasted or dropped into a document, with its caption as alt text. */
export async function referenceForImage(
  world: FeatureWorld & { readonly parse: (text: string, languageId: string) => Promise<ParsedDocument> },
  languageId: string,
  { textDocument, imageUri }: ReferenceForImageParams,
  signal: AbortSignal,
): Promise<ReferenceForImageResult | null> {
  const documentPath = pathOf(textDocument.uri);
  const template = Object.hasOwn(templates, languageId) ? templates[languageId] : undefined;
  const imagePath = URI.parse(imageUri).fsPath;
  if (template === undefined || documentPath === null) return null;
  const target = path.relative(path.dirname(documentPath), imagePath).split(path.sep).join('/');
  const bare = template(target);
  try {
    const settings = await world.settings(textDocument.uri);
    const image = await readImageFile(imagePath, imagePath, signal);
    const { caption } = await world.images.caption(image, settings, 'quickFix', signal);
    if (!caption.confident || caption.photograph) return { text: bare, alt: '' };
    const alt = altFromCaption(caption.caption, settings.alt);
    const [reference] = (await world.parse(bare, languageId)).references;
    const edit = reference === undefined ? null : altEdit(reference, alt);
    if (edit === null) return { text: bare, alt: '' };
    return { text: editedText(bare, edit), alt };
  } catch (error) {
    if (error instanceof BlipError && error.code !== 'Aborted') return { text: bare, alt: '' };
    throw error;
  }
}

function htmlImage(target: string): string {
  return `<img src="${urlPath(target)}">`;
}

function urlPath(target: string): string {
  return target.split('/').map(encodeURIComponent).join('/');
}

/** Spaces and brackets as they can stand in a Markdown destination. */
function markdownDestination(target: string): string {
  return target.replace(/[\s()<>%\\]/g, (character) =>
    encodeURIComponent(character).replace(/[()]/g, (c) => `%${c.charCodeAt(0).toString(16)}`),
  );
}
