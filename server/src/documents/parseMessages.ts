import type { ParsedDocument, ParseOptions, TextEdit } from './imageReference.ts';
import type { ParsedChange } from './parsedChange.ts';

/** What the parse worker is asked; `id` comes back with the answer. */
export interface ParseQuestion {
  readonly id: number;
  /** Whole, or as an edit of the text of an earlier question that was kept: of 2 MB only the keystroke is sent. */
  readonly text: { readonly whole: string } | { readonly since: number; readonly edit: TextEdit };
  readonly languageId: string;
  readonly options: ParseOptions;
  /** Whether a later question may be an edit of this one's text. */
  readonly keep: boolean;
  /** Earlier questions that none will be an edit of any more. */
  readonly forget: readonly number[];
}

/** `change`: of what was answered to the question whose text was edited. */
export type ParseAnswer =
  | { readonly id: number; readonly parsed: ParsedDocument }
  | { readonly id: number; readonly change: ParsedChange }
  | { readonly id: number; readonly error: string };
