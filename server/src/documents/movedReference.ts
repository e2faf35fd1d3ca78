import type { AltEncoding, ImageReference, ImageTarget, TextEdit, TextRange } from './imageReference.ts';

/** How a document lies within another: its offsets there, and how its text is written there. */
export interface Embedding {
  readonly range: (range: TextRange) => TextRange;
  readonly encode: (text: string) => string;
  /** The same as `encode`, by name. */
  readonly encoding: AltEncoding;
}

/** A reference of the inner document as one of the outer. */
export function movedReference(reference: ImageReference, { range, encode, encoding }: Embedding): ImageReference {
  const { altSlot } = reference;
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
      encodings: [...altSlot.encodings, encoding],
    },
    removeAlt: edit(reference.removeAlt),
    markDecorative: edit(reference.markDecorative),
    link: reference.link && { ...reference.link, range: range(reference.link.range) },
  };
}
