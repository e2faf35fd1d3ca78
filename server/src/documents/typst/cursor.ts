import type { TextRange } from '../imageReference.ts';
import type { Binding, TypstNode } from './syntax.ts';
import { commentAt, nameAt } from './tokens.ts';

const acrossLines = /\s*/y;
const withinLine = /[^\S\n]*/y;
const names = /[\p{XID_Start}_][\p{XID_Continue}_-]*/gu;

/** Where the reading of a Typst source stands, and what it has seen so far. */
export class Cursor {
  position = 0;
  readonly comments: TextRange[] = [];
  readonly byName = new Map<string, Binding[]>();
  readonly assigned = new Set<string>();
  readonly #scopes: { readonly start: number; end: number }[] = [{ start: 0, end: Infinity }];
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get character(): string | undefined {
    return this.text[this.position];
  }

  name(): string | null {
    return nameAt(this.text, this.position);
  }

  /** Moves past what matches here; null, and no move, where nothing does. `pattern` is sticky. */
  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.text);
    if (match !== null) this.position = pattern.lastIndex;
    return match;
  }

  skipBlanks(lines: boolean): void {
    this.take(lines ? acrossLines : withinLine);
  }

  skipComment(): boolean {
    const comment = commentAt(this.text, this.position);
    if (comment === null) return false;
    this.comments.push(comment);
    this.position = comment.end;
    return true;
  }

  since(start: number): TextRange {
    return { start, end: this.position };
  }

  other(start: number, children: readonly (TypstNode | null)[]): TypstNode {
    return { kind: 'other', children: children.filter((child) => child !== null), range: this.since(start) };
  }

  openScope(): void {
    this.#scopes.push({ start: this.position, end: Infinity });
  }

  closeScope(): void {
    this.#scopes.pop()!.end = this.position;
  }

  bind(name: string, value: TypstNode | null): void {
    const binding = { value, from: this.position, scope: this.#scopes.at(-1)! };
    const bound = this.byName.get(name);
    if (bound === undefined) this.byName.set(name, [binding]);
    else bound.push(binding);
  }

  /** Parameters, patterns, imports: every name in the source is bound to what is not known. */
  bindAll(source: string): void {
    for (const [name] of source.slice(0, 2000).matchAll(names)) this.bind(name, null);
  }
}
