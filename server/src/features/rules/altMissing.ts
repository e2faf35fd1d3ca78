import * as l10n from '@vscode/l10n';
import { insertCaption, linkIsNamed, markDecorative, takeCaption } from './captionFix.ts';
import { isNamelessLink } from './linkImageAlt.ts';
import { nameTheTarget } from './linkWords.ts';
import type { Fix, Rule } from './rule.ts';

/** No alt at all; an empty one where the language cannot mean it. */
export const altMissing: Rule = {
  id: 'alt-missing',
  summary: 'The picture has no alt text at all.',
  defaultSeverity: 'warning',
  aboutWords: false,
  check(reference, context) {
    const { alt, altExpected, altMayBeReplaced, dynamicAlt, hidden, kind, range } = reference;
    if (alt !== null || !altExpected || dynamicAlt || altMayBeReplaced || hidden) return null;
    if (kind === 'css' || kind === 'decorative' || isNamelessLink(reference)) return null;
    const caption = insertCaption(reference, context);
    if (kind === 'link-only') {
      const message =
        reference.element === 'area'
          ? l10n.t('This area has no alt text. Say where it leads.')
          : l10n.t('This picture has no alt text. Say where it leads or what it does.');
      return { range, message, fixes: [...nameTheTarget(reference), ...caption] };
    }
    if (linkIsNamed(reference)) {
      const message = l10n.t(
        'This picture has no alt text. The link has words already: mark the picture as decorative, or say what it adds.',
      );
      return { range, message, fixes: [...markDecorative(reference), ...caption] };
    }
    const fixes: Fix[] = [...caption, ...takeCaption(reference), ...markDecorative(reference)];
    const message =
      reference.markDecorative === null
        ? l10n.t('This picture has no alt text. Say what it shows.')
        : l10n.t('This picture has no alt text. Say what it shows, or mark it as decorative.');
    return { range, message, fixes };
  },
};
