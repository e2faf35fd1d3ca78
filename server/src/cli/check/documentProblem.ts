import type { ParsedDocument } from '../../documents/imageReference.ts';
import type { Problem } from '../../features/diagnostics.ts';
import type { RuleId, Severity } from '../../features/rules/rule.ts';
import type { DocumentFile } from '../documentFiles.ts';
import { linesOf } from '../linesOf.ts';

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
  const lineOf = linesOf(document.text);
  return problems.map(({ rule, severity, range, message, target, reference }) => {
    const start = lineOf(range.start);
    const end = lineOf(range.end);
    const place = { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
    return {
      problem: { file: document.name, ...place, rule, severity, message, target },
      path: document.path,
      alt: parsed.references[reference]?.alt ?? null,
    };
  });
}
