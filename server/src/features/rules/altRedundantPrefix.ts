import * as l10n from '@vscode/l10n';
import { altEdit } from '../../documents/altEdit.ts';
import type { Fix, Rule } from './rule.ts';
import { writtenAlt } from './writtenAlt.ts';

/**
 * "(This is) (an) image of …". A screen reader has said "image" already; "screenshot", "diagram", "chart" and "icon"
 * tell what it is and stay.
 */
const prefix =
  /^(?<quote>["'“”‘’«([\s]*)(?:(?:this|here|it)(?: is|['’]s) )?(?:(?:an?|the|this|that) )?(?:image|img|picture|pic|photo|photograph|graphic) (?:that |which )?(?:of|showing|shows|depicting|depicts)(?![\p{L}\p{N}_-])[\s:]*/iu;

export const altRedundantPrefix: Rule = {
  id: 'alt-redundant-prefix',
  summary: 'The alt text begins with "image of", which a screen reader says by itself.',
  defaultSeverity: 'information',
  aboutWords: true,
  check(reference) {
    const alt = writtenAlt(reference);
    if (alt === null) return null;
    const text = alt.text.replace(/\s+/gu, ' ').trim();
    const match = prefix.exec(text);
    if (match === null) return null;
    const rest = withoutPrefix(text, match);
    const edit = /[\p{L}\p{N}]/u.test(rest) ? altEdit(reference, rest) : null;
    const fixes: Fix[] = edit === null ? [] : [{ kind: 'remove-prefix', alt: rest, edit }];
    const said = match[0].trim().replace(/^["'“”‘’«([\s]+|:$/gu, '');
    return {
      range: alt.range,
      message: l10n.t('A screen reader announces the picture by itself: leave out "{0}".', said),
      fixes,
    };
  },
};

/** The words that remain begin as the whole did: with a capital or without. */
function withoutPrefix(text: string, match: RegExpExecArray): string {
  const rest = text.slice(match[0].length);
  const quote = match.groups!['quote']!;
  const capital = /^\p{Lu}/u.test(text.slice(quote.length));
  return quote.trimEnd() + (capital ? rest.replace(/^\p{Ll}(?!\p{Lu})/u, (letter) => letter.toUpperCase()) : rest);
}
