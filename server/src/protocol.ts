/**
 * Every message between editor and server beyond standard LSP, each with its direction and why. The only file of the
 * server that the client imports; it imports nothing but types.
 */
import type { Caption, GenerationOptions } from './blip/index.ts';

export type * from './panelProtocol.ts';

/** Position and range as in LSP: zero-based line, UTF-16 character. */
export interface Position {
  readonly line: number;
  readonly character: number;
}
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** Client → server, in `initialize`: what the editor can do and which settings a workspace may not change. */
export interface InitializationOptions {
  /** Command links in hovers work (VS Code with the commands allow-listed by name). */
  readonly hoverCommands?: boolean;
  /** False: a model path that the workspace sets is ignored. */
  readonly workspaceTrusted?: boolean;
  /** What is said in the reader's language, by the English words (`l10n/bundle.l10n.json` lists them). */
  readonly translations?: Readonly<Record<string, string>>;
  /** Settings for clients without `workspace/configuration`. */
  readonly settings?: unknown;
}

/** Server → client, a notification: what the status item shows. */
export const modelStateNotification = 'imageCaptioner/modelState';
export type ModelState =
  | { readonly state: 'idle'; readonly model: string }
  | { readonly state: 'loading'; readonly model: string }
  | { readonly state: 'converting'; readonly model: string; readonly fraction: number; readonly message: string }
  | { readonly state: 'ready'; readonly model: string; readonly precision: string }
  | { readonly state: 'captioning'; readonly model: string; readonly waiting: number }
  | { readonly state: 'failed'; readonly model: string; readonly message: string };

/** The server's commands, for `workspace/executeCommand`. */
export const serverCommands = {
  /** [InsertAltTextArguments]: captions the picture, then writes the alt by a versioned edit. */
  insertAltText: 'imageCaptioner.server.insertAltText',
  /** [CaptionWorkspaceArguments?] → CaptionWorkspaceResult: captions every picture without alt text. */
  captionWorkspace: 'imageCaptioner.server.captionWorkspace',
  /** Stops the inference process and forgets what was set aside; the next caption starts a new one. */
  restart: 'imageCaptioner.server.restart',
} as const;

export interface InsertAltTextArguments {
  readonly uri: string;
  /** Anywhere in the reference. */
  readonly position: Position;
  /** Words that are there already and may be replaced; absent: only a missing alt is filled. */
  readonly replace?: boolean;
  /** Another caption than the ones shown so far (sampled with this seed). */
  readonly another?: number;
  /** Words chosen already (a suggestion, the figure's caption): written as they are, the model is not asked. */
  readonly words?: string;
}

export interface CaptionWorkspaceArguments {
  /** Files or folders; absent: all workspace folders. */
  readonly uris?: readonly string[];
  /** True: nothing is written, the proposals come back for review. */
  readonly review?: boolean;
  /** Pages in another language than English too. */
  readonly anyLanguage?: boolean;
}

/** One alt text that could be written; the client reviews and applies it. */
export interface AltProposal {
  readonly uri: string;
  /** The document's version where it is open, else null. */
  readonly version: number | null;
  /** The edit to apply. */
  readonly range: Range;
  readonly newText: string;
  /** How the words are encoded in `newText`, so that edited words can be asked for again. */
  readonly reference: Range;
  /** The source of the reference as it stood: the edit is applied only while it still stands there. */
  readonly referenceText: string;
  readonly target: string;
  readonly imageUri: string;
  readonly alt: string;
  readonly confidence: number;
}

export interface SkippedImage {
  readonly uri: string;
  readonly reference: Range;
  readonly target: string;
  /** A sentence for people. */
  readonly reason: string;
}

export interface CaptionWorkspaceResult {
  readonly documents: number;
  readonly written: number;
  readonly proposals: readonly AltProposal[];
  readonly skipped: readonly SkippedImage[];
  readonly failed: readonly SkippedImage[];
  readonly cancelled: boolean;
}

/** Client → server: the caption of an image file (explorer, image tab, panel). */
export const captionImageRequest = 'imageCaptioner/captionImage';
export interface CaptionImageParams {
  readonly uri: string;
  readonly options?: GenerationOptions;
}
export type CaptionImageResult =
  | {
      readonly ok: true;
      readonly caption: Caption;
      readonly alt: string;
      readonly model: string;
      readonly cached: boolean;
      readonly note: string | null;
    }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** Client → server: the reference to write for an image pasted or dropped into a document, with its caption. */
export const referenceForImageRequest = 'imageCaptioner/referenceForImage';
export interface ReferenceForImageParams {
  readonly textDocument: { readonly uri: string };
  readonly imageUri: string;
}
/** The text to insert; null where the document's language has no form for it or the image cannot be captioned. */
export interface ReferenceForImageResult {
  readonly text: string;
  readonly alt: string;
}

/** Client → server: the edit that writes these words into the reference at this place (a reviewed proposal). */
export const altEditRequest = 'imageCaptioner/altEdit';
export interface AltEditParams {
  readonly uri: string;
  readonly position: Position;
  readonly alt: string;
}
export type AltEditResult = { readonly version: number | null; readonly range: Range; readonly newText: string } | null;

/** Client → server: what the panel asks. Its run is cancelled as any request is (`$/cancelRequest`). */
export const panelRequests = {
  /** → PanelModels: which models and precisions can be chosen. */
  models: 'imageCaptioner/panel/models',
  /** PanelPictureSource → PanelPictureResult: the picture as the model sees it, to show. */
  picture: 'imageCaptioner/panel/picture',
  /** PanelReferenceParams → PanelReference | null: the image reference at the cursor. */
  referenceAt: 'imageCaptioner/panel/referenceAt',
  /** PanelRunParams → PanelRunResult; its steps come as notifications meanwhile. */
  run: 'imageCaptioner/panel/run',
  /** PanelAttentionParams → PanelAttention | null: where a run's model looked; null once the run is forgotten. */
  attention: 'imageCaptioner/panel/attention',
} as const;

/** Server → client, a notification (PanelStep): a step of a run. */
export const panelStepNotification = 'imageCaptioner/panel/step';

/** Client → server: models of the hub. Nothing is fetched but by `download`, after a person has agreed to it. */
export const modelRequests = {
  /** DescribeModelParams → DescribeModelResult: what a download would bring. */
  describe: 'imageCaptioner/describeModel',
  /** DownloadModelParams → DownloadModelResult. Cancelled as any request is; what has arrived is kept for the next try. */
  download: 'imageCaptioner/downloadModel',
} as const;

export interface DescribeModelParams {
  /** `owner/name` */
  readonly id: string;
}
export interface HubModelDescription {
  readonly id: string;
  /** `main`, or where the hub's own conversion to safetensors lies. */
  readonly revision: string;
  /** Of all its files that are needed, and of those that are not here yet. */
  readonly bytes: number;
  readonly missing: number;
  readonly license: string | null;
  /** The hub's address. */
  readonly endpoint: string;
}
export interface ModelRequestFailure {
  readonly ok: false;
  readonly code: string;
  readonly message: string;
}
export type DescribeModelResult = { readonly ok: true; readonly model: HubModelDescription } | ModelRequestFailure;

/** As described: the person agreed to this revision. */
export interface DownloadModelParams {
  readonly id: string;
  readonly revision: string;
}
export type DownloadModelResult = { readonly ok: true; readonly folder: string } | ModelRequestFailure;

/** Server → client, a notification, while a model is downloaded. */
export const downloadProgressNotification = 'imageCaptioner/downloadProgress';
export interface DownloadProgress {
  readonly id: string;
  /** Of all files; what was here before counts as done. */
  readonly bytes: number;
  readonly total: number;
  readonly bytesPerSecond: number;
  /** Null before the speed is known. */
  readonly secondsLeft: number | null;
}
