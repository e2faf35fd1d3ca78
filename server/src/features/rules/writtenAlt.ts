import type { ImageReference, TextRange } from '../../documents/imageReference.ts';

export interface WrittenAlt {
  /** As a reader gets it. */
  readonly text: string;
  /** Where it stands; the whole reference where it is not written in one place. */
  readonly range: TextRange;
}

/** The alt that can be judged: one is there, and neither the program nor a later spread decides it. */
export function writtenAlt(reference: ImageReference): WrittenAlt | null {
  const { alt, altRange, dynamicAlt, altMayBeReplaced, kind, range } = reference;
  if (alt === null || dynamicAlt || altMayBeReplaced || kind === 'css') return null;
  return { text: alt, range: altRange ?? range };
}

/** White space, and characters that nobody sees or hears: zero-width ones, joiners, fillers, the Braille blank. */
const blanks = /[\s\p{Default_Ignorable_Code_Point}\u2800]/gu;

export function isBlank(text: string): boolean {
  return text.replace(blanks, '') === '';
}

/** Two texts with the same key say the same: case, white space and a final full stop do not count. */
export function wordsKey(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s\u200b\u2060\ufeff]+/gu, ' ')
    .trim()
    .replace(/ ?[.。．]$/u, '');
}
