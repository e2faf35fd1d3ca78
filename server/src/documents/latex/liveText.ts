import type { DocumentComment } from '../imageReference.ts';
import { deadBranchEnd, isConditional } from './conditionals.ts';

/** Stands for what TeX skips without leaving a space: comments, with the line end and the indentation after them. */
export const skipped = '\0';

export interface LiveText {
  /** As long as the source; comments, verbatim text and dead branches are blanked out. */
  readonly text: string;
  readonly comments: readonly DocumentComment[];
}

// oxfmt-ignore
const verbatimEnvironments: readonly string[] = [
  'verbatim', 'verbatim*', 'Verbatim', 'Verbatim*', 'BVerbatim', 'LVerbatim', 'SaveVerbatim', 'VerbatimOut', 'lstlisting',
  'minted', 'comment', 'filecontents', 'filecontents*', 'spverbatim', 'tcblisting', 'verbatimtab', 'boxedverbatim',
  'luacode', 'luacode*', 'pycode', 'pyblock', 'sagesilent', 'asy', 'lstcode', 'alltt*', 'scontents', 'codeblock',
];

const inlineVerbatim: ReadonlySet<string> = new Set(['verb', 'Verb', 'lstinline', 'mintinline', 'spverb', 'cprotect']);
/** Their first argument may hold `%` and `#` as they stand. */
const urlCommands: ReadonlySet<string> = new Set(['url', 'nolinkurl', 'path', 'href']);
const newVerbatim =
  /\\(?:lstnewenvironment|newtcblisting|excludecomment|DefineVerbatimEnvironment)\s*(?:\[[^\]]*\])?\s*\{([^{}]*)\}/y;
const begin = /\\begin\s*\{([^{}]*)\}/y;
const nextSpecial = /[\\%]/g;
const commandName = /[a-zA-Z@]+|[^]/y;

/** Source → what of it TeX would typeset, offset by offset. */
export function liveText(source: string): LiveText {
  return new Reader(source).read();
}

class Reader {
  readonly #parts: string[] = [];
  readonly #comments: DocumentComment[] = [];
  readonly #verbatim = new Set(verbatimEnvironments);
  readonly #newConditionals = new Set<string>();
  /** Open conditionals, and whether each is one that always holds: then its `\else` is dead. */
  readonly #holds: boolean[] = [];
  #position = 0;
  #copied = 0;
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  read(): LiveText {
    for (;;) {
      nextSpecial.lastIndex = this.#position;
      const special = nextSpecial.exec(this.source);
      if (special === null) break;
      if (special[0] === '%') this.#comment(special.index);
      else this.#command(special.index);
    }
    this.#parts.push(this.source.slice(this.#copied));
    return { text: this.#parts.join(''), comments: this.#comments };
  }

  #blank(start: number, end: number, filler: string): void {
    this.#parts.push(this.source.slice(this.#copied, start), filler.repeat(end - start));
    this.#copied = end;
    this.#position = end;
  }

  #comment(start: number): void {
    const newline = this.source.indexOf('\n', start);
    const lineEnd = newline === -1 ? this.source.length : newline;
    const end = this.source[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd;
    this.#comments.push({ range: { start, end }, text: this.source.slice(start + 1, end) });
    // A blank line after it still ends the paragraph.
    const indentation = /\n[ \t]*(?![ \t\r\n])/y;
    indentation.lastIndex = lineEnd;
    const rest = indentation.exec(this.source)?.[0].length ?? 0;
    this.#blank(start, lineEnd + rest, skipped);
  }

  #command(start: number): void {
    commandName.lastIndex = start + 1;
    const name = commandName.exec(this.source)?.[0] ?? '';
    const after = start + 1 + name.length;
    this.#position = after;
    if (inlineVerbatim.has(name)) this.#inlineVerbatim(start, after, name);
    else if (urlCommands.has(name)) this.#position = this.#groupEnd(after) ?? after;
    else if (name === 'begin') this.#environment(start);
    else if (name === 'end' && /^\s*\{document\}/.test(this.source.slice(after, after + 20))) this.#blankRest(start);
    else if (name === 'endinput') this.#blankRest(start);
    else if (name === 'newif') this.#newConditional(after);
    else if (name === 'iffalse') this.#deadBranch(start, after);
    else if (isConditional(name, this.#newConditionals)) this.#holds.push(name === 'iftrue');
    else if (name === 'else' && this.#holds.at(-1) === true) this.#deadBranch(start, after);
    else if (name === 'fi') this.#holds.pop();
    else this.#newVerbatimEnvironment(start);
  }

  /** `\verb|…|`, `\lstinline[…]{…}`, `\mintinline{tex}|…|`: on one line. */
  #inlineVerbatim(start: number, after: number, name: string): void {
    const prefix = name === 'mintinline' ? /\*?(?:\[[^\]\n]*\])?\{[^}\n]*\}/y : /\*?(?:\[[^\]\n]*\])?/y;
    prefix.lastIndex = after;
    const open = after + (prefix.exec(this.source)?.[0].length ?? 0);
    const delimiter = this.source[open];
    if (delimiter === undefined || /[\sa-zA-Z]/.test(delimiter)) return;
    const rest = this.source.slice(open + 1, open + 1 + longestVerbatim).replace(/\n.*$/s, '');
    const braced = delimiter === '{' && name !== 'verb';
    const length = braced ? balancedLength(rest) : rest.indexOf(delimiter);
    if (length !== -1) this.#blank(start, open + 1 + length + 1, ' ');
  }

  #environment(start: number): void {
    begin.lastIndex = start;
    const match = begin.exec(this.source);
    if (match === null || !this.#verbatim.has(match[1]!)) return;
    const closing = `\\end{${match[1]}}`;
    const end = this.source.indexOf(closing, start + match[0].length);
    this.#blank(start, end === -1 ? this.source.length : end + closing.length, ' ');
  }

  #newVerbatimEnvironment(start: number): void {
    newVerbatim.lastIndex = start;
    const name = newVerbatim.exec(this.source)?.[1];
    if (name !== undefined) this.#verbatim.add(name);
  }

  #newConditional(after: number): void {
    const name = /\s*\\(if[a-zA-Z@]+)/y;
    name.lastIndex = after;
    const match = name.exec(this.source);
    if (match === null) return;
    this.#newConditionals.add(match[1]!);
    this.#position = after + match[0].length;
  }

  #deadBranch(start: number, after: number): void {
    const { end, closed } = deadBranchEnd(this.source, after, this.#newConditionals);
    if (closed && this.source.startsWith('else', start + 1)) this.#holds.pop();
    // After its `\else` the branch that counts goes on to a `\fi` of its own.
    if (!closed) this.#holds.push(false);
    this.#blank(start, end, ' ');
  }

  #blankRest(start: number): void {
    this.#blank(start, this.source.length, ' ');
  }

  /** Where the group ends that opens here or after an optional argument. */
  #groupEnd(after: number): number | null {
    const opening = /\s*(?:\[[^\]]{0,500}\])?\s*\{/y;
    opening.lastIndex = after;
    const match = opening.exec(this.source);
    if (match === null) return null;
    const open = after + match[0].length;
    const length = balancedLength(this.source.slice(open, open + longestUrl));
    return length === -1 ? null : open + length + 1;
  }
}

const longestUrl = 2000;
const longestVerbatim = 2000;

/** How much stands before the brace that closes a group already open; -1 where none does. */
function balancedLength(text: string): number {
  if (!text.includes('}')) return -1;
  let depth = 1;
  for (const { 0: mark, index } of text.matchAll(/\\[^]|[{}]/g)) {
    if (mark === '{') depth += 1;
    else if (mark === '}') depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}
