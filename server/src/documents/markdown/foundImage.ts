import type { AltSlot, ImageReference, ImageTarget, TextRange } from '../imageReference.ts';

/** A picture as its own syntax tells of it; what stands around it is added later. */
export interface FoundImage {
  readonly reference: ImageReference;
  readonly title: string | null;
  /** Where all that belongs to it ends, attributes included. */
  readonly outerEnd: number;
}

/** Where a node of the tree stands in the document. */
export interface ImagePlace {
  /** The whole document. */
  readonly text: string;
  readonly range: TextRange;
  /** In a cell of a table, where `|` must be escaped. */
  readonly inTable: boolean;
  /** Nothing else stands in its paragraph: Pandoc makes a figure of it, with the label as its caption. */
  readonly alone: boolean;
  /** The paragraph starts with it. */
  readonly first: boolean;
  /** Quarto and R Markdown. */
  readonly pandoc: boolean;
  /** `{…}` right behind it. */
  readonly attributes: TextRange | null;
}

type Stated = Pick<ImageReference, 'range' | 'target' | 'alt' | 'altRange' | 'altSlot' | 'element'>;

/** A reference with what no syntax of Markdown can say left at its usual value. */
export function imageReference(stated: Stated & Partial<ImageReference>): ImageReference {
  return {
    kind: 'image',
    others: [],
    dynamicAlt: false,
    altExpected: true,
    hidden: false,
    altMayBeReplaced: false,
    removeAlt: null,
    markDecorative: null,
    link: null,
    nearby: [],
    followsPrevious: false,
    ...stated,
  };
}

/** `{{ site.url }}/a.png`, `<%= path %>`: filled in by a site generator. */
export function filledInLater(url: string): boolean {
  return /\{\{|\{%|<%/.test(url);
}

export function urlTarget(url: string, range: TextRange): ImageTarget {
  const resolution = /^attachment:/i.test(url) ? 'attachment' : 'url';
  return { written: filledInLater(url) ? null : url, range, resolution };
}

export function slot(range: TextRange, encodings: AltSlot['encodings'], before = '', after = ''): AltSlot {
  return { range, before, after, encodings };
}

/** White space alone is an alt (and a problem); nothing at all is none. */
export function altOrNull(alt: string): string | null {
  return alt === '' ? null : alt;
}

/** What the markup around an image of Markdown says of it. */
export function inContext({ reference }: FoundImage, markup: ImageReference): ImageReference {
  return {
    ...reference,
    kind: reference.kind === 'decorative' ? 'decorative' : markup.kind,
    altExpected: reference.altExpected && markup.altExpected,
    hidden: markup.hidden,
    markDecorative: markup.markDecorative === null ? null : reference.markDecorative,
    link: markup.link,
    nearby: [...reference.nearby, ...markup.nearby],
    followsPrevious: markup.followsPrevious,
  };
}
