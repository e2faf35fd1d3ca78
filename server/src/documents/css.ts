import { lookedAt } from './code.ts';
import { cssUrls } from './cssUrls.ts';
import type { DocumentParser } from './imageReference.ts';

/** CSS, Sass and Less: `url(…)` and the strings of `image-set(…)`, to look at only. */
export const parseCss: DocumentParser = (text, languageId) => {
  const urls = cssUrls(text, languageId !== 'css');
  // webpack's `~package/a.png` is looked up as an import is.
  const references = urls.map(({ range, target, written }) => {
    const reference = lookedAt(range, target, written);
    const isModule = written?.startsWith('~') ?? false;
    return isModule ? { ...reference, target: { ...reference.target, resolution: 'module' as const } } : reference;
  });
  return { references, comments: [], declaredLanguage: null, prose: '' };
};
