import * as l10n from '@vscode/l10n';
import {
  BlipError,
  type AlphaMode,
  type Caption,
  type GenerationOptions,
  type Precision,
  type StreamResult,
  type TaskEvent,
} from './blip/index.ts';
import type { Inference } from './captionInference.ts';
import type { Captions, CaptionRequest } from './captions.ts';
import type { Priority } from './captionQueue.ts';
import { readDataUrl } from './documents/dataUrl.ts';
import type { LocatedImage } from './documents/locatedImage.ts';
import { pageLanguage, takesEnglish } from './features/pageLanguage.ts';
import { imageFromBytes, readImageFile, type ImageFile } from './imageFile.ts';
import type { ModelLocation } from './models/modelLocation.ts';
import type { ModelRegistry } from './models/registry.ts';
import type { AnalysedDocument } from './openDocuments.ts';
import { PictureRoom } from './pictureRoom.ts';
import type { Settings } from './settings.ts';

export interface ImageCaption {
  readonly caption: Caption;
  readonly model: ModelLocation;
  readonly cached: boolean;
}

/** What a caller changes for its own captions. */
export interface CaptionOverrides {
  /** Over the settings' options. */
  readonly generation?: GenerationOptions | undefined;
  /** 'auto' when not given. */
  readonly alpha?: AlphaMode;
  /** True when not given. */
  readonly useCache?: boolean;
}

export interface StreamRequest {
  /** As in the setting `model`. */
  readonly model: string;
  readonly precision: Precision;
  readonly options: GenerationOptions;
  readonly crossAttention: boolean;
  readonly prefixIds: readonly number[];
}

/** A picture whose bytes are there. */
type PictureFile = Extract<LocatedImage, { kind: 'file' | 'data' }>;

/** The world of the pictures' captions. */
export interface ImageCaptionsOptions {
  readonly captions: Captions;
  readonly inference: Inference;
  readonly registry: ModelRegistry;
}

/** A located picture and a person's settings → its caption: what every feature asks. */
export class ImageCaptions {
  readonly #options: ImageCaptionsOptions;
  readonly #room = new PictureRoom();

  constructor(options: ImageCaptionsOptions) {
    this.#options = options;
  }

  /** @throws BlipError ImageUnreadable, ImageTooLarge */
  async read(located: PictureFile, signal: AbortSignal): Promise<ImageFile> {
    if (located.kind === 'file') return readImageFile(located.path, located.path, signal);
    const data = readDataUrl(located.url);
    if (data === null)
      throw new BlipError('ImageUnreadable', l10n.t('The data URL holds no picture that can be read.'));
    return imageFromBytes(data.bytes, l10n.t('The picture in the data URL'));
  }

  /** @throws BlipError; Superseded for a hover */
  async caption(
    image: ImageFile,
    settings: Settings,
    priority: Priority,
    signal: AbortSignal,
    overrides: CaptionOverrides = {},
  ): Promise<ImageCaption> {
    const request = await this.#request(image, settings, overrides);
    const { caption, cached } = await this.#options.captions.caption(request, priority, signal);
    return { caption, cached, model: request.model };
  }

  /** A picture of many: read when there is room for it, captioned together with others where they wait. @throws BlipError */
  async captionInBulk(
    located: PictureFile,
    settings: Settings,
    overrides: CaptionOverrides,
    signal: AbortSignal,
  ): Promise<ImageCaption> {
    return this.#room.hold(
      () => this.read(located, signal),
      (image) => this.caption(image, settings, 'workspace', signal, overrides),
    );
  }

  /** The caption that is there already; undefined where the model would have to be asked. */
  async cached(image: ImageFile, settings: Settings): Promise<Caption | undefined> {
    return this.#options.captions.cached(await this.#request(image, settings, {}));
  }

  /** The caption step by step, by a model and options of the caller's choice. @throws BlipError */
  async stream(
    image: ImageFile,
    { model, precision, options, ...more }: StreamRequest,
    onEvent: (event: TaskEvent) => void,
    signal: AbortSignal,
  ): Promise<StreamResult & { readonly model: ModelLocation }> {
    const location = await this.#options.registry.find(model);
    const request = { image, model: location, precision, alpha: 'auto', options, useCache: false } as const;
    const result = await this.#options.captions.stream(request, more, onEvent, signal);
    return { ...result, model: location };
  }

  /** A small PNG of the picture; null where it cannot be decoded. */
  async thumbnail(image: ImageFile, side: number, signal: AbortSignal): Promise<Uint8Array | null> {
    return this.picture(image, side, signal).catch(() => null);
  }

  /** A PNG of the picture, at most `side` pixels a side. @throws BlipError ImageUnreadable, ImageTooLarge */
  async picture(image: ImageFile, side: number, signal: AbortSignal): Promise<Uint8Array> {
    const encoded = { bytes: image.bytes, key: image.hash, alpha: 'auto' } as const;
    const task = { kind: 'thumbnail', image: encoded, side } as const;
    return this.#options.inference.run(task, () => undefined, signal);
  }

  /** A sentence where the page is in another language than the captions; null where it is English or not known. */
  async foreignPageNote(document: AnalysedDocument): Promise<string | null> {
    const language = await pageLanguage(document.parsed);
    if (takesEnglish(language)) return null;
    return l10n.t('The caption is in English, the page in another language ({0}): translate it.', language.code ?? '?');
  }

  async #request(
    image: ImageFile,
    settings: Settings,
    { generation, alpha = 'auto', useCache = true }: CaptionOverrides,
  ): Promise<CaptionRequest> {
    const model = await this.#options.registry.find(settings.model);
    const options = { ...generationOptions(settings), ...generation };
    return { image, model, precision: settings.precision, alpha, options, useCache };
  }
}

/** Settings say null where the model decides: such options are left out. */
export function generationOptions(settings: Settings): GenerationOptions {
  return Object.fromEntries(Object.entries(settings.generation).filter(([, value]) => value !== null));
}
