import * as l10n from '@vscode/l10n';
import { URI } from 'vscode-uri';
import { altFromCaption } from '../altText.ts';
import { BlipError, type TaskEvent } from '../blip/index.ts';
import { captionNote } from '../captionNote.ts';
import { imageDimensions, type ImageFile } from '../imageFile.ts';
import type {
  PanelFailure,
  PanelPictureResult,
  PanelPictureSource,
  PanelRunParams,
  PanelRunResult,
  PanelStep,
} from '../protocol.ts';
import type { FeatureWorld } from './featureWorld.ts';
import type { PanelAttentions } from './panelAttention.ts';

/** The panel draws the picture up to this large; pixels of its longer side. */
const shownSide = 640;

/** What the panel's requests need. */
export interface PanelWorld extends Pick<FeatureWorld, 'documents' | 'images' | 'locate' | 'settings'> {
  readonly attentions: PanelAttentions;
  readonly tell: (step: PanelStep) => void;
}

/** The picture to show: as the model sees it, whatever its format. */
export async function panelPicture(
  { images }: PanelWorld,
  source: PanelPictureSource,
  signal: AbortSignal,
): Promise<PanelPictureResult> {
  return orFailure(async () => {
    const image = await readSource(images, source, signal);
    const name = image.name.split(/[\\/]/u).at(-1) ?? image.name;
    const shown = await images.picture(image, shownSide, signal).catch((error: unknown) => {
      throw error instanceof BlipError ? new BlipError(error.code, `${name}: ${error.message}`) : error;
    });
    const dimensions = imageDimensions(image);
    return {
      ok: true,
      name,
      size: dimensions === null ? null : { width: dimensions.width, height: dimensions.height },
      format: dimensions?.kind ?? '',
      bytes: image.bytes.length,
      shown: `data:image/png;base64,${Buffer.from(shown).toString('base64')}`,
    };
  });
}

/** One captioning run of the panel; `tell` hears its steps. */
export async function panelRun(
  { images, settings, attentions, tell }: PanelWorld,
  { run, source, model, precision, options, attention, prefixIds }: PanelRunParams,
  signal: AbortSignal,
): Promise<PanelRunResult> {
  return orFailure(async () => {
    const chosen = await settings(source.kind === 'file' ? source.uri : '');
    const image = await readSource(images, source, signal);
    const request = {
      model: model ?? chosen.model,
      precision: precision ?? chosen.precision,
      options,
      crossAttention: attention,
      prefixIds,
    };
    const listen = (event: TaskEvent): void => {
      if (signal.aborted) return;
      if (event.kind === 'step' && event.step.kind === 'token' && event.step.crossAttention !== null)
        attentions.add(run, event.step.sequence, event.step.index, event.step.crossAttention);
      const step = panelStep(run, event);
      if (step !== null) tell(step);
    };
    const { caption, shapes, model: location } = await images.stream(image, request, listen, signal);
    const alt = altFromCaption(caption.caption, chosen.alt);
    return { ok: true, caption, alt, model: location.id, note: captionNote(caption, location), shapes };
  });
}

function panelStep(run: string, event: TaskEvent): PanelStep | null {
  switch (event.kind) {
    case 'loading':
      return { run, kind: 'model', message: l10n.t('Loading the model'), fraction: null };
    case 'converting':
      return {
        run,
        kind: 'model',
        message: l10n.t('Preparing the model, once: {0}', event.message),
        fraction: event.fraction,
      };
    case 'loaded':
      return null;
    case 'step': {
      if (event.step.kind === 'beams') return { run, ...event.step };
      const { crossAttention: _, ...step } = event.step; // asked for map by map
      return { run, ...step };
    }
  }
}

function readSource(
  images: FeatureWorld['images'],
  source: PanelPictureSource,
  signal: AbortSignal,
): Promise<ImageFile> {
  if (source.kind === 'data') return images.read({ kind: 'data', url: source.url }, signal);
  const path = URI.parse(source.uri).fsPath;
  return images.read({ kind: 'file', path, candidates: [path], otherCase: null }, signal);
}

/** Errors come back as values: the panel shows them. */
async function orFailure<T>(work: () => Promise<T>): Promise<T | PanelFailure> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BlipError) return { ok: false, code: error.code, message: error.message };
    throw error;
  }
}
