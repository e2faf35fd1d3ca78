import type { ParsedDocument } from '../../documents/imageReference.ts';
import type { Problem } from '../../features/diagnostics.ts';
import type { RuleId, Severity } from '../../features/rules/rule.ts';
import type { DocumentFile } from '../documentFiles.ts';

/** A problem as the terminal shows it: what `check --format json` prints. */
export interface DocumentProblem {
  /** As given, with `/`. */
  readonly file: string;
  /** From 1; columns in UTF-16 code units, the end exclusive. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly message: string;
  /** What the reference points at; null where only running the program could tell. */
  readonly target: string | null;
}

/** A problem with what a baseline knows it by. */
export interface FoundProblem {
  readonly problem: DocumentProblem;
  /** Absolute. */
  readonly path: string;
  readonly alt: string | null;
}

export function locateProblems(
  document: DocumentFile,
  parsed: ParsedDocument,
  problems: readonly Problem[],
): FoundProblem[] {
  const lines = new LineIndex(document.text);
  return problems.map(({ rule, severity, range, message, target, reference }) => {
    const start = lines.position(range.start);
    const end = lines.position(range.end);
    const place = { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
    return {
      problem: { file: document.name, ...place, rule, severity, message, target },
      path: document.path,
      alt: parsed.references[reference]?.alt ?? null,
    };
  });
}

/** Offsets → lines and columns. A line ends as in editors: CR LF, LF or CR. */
class LineIndex {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (const match of text.matchAll(/\r\n|\n|\r/gu)) this.#starts.push(match.index + match[0].length);
  }

  position(offset: number): { line: number; column: number } {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.#starts[low]! + 1 };
  }
}
