import type { ParsedDocument, ParseOptions } from './imageReference.ts';

/** What the parse worker is asked; `id` comes back with the answer. */
export interface ParseQuestion {
  readonly id: number;
  readonly text: string;
  readonly languageId: string;
  readonly options: ParseOptions;
}

/** A document as parsed, and the offset of each line's first character. */
export interface ParsedText extends ParsedDocument {
  readonly lineStarts: Uint32Array;
}

export type ParseAnswer =
  | { readonly id: number; readonly parsed: ParsedText }
  | { readonly id: number; readonly error: string };
