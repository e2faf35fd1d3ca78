import { parse, parseExpression } from '@babel/parser';
import type { ParserOptions, ParserPlugin } from '@babel/parser';
import type { Comment, Expression, Program } from '@babel/types';
import type { TextRange } from './imageReference.ts';

/** `jsx`: JavaScript or Flow with JSX; `tsx`: TypeScript with it; `ts`: without, where `<T>x` is a cast. */
export type ProgramDialect = 'jsx' | 'tsx' | 'ts';

export interface ParsedProgram {
  readonly program: Program;
  readonly comments: readonly Comment[];
}

const proposals: readonly ParserPlugin[] = [
  'decorators-legacy',
  'decoratorAutoAccessors',
  'deprecatedImportAssert',
  'doExpressions',
  'exportDefaultFrom',
  'explicitResourceManagement',
  'throwExpressions',
];

const plugins: Readonly<Record<ProgramDialect, readonly ParserPlugin[]>> = {
  jsx: [...proposals, 'jsx', 'flow'],
  tsx: [...proposals, 'jsx', 'typescript'],
  ts: [...proposals, 'typescript'],
};

function optionsFor(dialect: ProgramDialect): ParserOptions {
  return {
    sourceType: 'module',
    errorRecovery: true,
    allowAwaitOutsideFunction: true,
    allowImportExportEverywhere: true,
    allowNewTargetOutsideFunction: true,
    allowReturnOutsideFunction: true,
    allowSuperOutsideMethod: true,
    allowUndeclaredExports: true,
    attachComment: false,
    plugins: [...plugins[dialect]],
  };
}

/** A file's program; null where it is so broken that Babel gives up. `jsx` is read as TypeScript where that fits better. */
export function parseProgram(source: string, dialect: ProgramDialect): ParsedProgram | null {
  const first = tryProgram(source, dialect);
  if (dialect !== 'jsx' || first?.errors === 0) return first;
  const second = tryProgram(source, 'tsx');
  return second !== null && (first === null || second.errors < first.errors) ? second : first;
}

function tryProgram(source: string, dialect: ProgramDialect): (ParsedProgram & { readonly errors: number }) | null {
  try {
    const { program, comments, errors } = parse(source, optionsFor(dialect));
    return { program, comments: comments ?? [], errors: errors?.length ?? 0 };
  } catch {
    return null;
  }
}

/**
 * The expression that stands at `range` of a document (a binding's value, what is between two braces), with offsets into
 * the document; null where there is no whole expression.
 */
export function parseExpressionAt(
  source: string,
  range: TextRange,
  dialect: ProgramDialect = 'tsx',
): Expression | null {
  return parseExpressionText(source.slice(range.start, range.end), range.start, dialect);
}

/** An expression by its own text, which begins at `offset` of a document. */
export function parseExpressionText(text: string, offset: number, dialect: ProgramDialect): Expression | null {
  try {
    return parseExpression(text, { ...optionsFor(dialect), startIndex: offset, startLine: 1, startColumn: offset });
  } catch {
    return null;
  }
}
