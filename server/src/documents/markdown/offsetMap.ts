import { countWhile } from '../countWhile.ts';
import type { TextRange } from '../imageReference.ts';

/** A stretch of made text and where it comes from. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly source: TextRange;
  /** Copied: as long as its source, letter by letter. Else only its ends stand for places of the source. */
  readonly copied: boolean;
  /** Stands for a point of the source, and gives way to a neighbour that stands for text. */
  readonly point: boolean;
}

/** Text that is put together from parts of another, with the way back to their offsets. */
export class MappedText {
  readonly #parts: string[] = [];
  readonly #stretches: Stretch[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Text of which no place will be asked for. */
  add(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
  }

  /** A blank, where the source has left something out since: the offset between would have two meanings. */
  separate(start: number): void {
    const last = this.#stretches.at(-1);
    if (last?.to === this.#length && last.source.end !== start) this.add(' ');
  }

  /** Text as it stands in the source from `start` on. */
  copy(text: string, start: number): void {
    this.#record(text, { start, end: start + text.length }, true, false);
  }

  /** Other text in place of what stands at `source`. */
  replace(text: string, source: TextRange): void {
    this.#record(text, source, false, false);
  }

  /** Text that the source has not, at that place of it. */
  insert(text: string, at: number): void {
    this.#record(text, { start: at, end: at }, false, true);
  }

  toString(): string {
    return this.#parts.join('');
  }

  /** Offset of the made text → offset of the source. */
  sourceOffset(offset: number): number {
    const index = this.#lastFrom(offset);
    const stretch = this.#stretches[index];
    if (stretch === undefined) return 0;
    const before = this.#stretches[index - 1];
    const chosen =
      stretch.point && stretch.from === offset && before?.to === offset && !before.point ? before : stretch;
    if (offset >= chosen.to) return chosen.source.end;
    return chosen.copied ? chosen.source.start + offset - chosen.from : chosen.source.start;
  }

  #record(text: string, source: TextRange, copied: boolean, point: boolean): void {
    const from = this.#length;
    this.add(text);
    this.#stretches.push({ from, to: this.#length, source, copied, point });
  }

  /** The last stretch that starts at or before the offset. */
  #lastFrom(offset: number): number {
    return countWhile(this.#stretches.length, (index) => this.#stretches[index]!.from <= offset) - 1;
  }
}
