import * as l10n from '@vscode/l10n';
import type { Fix, Rule } from './rule.ts';
import { isBlank, writtenAlt } from './writtenAlt.ts';

/** Hidden from readers, yet described: one of the two is a mistake. */
export const altDecorativeConflict: Rule = {
  id: 'alt-decorative-conflict',
  summary: 'The picture is hidden from screen readers, yet has alt text.',
  defaultSeverity: 'warning',
  aboutWords: false,
  check(reference) {
    const alt = writtenAlt(reference);
    if (alt === null || isBlank(alt.text)) return null;
    if (!reference.hidden && reference.kind !== 'decorative') return null;
    const edit = reference.markDecorative ?? reference.removeAlt;
    const fixes: Fix[] = edit === null ? [] : [{ kind: 'remove-alt', edit }];
    return {
      range: alt.range,
      message: l10n.t(
        'This picture is hidden from screen readers, so nobody gets its alt text. Empty the alt, or stop hiding the picture.',
      ),
      fixes,
    };
  },
};
