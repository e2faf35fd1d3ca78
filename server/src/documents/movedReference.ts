import type { AltEncoding, ImageReference, ImageTarget, TextEdit, TextRange } from './imageReference.ts';

/** How text of an inner document is written in the outer one. */
export interface OuterEncoding {
  readonly name: AltEncoding;
  readonly encode: (text: string) => string;
}

/** A reference of a document as one of another in which it lies: `range` maps its places, `outer` encodes its edits. */
export function movedReference(
  reference: ImageReference,
  range: (range: TextRange) => TextRange,
  outer?: OuterEncoding,
): ImageReference {
  const { altSlot } = reference;
  const encode = outer?.encode ?? ((text: string): string => text);
  const target = (inner: ImageTarget): ImageTarget => ({ ...inner, range: range(inner.range) });
  const edit = (inner: TextEdit | null): TextEdit | null =>
    inner && { range: range(inner.range), newText: encode(inner.newText) };
  return {
    ...reference,
    range: range(reference.range),
    target: target(reference.target),
    others: reference.others.map(target),
    altRange: reference.altRange && range(reference.altRange),
    altSlot: altSlot && {
      range: range(altSlot.range),
      before: encode(altSlot.before),
      after: encode(altSlot.after),
      encodings: outer === undefined ? altSlot.encodings : [...altSlot.encodings, outer.name],
    },
    removeAlt: edit(reference.removeAlt),
    markDecorative: edit(reference.markDecorative),
    link: reference.link && { ...reference.link, range: range(reference.link.range) },
  };
}

/** Behind the last place that a reference tells of. */
export function referenceEnd(reference: ImageReference): number {
  const { range, target, others, altRange, altSlot, removeAlt, markDecorative, link } = reference;
  return Math.max(
    range.end,
    target.range.end,
    altRange?.end ?? 0,
    altSlot?.range.end ?? 0,
    removeAlt?.range.end ?? 0,
    markDecorative?.range.end ?? 0,
    link?.range.end ?? 0,
    ...others.map((other) => other.range.end),
  );
}
