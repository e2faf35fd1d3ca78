import * as l10n from '@vscode/l10n';
import type { Rule } from './rule.ts';
import { writtenAlt } from './writtenAlt.ts';

/** Characters as a reader counts them. Some screen readers cut or pause there, and nobody can go back within an alt. */
const longestAlt = 125;

export const altTooLong: Rule = {
  id: 'alt-too-long',
  summary: 'The alt text is longer than 125 characters.',
  defaultSeverity: 'hint',
  aboutWords: false,
  check(reference) {
    const alt = writtenAlt(reference);
    if (alt === null) return null;
    // White space runs are one space to a reader, whatever the indentation of the source.
    const length = Array.from(alt.text.replace(/\s+/gu, ' ').trim()).length;
    if (length <= longestAlt) return null;
    return {
      range: alt.range,
      message: l10n.t(
        'The alt text has {0} characters, more than {1}. Keep the gist here, and put details into the text beside the picture.',
        length,
        longestAlt,
      ),
      fixes: [],
    };
  },
};
