import * as l10n from '@vscode/l10n';
import type { Rule } from './rule.ts';
import { targetName } from './targetName.ts';

/** The target does not exist, or only where the disk forgives upper and lower case. */
export const imageNotFound: Rule = {
  id: 'image-not-found',
  summary: 'The picture does not exist where the document points.',
  defaultSeverity: 'warning',
  aboutWords: false,
  check(reference, context) {
    const { located } = context;
    const { range, resolution } = reference.target;
    if (located === null || reference.kind === 'css') return null;
    if (located.kind === 'file' && located.otherCase === null) return null;
    const name = targetName(reference.target);
    if (name === null) return null;
    if (located.kind === 'missing') {
      if (resolution === 'attachment') {
        return { range, message: l10n.t('The notebook has no attachment "{0}".', name), fixes: [] };
      }
      const message =
        located.otherCase === null
          ? l10n.t('There is no picture "{0}".', name)
          : l10n.t(
              'There is no picture "{0}". There is "{1}": upper and lower case differ.',
              name,
              tail(located.otherCase, name),
            );
      return { range, message, fixes: [] };
    }
    if (located.kind === 'file' && located.otherCase !== null) {
      const message = l10n.t(
        'The picture is called "{0}", not "{1}": it will not be found where upper and lower case count.',
        tail(located.otherCase, name),
        name,
      );
      return { range, message, fixes: [] };
    }
    return null;
  },
};

/** As much of the path as was written, so that a folder's other case shows too. */
function tail(path: string, written: string): string {
  const segments = written.split('/').filter((segment) => segment !== '' && segment !== '.' && segment !== '..');
  return path.split('/').slice(-Math.max(1, segments.length)).join('/');
}
