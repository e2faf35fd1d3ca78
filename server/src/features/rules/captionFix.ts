import { altEdit } from '../../documents/altEdit.ts';
import type { ImageReference } from '../../documents/imageReference.ts';
import type { Fix, RuleContext } from './rule.ts';

/** Whether a caption of this very picture could become its alt: there is a picture to look at and a place to write. */
export function canBeCaptioned(reference: ImageReference, context: RuleContext): boolean {
  if (reference.altSlot === null || reference.target.written === null) return false;
  // An area is a part of its map's picture; the whole picture's caption does not name it.
  if (reference.element === 'area') return false;
  return context.located === null || (context.located.kind !== 'missing' && context.located.kind !== 'unknown');
}

/** A caption where there are no words worth keeping. Preferred only where describing the picture is what is needed. */
export function insertCaption(reference: ImageReference, context: RuleContext): Fix[] {
  if (!canBeCaptioned(reference, context)) return [];
  const preferred = reference.kind === 'image' && !linkIsNamed(reference);
  return [{ kind: 'insert-caption', preferred, replaces: reference.alt === null ? 'nothing' : 'placeholder' }];
}

/** A caption in place of words that a person wrote: never preferred. */
export function replaceByCaption(reference: ImageReference, context: RuleContext): Fix[] {
  if (!canBeCaptioned(reference, context) || reference.kind !== 'image') return [];
  return [{ kind: 'insert-caption', preferred: false, replaces: 'words' }];
}

export function markDecorative(reference: ImageReference): Fix[] {
  return reference.markDecorative === null ? [] : [{ kind: 'mark-decorative', edit: reference.markDecorative }];
}

/** The figure's caption as the alt, where there is one. */
export function takeCaption(reference: ImageReference): Fix[] {
  const caption = reference.nearby.find(({ source, text }) => source === 'caption' && text.trim() !== '');
  if (caption === undefined) return [];
  const alt = caption.text.replace(/\s+/gu, ' ').trim();
  const edit = altEdit(reference, alt);
  return edit === null ? [] : [{ kind: 'take-caption', alt, edit }];
}

/** The link or button says by itself what it does: the picture in it adds nothing. */
export function linkIsNamed(reference: ImageReference): boolean {
  const name = reference.link?.name;
  return name !== undefined && name !== null && name.trim() !== '';
}
