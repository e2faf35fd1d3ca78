import type { ImageReference, ParsedDocument, TextRange } from '../documents/imageReference.ts';
import type { LocatedImage } from '../documents/locatedImage.ts';
import type { Fix, RuleContext, RuleId, RuleSeverities, Severity } from './rules/rule.ts';
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
  /** A string, or what becomes one: of 2 MB it is asked only where a comment silences a rule. */
  readonly text: { toString(): string };
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

/** What the rules find at one reference, whether silenced or not. */
interface Findings {
  readonly context: RuleContext;
  readonly found: readonly Omit<Problem, 'reference'>[];
}

/** Findings of an earlier version of the document: they hold for each reference that stands where it stood. */
export type KnownFindings = WeakMap<ImageReference, Findings>;

/** The same in steps of a reference each, for who has other things to do in between; `known` gets what is found. */
export function* problemSteps(
  document: CheckedDocument,
  severities: RuleSeverities,
  known: KnownFindings = new WeakMap(),
): Generator<undefined, Problem[]> {
  const { text, languageId, parsed } = document;
  const suppressions = readSuppressions(text, languageId, parsed.comments);
  const problems: Problem[] = [];
  for (const [index, reference] of parsed.references.entries()) {
    const context = { previous: parsed.references[index - 1] ?? null, located: document.located?.[index] ?? null };
    let findings = known.get(reference);
    if (findings?.context.previous !== context.previous || findings.context.located !== context.located) {
      findings = { context, found: check(reference, context, severities) };
      known.set(reference, findings);
    }
    for (const problem of findings.found) {
      if (suppressions.suppress(problem.rule, [reference.range.start, problem.range.start])) continue;
      problems.push({ ...problem, reference: index });
    }
    yield;
  }
  // A stable sort: problems at one place stay in the order of the rules.
  return problems.toSorted((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
}

function check(reference: ImageReference, context: RuleContext, severities: RuleSeverities): Findings['found'] {
  const found: Omit<Problem, 'reference'>[] = [];
  let wordsReported = false;
  for (const rule of rules) {
    const severity = severities[rule.id];
    if (severity === 'off' || (rule.aboutWords && wordsReported)) continue;
    const finding = rule.check(reference, context);
    if (finding === null) continue;
    wordsReported ||= rule.aboutWords;
    found.push({ rule: rule.id, severity, ...finding, target: targetName(reference.target) });
  }
  return found;
}
