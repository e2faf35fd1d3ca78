/** Attributes that every AsciiDoc document has. */
// oxfmt-ignore
const builtIn: ReadonlyMap<string, string> = new Map([
  ['amp', '&'], ['lt', '<'], ['gt', '>'], ['startsb', '['], ['endsb', ']'], ['vbar', '|'], ['caret', '^'],
  ['asterisk', '*'], ['tilde', '~'], ['plus', '&#43;'], ['pp', '&#43;&#43;'], ['cpp', 'C&#43;&#43;'], ['cxx', 'C&#43;&#43;'],
  ['backslash', '\\'], ['backtick', '`'], ['blank', ''], ['empty', ''], ['sp', ' '], ['two-colons', '::'],
  ['two-semicolons', ';;'], ['nbsp', '&#160;'], ['deg', '&#176;'], ['zwsp', '&#8203;'], ['quot', '&#34;'],
  ['apos', '&#39;'], ['lsquo', '&#8216;'], ['rsquo', '&#8217;'], ['ldquo', '&#8220;'], ['rdquo', '&#8221;'],
  ['wj', '&#8288;'], ['brvbar', '&#166;'],
  // The document's own folder, to which everything is relative anyway.
  ['docdir', '.'],
]);

/** Set by every converter to HTML; other names of tools (`env-github`) are not. */
const knownSet: ReadonlySet<string> = new Set(['asciidoctor', 'backend-html5', 'basebackend-html', 'docdir']);

/** As much as Asciidoctor keeps of a value: attributes that double each other would fill the memory. */
const longestValue = 4096;

const reference = /(\\)?\{([\p{L}\p{N}_][\p{L}\p{N}_-]*|(?:set|counter2?):.*?)(\\)?\}/gu;

export interface ResolvedText {
  readonly text: string;
  /** False where an attribute is not defined in the document: its reference stands as it is. */
  readonly complete: boolean;
}

/** The document's attributes as they stand at one place of it. */
export class DocumentAttributes {
  readonly #values = new Map<string, string>();
  /** For each open conditional what to set back at its end; null where its content counts. */
  readonly #conditionals: ([name: string, before: string | undefined][] | null)[] = [];

  get(name: string): string | null {
    return this.#values.get(name) ?? builtIn.get(name) ?? null;
  }

  /** `:name: value`, `:!name:`, `:name!:`; the value's own references are resolved now. */
  set(written: string, value: string): void {
    const unset = written.startsWith('!') || written.endsWith('!');
    const name = written.replace(/^!|!$/g, '').toLowerCase();
    this.#conditionals.findLast((undo) => undo !== null)?.push([name, this.#values.get(name)]);
    if (unset) this.#values.delete(name);
    else
      this.#values.set(name, this.resolve(value.replace(/^pass:[a-z,]*\[(.*)\]$/s, '$1')).text.slice(0, longestValue));
  }

  resolve(text: string): ResolvedText {
    if (!text.includes('{')) return { text, complete: true };
    let complete = true;
    const resolved = text.replace(reference, (whole, before?: string, name?: string, after?: string) => {
      if (before !== undefined || after !== undefined) return `{${name}}`;
      const value = this.get(name!.toLowerCase());
      if (value === null) complete = false;
      return value ?? whole;
    });
    return { text: resolved, complete };
  }

  /**
   * `ifdef::a,b[]` and `ifndef::a+b[]`. What a branch not taken shows is still shown by some tool, so its pictures count,
   * with the attributes set in it; after it they are as before. `ifeval` is taken.
   */
  isTaken(directive: string, names: string): boolean {
    if (directive === 'ifeval') return true;
    const defined = (name: string): boolean => knownSet.has(name) || this.#values.has(name.toLowerCase());
    const all = names.includes('+');
    const set = all ? names.split('+').every(defined) : names.split(',').some(defined);
    return directive === 'ifdef' ? set : !set;
  }

  openConditional(taken: boolean): void {
    this.#conditionals.push(taken ? null : []);
  }

  closeConditional(): void {
    const undo = this.#conditionals.pop();
    for (const [name, before] of undo?.toReversed() ?? []) {
      if (before === undefined) this.#values.delete(name);
      else this.#values.set(name, before);
    }
  }
}
