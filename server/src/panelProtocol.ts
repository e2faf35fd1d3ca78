/** What the messages of the panel hold; protocol.ts names the messages. */
import type { Position, Range } from 'vscode-languageserver-protocol';
import type { BeamView, Caption, CaptionToken, GenerationOptions, ModelShapes, Precision } from './blip/index.ts';

export type { BeamView, Caption, CaptionToken, GenerationOptions, ModelShapes, Precision } from './blip/index.ts';

export interface PanelModel {
  /** As in the setting `imageCaptioner.model`. */
  readonly id: string;
  readonly source: 'built-in' | 'hub' | 'folder';
}
export interface PanelModels {
  readonly models: readonly PanelModel[];
  /** What the settings say. */
  readonly current: { readonly id: string; readonly precision: Precision };
}

/** A file, or a picture that a document holds itself. */
export type PanelPictureSource =
  | { readonly kind: 'file'; readonly uri: string }
  | { readonly kind: 'data'; readonly url: string };

/** Something that a person can act on. */
export interface PanelFailure {
  readonly ok: false;
  readonly code: string;
  readonly message: string;
}

export interface PanelPicture {
  readonly ok: true;
  readonly name: string;
  /** Of the picture as it lies on disk, pixels; null where its header does not tell. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /** `PNG`, `JPG` …; '' where it is not known. */
  readonly format: string;
  readonly bytes: number;
  /** A PNG of at most 640 pixels a side, as a data URL: laid on its background and turned as the model sees it. */
  readonly shown: string;
}
export type PanelPictureResult = PanelPicture | PanelFailure;

export interface PanelReferenceParams {
  readonly uri: string;
  readonly position: Position;
}
export interface PanelReference {
  readonly uri: string;
  readonly range: Range;
  readonly target: string;
  readonly alt: string | null;
  readonly canWrite: boolean;
  /** Null where the picture cannot be had; `message` says why. */
  readonly source: PanelPictureSource | null;
  readonly message: string | null;
}

export interface PanelRunParams {
  /** A name for the run, unlike any other: its steps carry it. */
  readonly run: string;
  readonly source: PanelPictureSource;
  /** Null: as the settings say. */
  readonly model: string | null;
  readonly precision: Precision | null;
  readonly options: GenerationOptions;
  /** Remember where the model looked, for `attention`. */
  readonly attention: boolean;
  /** Tokens that the caption begins with: a person's choice among the alternatives. */
  readonly prefixIds: readonly number[];
}

/** A step of a run. */
export type PanelStep =
  | {
      readonly run: string;
      readonly kind: 'token';
      readonly sequence: number;
      readonly index: number;
      readonly token: CaptionToken;
      readonly text: string;
      readonly alternatives: readonly CaptionToken[];
    }
  | { readonly run: string; readonly kind: 'beams'; readonly index: number; readonly beams: readonly BeamView[] }
  | { readonly run: string; readonly kind: 'model'; readonly message: string; readonly fraction: number | null };

export type PanelRunResult =
  | {
      readonly ok: true;
      readonly caption: Caption;
      readonly alt: string;
      readonly model: string;
      readonly note: string | null;
      readonly shapes: ModelShapes;
    }
  | PanelFailure;

export interface PanelAttentionParams {
  readonly run: string;
  readonly sequence: number;
  readonly index: number;
  /** Null: the mean over all. */
  readonly layer: number | null;
  readonly head: number | null;
}
export interface PanelAttention {
  readonly layers: number;
  readonly heads: number;
  readonly patchesPerSide: number;
  /** Row by row from the top left, [patchesPerSide²]; with `whole` they add up to 1. */
  readonly weights: readonly number[];
  /** What went to the class position, which stands for the picture as a whole. */
  readonly whole: number;
}
