import type { Connection } from 'vscode-languageserver';
import { RequestType } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import { abortSignal } from './abortSignal.ts';
import { altFromCaption } from './altText.ts';
import { BlipError } from './blip/index.ts';
import { captionNote } from './captionNote.ts';
import { altEdit } from './documents/altEdit.ts';
import type { ParseClient } from './documents/parseClient.ts';
import type { FeatureWorld } from './features/featureWorld.ts';
import { referenceForImage } from './features/referenceForImage.ts';
import { readImageFile } from './imageFile.ts';
import { referenceAt } from './openDocuments.ts';
import {
  altEditRequest,
  captionImageRequest,
  referenceForImageRequest,
  type AltEditParams,
  type AltEditResult,
  type CaptionImageParams,
  type CaptionImageResult,
  type ReferenceForImageParams,
  type ReferenceForImageResult,
} from './protocol.ts';

/** The requests of protocol.ts that are not standard LSP. */
export function registerEditorRequests(
  connection: Connection,
  world: FeatureWorld,
  parser: ParseClient,
  languageOf: (uri: string) => string,
): void {
  connection.onRequest(
    new RequestType<CaptionImageParams, CaptionImageResult, void>(captionImageRequest),
    (params, token) => captionImage(world, params, abortSignal(token)),
  );
  connection.onRequest(new RequestType<AltEditParams, AltEditResult, void>(altEditRequest), (params) =>
    altEditAt(world, params),
  );
  connection.onRequest(
    new RequestType<ReferenceForImageParams, ReferenceForImageResult | null, void>(referenceForImageRequest),
    async (params, token) => {
      const signal = abortSignal(token);
      const { uri } = params.textDocument;
      const { imageComponents } = await world.settings(uri);
      const parse: Parameters<typeof referenceForImage>[0]['parse'] = async (text, languageId) =>
        (await parser.parse(text, languageId, { imageComponents }, signal)).parsed;
      return referenceForImage({ ...world, parse }, languageOf(uri), params, signal);
    },
  );
}

/** Errors come back as values: the editor shows the message, a log line would be lost. */
async function captionImage(
  world: FeatureWorld,
  { uri, options }: CaptionImageParams,
  signal: AbortSignal,
): Promise<CaptionImageResult> {
  try {
    const settings = await world.settings(uri);
    const file = URI.parse(uri).fsPath;
    const image = await readImageFile(file, file, signal);
    const { caption, model, cached } = await world.images.caption(image, settings, 'panel', signal, {
      generation: options,
    });
    const alt = altFromCaption(caption.caption, settings.alt);
    return { ok: true, caption, alt, model: model.id, cached, note: captionNote(caption, model) };
  } catch (error) {
    if (error instanceof BlipError) return { ok: false, code: error.code, message: error.message };
    throw error;
  }
}

async function altEditAt(world: FeatureWorld, { uri, position, alt }: AltEditParams): Promise<AltEditResult> {
  const document = await world.documents.analyse(uri);
  if (document === null) return null;
  const reference = referenceAt(document.parsed.references, document.text.offsetAt(position));
  const edit = reference === undefined ? null : altEdit(reference, alt);
  if (edit === null) return null;
  const range = { start: document.text.positionAt(edit.range.start), end: document.text.positionAt(edit.range.end) };
  return { version: document.version, range, newText: edit.newText };
}
