import type { NearbyText } from '../../documents/imageReference.ts';
import { markDecorative, replaceByCaption } from './captionFix.ts';
import type { Rule } from './rule.ts';
import { wordsKey, writtenAlt } from './writtenAlt.ts';

const where: Readonly<Record<NearbyText['source'], string>> = {
  caption: 'its caption',
  title: 'its title',
  link: 'the link or button it stands in',
  following: 'the text right after it',
};

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
    const said = `The alt text repeats ${where[repeated.source]}, so a screen reader says it twice.`;
    switch (repeated.source) {
      // The words beside the picture say it all: it may be silent.
      case 'link':
      case 'following':
        return { range: alt.range, message: `${said} Leave the alt empty.`, fixes: markDecorative(reference) };
      // A caption tells what the picture means; the alt can still tell what it shows.
      case 'caption':
        return {
          range: alt.range,
          message: `${said} Describe what the picture shows instead.`,
          fixes: [...replaceByCaption(reference, context), ...markDecorative(reference)],
        };
      case 'title':
        return { range: alt.range, message: `${said} Leave out the title, or describe the picture.`, fixes: [] };
    }
  },
};
