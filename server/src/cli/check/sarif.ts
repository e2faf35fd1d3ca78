import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Severity } from '../../features/rules/rule.ts';
import { rules } from '../../features/rules/rules.ts';
import type { DocumentProblem } from './documentProblem.ts';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'note',
};

/** SARIF 2.1.0, for code scanning. Documents that could not be read are notifications of the run. */
export function sarif(problems: readonly DocumentProblem[], failures: readonly string[]): string {
  const run = {
    tool: {
      driver: {
        name: 'image-captioner',
        rules: rules.map(({ id, summary, defaultSeverity }) => ({
          id,
          shortDescription: { text: summary },
          defaultConfiguration: { level: levels[defaultSeverity] },
        })),
      },
    },
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful: failures.length === 0,
        toolExecutionNotifications: failures.map((text) => ({ level: 'error', message: { text } })),
      },
    ],
    results: problems.map(result),
  };
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function result({ file, line, column, endLine, endColumn, rule, severity, message }: DocumentProblem): object {
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level: levels[severity],
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: line, startColumn: column, endLine, endColumn },
        },
      },
    ],
  };
}

/** A relative reference as the file was given, or a file URL. */
function uriOf(file: string): string {
  if (path.isAbsolute(file)) return pathToFileURL(file).href;
  const reference = file.split('/').map(encodeURIComponent).join('/');
  return reference;
}
