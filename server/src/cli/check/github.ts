import type { Severity } from '../../features/rules/rule.ts';
import type { DocumentProblem } from './documentProblem.ts';

const commands: Readonly<Record<Severity, 'error' | 'warning' | 'notice'>> = {
  error: 'error',
  warning: 'warning',
  information: 'notice',
  hint: 'notice',
};

/** Workflow commands of GitHub Actions: each problem becomes an annotation. */
export function github(problems: readonly DocumentProblem[]): string {
  return problems.map((problem) => `${annotation(problem)}\n`).join('');
}

function annotation({ file, line, column, endLine, endColumn, rule, severity, message }: DocumentProblem): string {
  const place: [string, string | number][] = [
    ['file', file],
    ['line', line],
    ['endLine', endLine],
  ];
  // GitHub takes columns only within one line.
  if (line === endLine) place.push(['col', column], ['endColumn', endColumn]);
  const properties = [...place, ['title', `image-captioner ${rule}`] as const];
  const written = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',');
  return `::${commands[severity]} ${written}::${escapeData(message)}`;
}

/** As actions/toolkit does (packages/core/src/command.ts). */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
