import * as l10n from '@vscode/l10n';
import type { ImageReference, ImageTarget } from '../../documents/imageReference.ts';
import { replaceByCaption } from './captionFix.ts';
import type { Rule } from './rule.ts';
import { targetName } from './targetName.ts';
import { wordsKey, writtenAlt } from './writtenAlt.ts';

/** Two pictures in a row, one text: a reader hears it twice and cannot tell them apart. */
export const altDuplicate: Rule = {
  id: 'alt-duplicate',
  summary: 'Two different pictures in a row have the same alt text.',
  defaultSeverity: 'information',
  aboutWords: false,
  check(reference, context) {
    const { previous } = context;
    const alt = writtenAlt(reference);
    const before = previous === null ? null : writtenAlt(previous);
    if (alt === null || previous === null || before === null || !reference.followsPrevious) return null;
    const words = wordsKey(alt.text);
    if (words === '' || words !== wordsKey(before.text) || !differInTarget(previous, reference)) return null;
    return {
      range: alt.range,
      message: l10n.t('The picture just before has the same alt text, but is another picture. Say how they differ.'),
      fixes: replaceByCaption(reference, context),
    };
  },
};

/** What names one picture in two colour schemes, of which only one is ever shown: `menu-dark.png`, `menu.light.svg`. */
const schemeInName = /(?:^|[-_. /])(?:dark|light)(?:[-_ ]?(?:mode|theme))?(?![\p{L}\p{N}])/giu;
/** GitHub's and MkDocs Material's marks of the same. */
const colourScheme = /#(?:gh-(?:dark|light)-mode-only|only-(?:dark|light))$/u;

function differInTarget(one: ImageReference, other: ImageReference): boolean {
  const [first, second] = [one.target.written, other.target.written];
  if (first === null || second === null) return false;
  if (colourScheme.test(first) && colourScheme.test(second)) return false;
  const [place, otherPlace] = [samePlace(one.target), samePlace(other.target)];
  return place !== otherPlace && withoutScheme(place) !== withoutScheme(otherPlace);
}

function withoutScheme(place: string | undefined): string | undefined {
  return place?.replace(schemeInName, '');
}

/** `./a.png`, `a.png?v=2` and `%61.png` are one file; of a remote picture the query is part of the name. */
function samePlace(target: ImageTarget): string | undefined {
  return targetName(target)
    ?.replace(/#.*$/su, '')
    .replace(/^(?:\.\/)+/u, '');
}
