import type { DocumentComment, TextRange } from '../documents/imageReference.ts';
import { ruleIds, type RuleId } from './rules/rule.ts';

/**
 * Comments that silence rules, in each language's own comments: `image-captioner-disable-next-line RULE…`,
 * `image-captioner-disable RULE…` to the end or to `image-captioner-enable RULE…`. Several rules stand with commas or
 * blanks between them, none means all, and after ` -- ` comes the reason.
 */
export interface Suppressions {
  /** Whether a problem is silenced that begins at one of these offsets. */
  suppress(rule: RuleId, offsets: readonly number[]): boolean;
}

interface Directive {
  readonly kind: 'disable-next-line' | 'disable' | 'enable';
  /** Null: all. Empty where only unknown rules were named: a misspelt name silences nothing. */
  readonly rules: ReadonlySet<RuleId> | null;
  readonly range: TextRange;
}

export function readSuppressions(
  source: { toString(): string },
  languageId: string,
  comments: readonly DocumentComment[],
): Suppressions {
  const directives = comments.flatMap(readDirective).toSorted((a, b) => a.range.start - b.range.start);
  if (directives.length === 0) return { suppress: () => false };
  const text = source.toString();
  const next = directives
    .filter(({ kind }) => kind === 'disable-next-line')
    .map((directive) => ({ rules: directive.rules, line: nextLine(text, languageId, directive.range, directives) }));
  const spans = directives.filter(({ kind }) => kind !== 'disable-next-line');
  return {
    suppress: (rule, offsets) =>
      next.some(({ rules, line }) => covers(rules, rule) && offsets.some((at) => at >= line.start && at <= line.end)) ||
      offsets.some((at) => disabledAt(spans, rule, at)),
  };
}

/** The last word before the place counts. */
function disabledAt(spans: readonly Directive[], rule: RuleId, offset: number): boolean {
  const last = spans.findLast(({ range, rules }) => range.start <= offset && covers(rules, rule));
  return last?.kind === 'disable';
}

function covers(rules: ReadonlySet<RuleId> | null, rule: RuleId): boolean {
  return rules === null || rules.has(rule);
}

function readDirective({ text, range }: DocumentComment): Directive[] {
  const match = /^[\s*!]*image-captioner-(disable-next-line|disable|enable)(?![\w-])(.*)$/su.exec(text);
  if (match === null) return [];
  const names = match[2]!
    .split(/\s--(?:\s|$)/u, 1)[0]!
    .split(/[\s,:]+/u)
    .filter((name) => name !== '');
  const known = names.map((name) => ruleIds.find((id) => id === name.toLowerCase())).filter((id) => id !== undefined);
  return [{ kind: match[1] as Directive['kind'], rules: names.length === 0 ? null : new Set(known), range }];
}

/**
 * The next line that holds anything: reStructuredText wants a blank line after a comment, and formatters put one there.
 * Several such comments may stand above each other.
 */
function nextLine(text: string, languageId: string, comment: TextRange, directives: readonly Directive[]): TextRange {
  const lineBreak = lineBreakOf(languageId);
  const written = text.slice(comment.start, comment.end).trimEnd();
  let line = lineAfter(text, comment.start + written.length, lineBreak);
  for (;;) {
    const { start, end } = line;
    const blank = /^[\s>]*$/u.test(text.slice(start, end));
    const directive = directives.find(({ range }) => range.start >= start && range.start <= end);
    if (start >= text.length || (!blank && !startsLine(text, line, directive))) return line;
    line = lineAfter(text, directive === undefined ? end : Math.max(end, directive.range.end), lineBreak);
  }
}

function startsLine(text: string, line: TextRange, directive: Directive | undefined): boolean {
  return directive !== undefined && /^[\s>{]*$/u.test(text.slice(line.start, directive.range.start));
}

/** A notebook's lines are strings of its JSON: `"one\n",` and `"one\ntwo"`. */
function lineBreakOf(languageId: string): RegExp {
  return languageId === 'jupyter' ? /(?<=(?<!\\)(?:\\\\)*)\\n(?:"\s*,\s*")?|\r?\n/gu : /\r\n|\n|\r/gu;
}

function lineAfter(text: string, offset: number, lineBreak: RegExp): TextRange {
  const start = breakFrom(text, offset, lineBreak).end;
  return { start, end: breakFrom(text, start, lineBreak).start };
}

function breakFrom(text: string, offset: number, lineBreak: RegExp): TextRange {
  lineBreak.lastIndex = offset;
  const match = lineBreak.exec(text);
  return match === null
    ? { start: text.length, end: text.length }
    : { start: match.index, end: match.index + match[0].length };
}
