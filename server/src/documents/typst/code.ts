import type { TextRange } from '../imageReference.ts';
import { imagePreset, wrapperNamed } from './constants.ts';
import { Cursor } from './cursor.ts';
import { readMarkup, readMath } from './markup.ts';
import { readStatement, type StatementReader } from './statements.ts';
import type { ContentNode, TypstArgument, TypstNode, TypstTree } from './syntax.ts';
import { rawEnd, stringAt } from './tokens.ts';

/** Typst's own compiler stops at 256; what is deeper is passed over. */
const deepest = 200;

/** Source → what pictures need of it. Never fails: what is not understood is passed over. */
export function parseTypstTree(text: string): TypstTree {
  const parser = new CodeParser(new Cursor(text));
  const content = readMarkup(parser.cursor, 0, false, () => parser.embedded());
  return { content, bindings: parser.cursor, comments: parser.cursor.comments };
}

const operator = /=>|[=!<>+\-*/]=|\.\.|[^]/y;
const argumentName = /([\p{XID_Start}_][\p{XID_Continue}_-]*)\s*:/uy;

class CodeParser implements StatementReader {
  #depth = 0;
  /** The brackets that are awaited, the innermost last. */
  readonly #awaited: string[] = [];
  /** Where the last expression's last term or operator ended. */
  #expressionEnd = 0;
  readonly cursor: Cursor;

  constructor(cursor: Cursor) {
    this.cursor = cursor;
  }

  /** What stands after `#` in markup. */
  embedded(): TypstNode | null {
    const start = this.cursor.position;
    const node = this.term(false);
    if (node === null) this.cursor.position = start;
    else if (this.cursor.character === ';') this.cursor.position += 1;
    return node;
  }

  /**
   * A statement, or a value with its calls and fields; null where none begins here (nothing is read then). `inCode`:
   * what follows it is code as well.
   */
  term(inCode: boolean): TypstNode | null {
    if (this.#depth >= deepest) return null;
    this.#depth += 1;
    const word = this.cursor.name();
    const node = (word === null ? null : readStatement(word, inCode, this)) ?? this.#value(word);
    this.#depth -= 1;
    return node;
  }

  /**
   * Terms and operators up to what ends an expression: `,`, `;`, a closing bracket, a line's end where that counts, the
   * body where one is awaited. Null where nothing stands.
   */
  expression(lineEnds: boolean, bodyEnds: boolean): TypstNode | null {
    const { cursor } = this;
    const terms: TypstNode[] = [];
    let [pluses, operators] = [0, 0];
    cursor.skipBlanks(!lineEnds);
    const start = cursor.position;
    let end = start;
    for (;;) {
      cursor.skipBlanks(!lineEnds);
      const { character } = cursor;
      if (character === undefined || /[,;)\]}]/.test(character) || (lineEnds && character === '\n')) break;
      if (bodyEnds && (character === '{' || character === '[')) break;
      if (cursor.skipComment()) continue;
      const node = this.term(true);
      if (node !== null) terms.push(node);
      else {
        const [mark] = cursor.take(operator)!;
        operators += 1;
        if (mark === '+') pluses += 1;
        this.#bindBefore(mark, terms.at(-1));
      }
      end = cursor.position;
    }
    this.#expressionEnd = end;
    if (end === start) return null;
    const only = terms[0];
    if (terms.length === 1 && operators === 0) return only!;
    const adds = pluses === operators && pluses === terms.length - 1;
    const range = { start, end };
    return adds ? { kind: 'sum', parts: terms, range } : { kind: 'other', children: terms, range };
  }

  /** Parameters before `=>`; a name that is given another value. */
  #bindBefore(mark: string, before: TypstNode | undefined): void {
    if (before === undefined) return;
    if (mark === '=>') this.cursor.bindAll(this.cursor.text.slice(before.range.start, before.range.end));
    else if (/^[+\-*/]?=$/.test(mark) && before.kind === 'name') this.cursor.assigned.add(before.name);
  }

  #value(word: string | null): TypstNode | null {
    const { cursor } = this;
    const start = cursor.position;
    if (word !== null) {
      cursor.position += word.length;
      if (word === 'none') return { kind: 'none', range: cursor.since(start) };
      return this.#calls({ kind: 'name', name: word, range: cursor.since(start) }, word);
    }
    switch (cursor.character) {
      case '"': {
        const string = stringAt(cursor.text, start);
        cursor.position = string.range.end;
        return this.#calls(string, null);
      }
      case '`':
        cursor.position = rawEnd(cursor.text, start);
        return this.#calls(cursor.other(start, []), null);
      case '$':
        cursor.position += 1;
        return readMath(cursor, start, () => this.embedded());
      case '[':
        return this.content();
      case '(':
        return this.#calls(this.#group(), null);
      case '{':
        return this.#block();
      default:
        return null;
    }
  }

  /** `.field`, `(…)`, `[…]` right after a value, as often as they stand there. */
  #calls(value: TypstNode, name: string | null): TypstNode {
    const { cursor } = this;
    const { start } = value.range;
    let node = value;
    let path = name;
    for (;;) {
      if (cursor.character === '.') {
        cursor.position += 1;
        const field = cursor.name();
        if (field === null) {
          cursor.position -= 1;
          return node;
        }
        cursor.position += field.length;
        path = path === null ? null : `${path}.${field}`;
        node = cursor.other(start, [node]);
      } else if (cursor.character === '(' || cursor.character === '[') {
        node = this.#call(start, path, path === null ? node : null);
        path = null;
      } else return node;
    }
  }

  #call(start: number, callee: string | null, receiver: TypstNode | null): TypstNode {
    const { cursor } = this;
    const given: TypstArgument[] = [];
    if (receiver !== null) given.push({ name: null, spread: false, value: receiver, range: receiver.range });
    let list: TextRange | null = null;
    if (cursor.character === '(') {
      const open = cursor.position;
      const { entries, closed } = this.arguments();
      given.push(...entries);
      if (!closed)
        return cursor.other(
          start,
          given.map(({ value }) => value),
        );
      list = { start: open + 1, end: cursor.position - 1 };
    }
    while (cursor.character === '[') {
      const value = this.content();
      given.push({ name: null, spread: false, value, range: value.range });
    }
    const preset = callee === null ? null : imagePreset(callee, start, cursor);
    const wrapper = callee === null ? null : wrapperNamed(callee, start, cursor);
    const called = preset === null ? callee : 'image';
    const range = cursor.since(start);
    return { kind: 'call', callee: called, arguments: given, list, isSet: false, preset, wrapper, range };
  }

  /** `(a, b: c, ..d)`. */
  arguments(): { readonly entries: TypstArgument[]; readonly closed: boolean } {
    const { cursor } = this;
    const entries: TypstArgument[] = [];
    const closed = this.#bracketed(')', () => {
      const start = cursor.position;
      const spread = cursor.text.startsWith('..', start);
      if (spread) cursor.position += 2;
      const name = spread ? null : (cursor.take(argumentName)?.[1] ?? null);
      const value = this.expression(false, false) ?? cursor.other(cursor.position, []);
      const end = Math.max(this.#expressionEnd, start);
      if (end > start) entries.push({ name, spread, value, range: { start, end } });
    });
    return { entries, closed };
  }

  /** Parentheses around one value are nothing but parentheses. */
  #group(): TypstNode {
    const { cursor } = this;
    const start = cursor.position;
    const { entries } = this.arguments();
    const only = entries[0];
    if (entries.length === 1 && only!.name === null && !only!.spread) {
      const comma = /,\s*\)$/.test(cursor.text.slice(only!.range.end, cursor.position));
      if (!comma) return only!.value;
    }
    return cursor.other(
      start,
      entries.map(({ value }) => value),
    );
  }

  #block(): TypstNode {
    const start = this.cursor.position;
    const children: (TypstNode | null)[] = [];
    this.cursor.openScope();
    this.#bracketed('}', () => children.push(this.expression(true, false)));
    this.cursor.closeScope();
    return this.cursor.other(start, children);
  }

  content(): ContentNode {
    const { cursor } = this;
    const start = cursor.position;
    cursor.position += 1;
    cursor.openScope();
    this.#awaited.push(']');
    const { items } = readMarkup(cursor, start, true, () => this.embedded());
    this.#awaited.pop();
    cursor.closeScope();
    if (cursor.character === ']') cursor.position += 1;
    return { kind: 'content', items, range: cursor.since(start) };
  }

  /** Entries up to the closing bracket; false where the text, or the bracket around, ends first. */
  #bracketed(close: string, entry: () => void): boolean {
    const { cursor } = this;
    cursor.position += 1;
    this.#awaited.push(close);
    let closed = false;
    for (;;) {
      cursor.skipBlanks(true);
      const { character } = cursor;
      if (character === undefined) break;
      closed = character === close;
      if (closed) cursor.position += 1;
      // What closes a bracket further out ends this one too, which the author has not closed yet.
      if (closed || (/[)\]}]/.test(character) && this.#awaited.includes(character))) break;
      if (cursor.skipComment()) continue;
      const before = cursor.position;
      if (!/[,;)\]}]/.test(character)) entry();
      if (cursor.position === before || /[,;]/.test(cursor.character ?? '')) cursor.position += 1;
    }
    this.#awaited.pop();
    return closed;
  }
}
