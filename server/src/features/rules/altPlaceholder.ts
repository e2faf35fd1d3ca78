import * as l10n from '@vscode/l10n';
import { insertCaption, markDecorative, takeCaption } from './captionFix.ts';
import type { Rule } from './rule.ts';
import { writtenAlt } from './writtenAlt.ts';

/** A word that says nothing: left by a template, an editor or a hurry. */
export const altPlaceholder: Rule = {
  id: 'alt-placeholder',
  summary: 'The alt text is a word that says nothing, such as "image" or "todo".',
  defaultSeverity: 'warning',
  aboutWords: true,
  check(reference, context) {
    const alt = writtenAlt(reference);
    if (alt === null || !saysNothing(alt.text)) return null;
    return {
      range: alt.range,
      message: l10n.t('The alt text is a placeholder. Say what the picture shows.'),
      fixes: [...insertCaption(reference, context), ...takeCaption(reference), ...markDecorative(reference)],
    };
  },
};

const kinds = [
  'images?|imgs?|pictures?|pics?|photos?|photographs?|foto|screen[- ]?shots?|screen[- ]?(?:captures?|grabs?)|screencap',
  'figures?|fig|icons?|logos?|graphics?|illustrations?|drawings?|thumbnails?|banners?',
  // The same words in the languages that pages are most often written in.
  'bild|grafik|abbildung|imagen|immagine|imagem|afbeelding|obraz|obrázek|изображение|картинка|рисунок|图片|图像|截图|画像|スクリーンショット|이미지',
].join('|');
const gaps =
  'to-?do|tbd|tba|fix-?me|wip|untitled|unnamed|no name|place-?holders?|dummy|spacer|n ?[/\\\\] ?a|n\\. ?a|x{3,}|null|undefined|lorem(?: ipsum.*)?|asdf\\w*|foo(?: ?bar)?|blah?(?: blah?)*|decorative';
const altText =
  'alt|alt[-_ ]?texts?|alt[-_ ]tags?|alternat(?:e|ive)[-_ ]texts?|(?:image|picture|photo)[-_ ](?:alt|alt[-_ ]?text|description|caption)|description';

/** "1", "#2", "(3)", "2.1", "4b", "1 of 3". */
const number = '(?:[-_:.]|\\b(?:no|nr|number)\\b|[№#(]|\\s)*\\d+(?:[.\\-–/]\\d+)*\\p{L}?(?: ?(?:of|/) ?\\d+)?\\)?';
const determiner = '(?:this is )?(?:an? |the |this |my |your |our |some )?';
const emptyAdjective =
  '(?:place-?holder|decorative|spacer|sample|test|dummy|default|untitled|unnamed|random|example|pasted|stock|demo|featured?|hero|cover|header|background) ';

const patterns = [
  `${determiner}(?:${kinds}|${gaps}|${altText})(?:${number})?`,
  `(?:fig(?:ure)?|image|photo|picture|diagram|chart|graph)\\.? [a-z]`,
  `${determiner}${emptyAdjective}(?:${kinds})(?:${number})?`,
  `(?:insert |add |put |your )*(?:${kinds}|${altText}) (?:(?:goes |comes )?here|place-?holder|title|name|file|missing|not found|not available|unavailable)`,
  `untitled (?:design|document|drawing|project|page|file)(?:${number})?`,
  `(?:to-?do|fix-?me|tbd|wip) ?[:\\-–—].*`,
  `(?:describe|description of) (?:the |this |your )?(?:${kinds})(?: here)?`,
].map((pattern) => new RegExp(`^(?:${pattern})$`, 'iu'));

/** "Insert your alt text here", "TODO add alt", "no alt text": nothing but such words, one of them the alt itself. */
const aboutAlt =
  /^(?:(?:insert|add|adding|enter|write|put|provide|set|please|missing|needs?|no|your|my|the|some|an?|of|for|this|is|be|it|image|img|picture|photo|default|sample|example|placeholder|todo|fixme|here|goes|comes|alt[-_ ]?texts?|alt[-_ ]tags?|alt|alternat(?:e|ive)|texts?|description|describe)\s?)+$/iu;

/** Dots, dashes, or a sign three times and more. */
const signs = /^(?:[.\s·․。…]+|[-‐‒–—―−_\s]+|[.\-–—_\s]+|\*{2,}|\?{2,}|#{2,}|~+|={2,})$/u;

/** Characters. Who writes more has something to say. */
const longestPlaceholder = 80;

function saysNothing(alt: string): boolean {
  if (alt.length > longestPlaceholder) return false;
  const text = alt
    .normalize('NFKC')
    .replace(/[\p{Default_Ignorable_Code_Point}\p{Extended_Pictographic}]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  if (text === '') return false;
  if (signs.test(text)) return true;
  const words = text.replace(/^["'“”‘’`<([*«_]+|["'“”‘’`>\])*»_]+$/gu, '').replace(/[\s.,;:!?]+$/u, '');
  const closed = /\(\s*\d+$/u.test(words) ? `${words})` : words;
  if (patterns.some((pattern) => pattern.test(closed))) return true;
  return aboutAlt.test(closed) && /\balt(?![a-z]*ern)|\balternat(?:e|ive) text|descri/iu.test(closed);
}
