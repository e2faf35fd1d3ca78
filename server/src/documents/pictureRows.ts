import type { ImageReference } from './imageReference.ts';

/** References in document order → the same, each knowing whether only blanks stand between it and the one before. */
export function inRows(
  references: readonly ImageReference[],
  text: string,
  isBlank: (between: string) => boolean,
): ImageReference[] {
  return references.map((reference, index) => {
    const previous = references[index - 1];
    const apart = previous === undefined || previous.range.end > reference.range.start;
    const followsPrevious = !apart && closeBy(text.slice(previous.range.end, reference.range.start), isBlank);
    return followsPrevious === reference.followsPrevious ? reference : { ...reference, followsPrevious };
  });
}

/** What stands between neighbours in a row is short; longer texts are not looked through. */
const longestGap = 2000;

function closeBy(between: string, isBlank: (between: string) => boolean): boolean {
  return between.length <= longestGap && isBlank(between);
}
