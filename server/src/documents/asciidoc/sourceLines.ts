import { countWhile } from '../countWhile.ts';
import type { TextRange } from '../imageReference.ts';
import { delimiterKind } from './blockSyntax.ts';

/** The lines of a document, or of a table's cell, without the blanks at their end. */
export class SourceLines {
  readonly #lines: readonly TextRange[];
  /** Line numbers of each delimiter line, so that a block's end is found without reading the document once a block. */
  readonly #delimiters = new Map<string, number[]>();
  readonly text: string;

  constructor(text: string, { start, end }: TextRange) {
    this.text = text;
    let position = start;
    this.#lines = text
      .slice(start, end)
      .split('\n')
      .map((line) => {
        const range = { start: position, end: position + line.trimEnd().length };
        position += line.length + 1;
        return range;
      });
    for (const [index, line] of this.#lines.entries()) {
      const value = this.value(line);
      if (delimiterKind(value) === null) continue;
      const places = this.#delimiters.get(value);
      if (places === undefined) this.#delimiters.set(value, [index]);
      else places.push(index);
    }
  }

  get length(): number {
    return this.#lines.length;
  }

  at(index: number): TextRange | undefined {
    return this.#lines[index];
  }

  value(line: TextRange | undefined): string {
    return line === undefined ? '' : this.text.slice(line.start, line.end);
  }

  /** The first line equal to the delimiter, of those from `first` up to `limit`. */
  closing(delimiter: string, first: number, limit: number): number | null {
    const places = this.#delimiters.get(delimiter) ?? [];
    const found = places[countWhile(places.length, (index) => places[index]! < first)];
    return found !== undefined && found < limit ? found : null;
  }

  /** From the line `first` to the one before `afterLast`. */
  range(first: number, afterLast: number): TextRange {
    const start = this.#lines[first]?.start ?? this.#lines.at(-1)!.end;
    return { start, end: Math.max(start, this.#lines[afterLast - 1]?.end ?? start) };
  }
}
