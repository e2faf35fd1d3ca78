import { countWhile } from './countWhile.ts';
import type { TextRange } from './imageReference.ts';

/** Something was replaced: `end` is where it ended, `by` what the text behind it moved. */
export interface Change extends TextRange {
  readonly by: number;
}

/** Marks from `first` on stand in the page from `offset` on. */
interface Span {
  readonly first: number;
  readonly offset: number;
  readonly length: number;
}

/**
 * Where the nodes of a page stand. A node keeps the marks that it got when it was read, so that it is used again after an
 * edit, whatever moved it: the marks of a page read as a whole are offsets, and each stretch that is read again gets new
 * ones, which no other has had.
 */
export class HtmlMarks {
  /** In the order of the page. Their marks do not even touch: one where a span ends is its own. */
  readonly #spans: readonly Span[];
  /** By their marks. */
  readonly #sorted: readonly Span[];

  private constructor(spans: readonly Span[]) {
    this.#spans = spans;
    this.#sorted = spans.toSorted((a, b) => a.first - b.first);
  }

  static ofPage(length: number): HtmlMarks {
    return new HtmlMarks([{ first: 0, offset: 0, length }]);
  }

  /** Where a mark stands now; 0 is also the mark of what stands nowhere. */
  offsetOf(mark: number): number {
    if (mark === 0) return 0;
    const spans = this.#sorted;
    const { first, offset } = spans[Math.max(0, countWhile(spans.length, (index) => spans[index]!.first <= mark) - 1)]!;
    return mark - first + offset;
  }

  /** The marks after a change: `shift` makes the new marks of the offsets of what stands there instead. */
  changed({ start, end, by }: Change): { readonly marks: HtmlMarks; readonly shift: number } {
    const last = this.#sorted.at(-1)!;
    const first = last.first + last.length + 1;
    const before = this.#spans.filter(({ offset }) => offset < start);
    const after = this.#spans.filter(({ offset, length }) => offset + length > end);
    const marks = new HtmlMarks([
      ...before.map((span) => ({ ...span, length: Math.min(span.length, start - span.offset) })),
      { first, offset: start, length: end + by - start },
      ...after.map(({ first: known, offset, length }) => {
        const gone = Math.max(0, end - offset);
        return { first: known + gone, offset: offset + gone + by, length: length - gone };
      }),
    ]);
    return { marks, shift: first - start };
  }
}
