import type { ParsedDocument, TextRange } from '../documents/imageReference.ts';
import type { LocatedImage } from '../documents/locatedImage.ts';
import type { Fix, RuleId, RuleSeverities, Severity } from './rules/rule.ts';
import { rules } from './rules/rules.ts';
import { targetName } from './rules/targetName.ts';
import { readSuppressions } from './suppressions.ts';

/** One thing wrong with one picture's words, as plain data: the editor and the terminal show the same. */
export interface Problem {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly range: TextRange;
  readonly message: string;
  /** Index into the document's references. */
  readonly reference: number;
  /** What the reference points at, decoded; null where it cannot be known. */
  readonly target: string | null;
  readonly fixes: readonly Fix[];
}

export interface CheckedDocument {
  readonly text: string;
  readonly languageId: string;
  readonly parsed: ParsedDocument;
  /** One for each reference, null where nobody has looked; without it nothing is said of missing pictures. */
  readonly located?: readonly (LocatedImage | null)[];
}

/** A document → its problems, in document order. */
export function findProblems(document: CheckedDocument, severities: RuleSeverities): Problem[] {
  const steps = problemSteps(document, severities);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The same in steps of a reference each, for who has other things to do in between. */
export function* problemSteps(document: CheckedDocument, severities: RuleSeverities): Generator<undefined, Problem[]> {
  const { text, languageId, parsed } = document;
  const suppressions = readSuppressions(text, languageId, parsed.comments);
  const problems: Problem[] = [];
  for (const [index, reference] of parsed.references.entries()) {
    const context = { previous: parsed.references[index - 1] ?? null, located: document.located?.[index] ?? null };
    let wordsReported = false;
    for (const rule of rules) {
      const severity = severities[rule.id];
      if (severity === 'off' || (rule.aboutWords && wordsReported)) continue;
      const finding = rule.check(reference, context);
      if (finding === null) continue;
      wordsReported ||= rule.aboutWords;
      if (suppressions.suppress(rule.id, [reference.range.start, finding.range.start])) continue;
      const { range, message, fixes } = finding;
      problems.push({
        rule: rule.id,
        severity,
        range,
        message,
        reference: index,
        target: targetName(reference.target),
        fixes,
      });
    }
    yield;
  }
  // A stable sort: problems at one place stay in the order of the rules.
  return problems.toSorted((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
}
