import type { Cursor } from './cursor.ts';
import type { ContentNode, TypstArgument, TypstNode } from './syntax.ts';
import { wrapperOf } from './wrappers.ts';

/** What a statement needs of the code's parser. */
export interface StatementReader {
  readonly cursor: Cursor;
  term(inCode: boolean): TypstNode | null;
  expression(lineEnds: boolean, bodyEnds: boolean): TypstNode | null;
  arguments(): { readonly entries: TypstArgument[] };
  content(): ContentNode;
}

/** A statement that begins with the word; null, and nothing read, for any other word. */
export function readStatement(word: string, inCode: boolean, reader: StatementReader): TypstNode | null {
  const { cursor } = reader;
  const start = cursor.position;
  switch (word) {
    case 'let':
      cursor.position += word.length;
      return readLet(start, reader);
    case 'set': {
      cursor.position += word.length;
      const rule = reader.expression(true, false);
      return cursor.other(start, [rule === null ? null : asRule(rule)]);
    }
    case 'import':
      return readImport(start, reader);
    case 'show':
    case 'include':
    case 'return':
      cursor.position += word.length;
      return cursor.other(start, [reader.expression(true, false)]);
    case 'context':
      cursor.position += word.length;
      cursor.skipBlanks(inCode);
      return cursor.other(start, [reader.term(inCode)]);
    case 'if':
    case 'for':
    case 'while':
      return readBranches(word, start, reader);
    default:
      return null;
  }
}

/** `set image(…)`, also with a condition after it, shows nothing. */
function asRule(node: TypstNode): TypstNode {
  if (node.kind === 'call') return { ...node, isSet: true };
  if (node.kind !== 'other') return node;
  const [rule, ...rest] = node.children;
  return rule?.kind === 'call' ? { ...node, children: [{ ...rule, isSet: true }, ...rest] } : node;
}

const assignment = /[^\S\n]*=(?!=)\s*/y;

/** `let a = b`, `let f(a, b) = c`, `let (a, b) = c`. */
function readLet(start: number, reader: StatementReader): TypstNode {
  const { cursor } = reader;
  cursor.skipBlanks(false);
  const name = cursor.name();
  cursor.position += name?.length ?? 0;
  const plain = cursor.character !== '(';
  // A function's parameters are its own; the names of a pattern are the scope's.
  if (name !== null) cursor.openScope();
  const parameters = plain ? [] : reader.arguments().entries;
  for (const { range } of parameters) cursor.bindAll(cursor.text.slice(range.start, range.end));
  const value = cursor.take(assignment) === null ? null : reader.expression(true, false);
  if (name !== null) cursor.closeScope();
  const range = cursor.since(start);
  if (name !== null)
    cursor.bind(name, plain ? value : { kind: 'function', wrapper: wrapperOf(parameters, value), range });
  return { kind: 'definition', value, range };
}

const importedNames = /import\b[^\n;:]*(?::[^\n;(]*(?:\([^()]{0,4000}\))?)?/y;

function readImport(start: number, { cursor }: StatementReader): TypstNode | null {
  const match = cursor.take(importedNames);
  if (match === null) return null;
  const colon = match[0].indexOf(':');
  if (colon !== -1) cursor.bindAll(match[0].slice(colon));
  return cursor.other(start, []);
}

const loopPattern = /[^\n{[]{0,500}?(?=\bin\b)/y;
const otherwise = /\s*else\b[^\S\n]*(if\b)?/y;

/** `if a [..] else [..]`, `for x in xs [..]`, `while a {..}`: up to the last body. */
function readBranches(word: string, start: number, reader: StatementReader): TypstNode {
  const { cursor } = reader;
  const children: (TypstNode | null)[] = [];
  cursor.position += word.length;
  cursor.openScope();
  if (word === 'for') cursor.bindAll(cursor.take(loopPattern)?.[0] ?? '');
  for (;;) {
    children.push(reader.expression(true, true));
    const body = /[[{]/.test(cursor.character ?? '') ? reader.term(true) : null;
    if (body === null) break;
    children.push(body);
    const next = word === 'if' ? cursor.take(otherwise) : null;
    if (next === null) break;
    if (next[1] !== undefined) continue;
    cursor.skipBlanks(true);
    children.push(/[[{]/.test(cursor.character ?? '') ? reader.term(true) : null);
    break;
  }
  cursor.closeScope();
  return cursor.other(start, children);
}
