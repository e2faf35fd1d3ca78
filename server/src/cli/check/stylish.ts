import type { Severity } from '../../features/rules/rule.ts';
import type { DocumentProblem } from './documentProblem.ts';

/** For people: the problems under the name of their document, then how many there are. */
export function stylish(problems: readonly DocumentProblem[], documents: number): string {
  if (documents === 0) return 'no documents\n';
  const checked = documents === 1 ? '1 document' : `${documents} documents`;
  if (problems.length === 0) return `${checked}, no problems\n`;
  const blocks = [...Map.groupBy(problems, ({ file }) => file)].map(([file, own]) => `${file}\n${table(own)}\n`);
  return `${blocks.join('\n')}\n${counts(problems)} in ${checked}\n`;
}

function table(problems: readonly DocumentProblem[]): string {
  const rows = problems.map(({ line, column, severity, message, rule }) => [
    `${line}:${column}`,
    severity,
    message,
    rule,
  ]);
  const places = Math.max(...rows.map(([place]) => place!.length));
  const severities = Math.max(...rows.map(([, severity]) => severity!.length));
  return rows
    .map(([place, severity, message, rule]) => {
      return `  ${place!.padStart(places)}  ${severity!.padEnd(severities)}  ${oneLine(message!)}  ${rule}`;
    })
    .join('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ');
}

function counts(problems: readonly DocumentProblem[]): string {
  const count = (severity: Severity): number => problems.filter((problem) => problem.severity === severity).length;
  const words = [
    [count('error'), 'error', 'errors'],
    [count('warning'), 'warning', 'warnings'],
    [count('information'), 'information', 'informations'],
    [count('hint'), 'hint', 'hints'],
  ] as const;
  const parts = words
    .filter(([number]) => number > 0)
    .map(([number, one, more]) => `${number} ${number === 1 ? one : more}`);
  return `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'} (${parts.join(', ')})`;
}
