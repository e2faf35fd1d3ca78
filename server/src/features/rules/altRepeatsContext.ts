import * as l10n from '@vscode/l10n';
import { markDecorative, replaceByCaption } from './captionFix.ts';
import type { Rule } from './rule.ts';
import { wordsKey, writtenAlt } from './writtenAlt.ts';

/** The alt says what reaches the reader anyway: it is heard twice. */
export const altRepeatsContext: Rule = {
  id: 'alt-repeats-context',
  summary: 'The alt text repeats the caption, the title, the link or the text right after it.',
  defaultSeverity: 'information',
  aboutWords: false,
  check(reference, context) {
    const alt = writtenAlt(reference);
    const words = alt === null ? '' : wordsKey(alt.text);
    if (alt === null || words === '') return null;
    const repeated = reference.nearby.find(({ text }) => wordsKey(text) === words);
    if (repeated === undefined) return null;
    const { range } = alt;
    switch (repeated.source) {
      // The words beside the picture say it all: it may be silent.
      case 'link': {
        const message = l10n.t(
          'The alt text repeats the link or button it stands in, so a screen reader says it twice. Leave the alt empty.',
        );
        return { range, message, fixes: markDecorative(reference) };
      }
      case 'following': {
        const message = l10n.t(
          'The alt text repeats the text right after it, so a screen reader says it twice. Leave the alt empty.',
        );
        return { range, message, fixes: markDecorative(reference) };
      }
      // A caption tells what the picture means; the alt can still tell what it shows.
      case 'caption': {
        const message = l10n.t(
          'The alt text repeats its caption, so a screen reader says it twice. Describe what the picture shows instead.',
        );
        return { range, message, fixes: [...replaceByCaption(reference, context), ...markDecorative(reference)] };
      }
      case 'title': {
        const message = l10n.t(
          'The alt text repeats its title, so a screen reader says it twice. Leave out the title, or describe the picture.',
        );
        return { range, message, fixes: [] };
      }
    }
  },
};
