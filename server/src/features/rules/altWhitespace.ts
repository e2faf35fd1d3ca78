import * as l10n from '@vscode/l10n';
import { insertCaption, markDecorative, takeCaption } from './captionFix.ts';
import type { Rule } from './rule.ts';
import { isBlank, writtenAlt } from './writtenAlt.ts';

/** Blanks alone: neither words nor the empty alt that marks a decoration. */
export const altWhitespace: Rule = {
  id: 'alt-whitespace',
  summary: 'The alt text is white space only.',
  defaultSeverity: 'warning',
  aboutWords: true,
  check(reference, context) {
    const alt = writtenAlt(reference);
    if (alt === null || alt.text === '' || !isBlank(alt.text)) return null;
    return {
      range: alt.range,
      message: l10n.t(
        'The alt text is white space only. Say what the picture shows, or leave the alt empty if it is decorative.',
      ),
      fixes: [...insertCaption(reference, context), ...takeCaption(reference), ...markDecorative(reference)],
    };
  },
};
