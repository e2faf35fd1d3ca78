import { altEdit } from '../../server/src/documents/altEdit.ts';
import type { DocumentParser, ImageReference, TextEdit } from '../../server/src/documents/imageReference.ts';
import { applyEdit } from './referenceCases.ts';

/**
 * A reference in one line, for tables: `image a.png = "alt"`. What is usual is left out: `(dynamic)`, `(hidden)`,
 * `(replaceable)`, `(optional)` (a missing alt is no problem), `{caption: …}` words nearby (those after it where they do
 * not name its link already), `<link to "name">`.
 */
export function summary(reference: ImageReference): string {
  const { target, others, alt, link, nearby } = reference;
  const marks = [
    reference.dynamicAlt ? '(dynamic)' : '',
    reference.hidden ? '(hidden)' : '',
    reference.altMayBeReplaced ? '(replaceable)' : '',
    !reference.altExpected && !reference.dynamicAlt && !reference.hidden && reference.kind !== 'css'
      ? '(optional)'
      : '',
    reference.followsPrevious ? '(follows)' : '',
    link === null ? '' : `<${link.destination ?? '?'} ${JSON.stringify(link.name)}>`,
    ...nearby
      .filter(({ source, text }) => source !== 'following' || text !== link?.name)
      .map(({ source, text }) => `{${source}: ${text}}`),
  ];
  const file = [target, ...others].map(
    ({ written, resolution }) => `${written ?? '?'}${resolution === 'module' ? '*' : ''}`,
  );
  const words = alt === null ? '' : ` = ${JSON.stringify(alt)}`;
  return [`${reference.kind} ${file.join(' + ')}${words}`, ...marks].filter((part) => part !== '').join(' ');
}

export function summaries(
  parse: DocumentParser,
  text: string,
  languageId: string,
  imageComponents: string[] = [],
): string[] {
  return parse(text, languageId, { imageComponents }).references.map(summary);
}

/** The document after words are written, removed, or the picture is marked as decorative; null: not offered. */
export function edited(
  parse: DocumentParser,
  text: string,
  languageId: string,
  how: 'removeAlt' | 'markDecorative' | { readonly alt: string },
): string | null {
  const reference = parse(text, languageId, { imageComponents: [] }).references[0];
  if (reference === undefined) return null;
  const edit: TextEdit | null = typeof how === 'string' ? reference[how] : altEdit(reference, how.alt);
  return edit && applyEdit(text, edit);
}
