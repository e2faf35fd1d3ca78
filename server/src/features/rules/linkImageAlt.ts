import * as l10n from '@vscode/l10n';
import type { ImageReference } from '../../documents/imageReference.ts';
import { insertCaption, linkIsNamed } from './captionFix.ts';
import { nameTheTarget } from './linkWords.ts';
import type { Rule } from './rule.ts';

/** All that a link or button shows, without words: a screen reader reads the address, or "button". */
export const linkImageAlt: Rule = {
  id: 'link-image-alt',
  summary: 'A picture that is all of a link or button has no alt text, so the link has no name.',
  defaultSeverity: 'warning',
  aboutWords: false,
  check(reference, context) {
    if (!isNamelessLink(reference)) return null;
    const message =
      reference.element === 'input' || reference.link?.isButton === true
        ? l10n.t('This picture is all that the button shows, and it has no alt text. Say what the button does.')
        : l10n.t('This picture is all that the link shows, and it has no alt text. Say where the link leads.');
    return {
      range: reference.range,
      message,
      fixes: [...nameTheTarget(reference), ...insertCaption(reference, context)],
    };
  },
};

/** Then `alt-missing` keeps silent: one gap, one report. */
export function isNamelessLink(reference: ImageReference): boolean {
  const { alt, altExpected, altMayBeReplaced, dynamicAlt, element, hidden, kind, link } = reference;
  // Another kind: there is more in the link, be it words that only the program knows.
  if (kind !== 'link-only' || hidden || dynamicAlt || altMayBeReplaced) return false;
  if (linkIsNamed(reference)) return false;
  // Areas and image buttons are links by themselves: without an alt they lack one like any picture.
  if (element === 'area' || element === 'input') return alt === '';
  if (link === null) return false;
  return alt === '' || (alt === null && altExpected);
}
