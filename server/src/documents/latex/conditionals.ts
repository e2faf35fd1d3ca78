/** TeX's own; what packages define counts where the document says `\newif`. */
// oxfmt-ignore
const primitives: ReadonlySet<string> = new Set([
  'if', 'ifcat', 'ifnum', 'ifdim', 'ifodd', 'ifvmode', 'ifhmode', 'ifmmode', 'ifinner', 'ifvoid', 'ifhbox', 'ifvbox', 'ifx',
  'ifeof', 'iftrue', 'iffalse', 'ifcase', 'ifdefined', 'ifcsname', 'iffontchar', 'ifpdf', 'ifxetex', 'ifluatex', 'ifPDFTeX',
  'ifXeTeX', 'ifLuaTeX',
]);

export function isConditional(name: string, own: ReadonlySet<string>): boolean {
  return primitives.has(name) || own.has(name);
}

export interface DeadBranch {
  /** After the `\else` or `\fi` that ends it. */
  readonly end: number;
  /** A `\fi` ended it, or the document did; else an `\else`, after which what follows counts. */
  readonly closed: boolean;
}

const part = /\\(if[a-zA-Z@]*|else|fi)(?![a-zA-Z@])|\\[^]|%[^\n]*/g;

/** From within a branch that TeX skips: where the skipping ends, conditionals within it passed over. */
export function deadBranchEnd(source: string, from: number, own: ReadonlySet<string>): DeadBranch {
  const search = new RegExp(part);
  search.lastIndex = from;
  let depth = 0;
  for (let match = search.exec(source); match !== null; match = search.exec(source)) {
    const name = match[1];
    if (name === undefined) continue;
    const end = match.index + match[0].length;
    if (name === 'fi') {
      if (depth === 0) return { end, closed: true };
      depth -= 1;
    } else if (name === 'else') {
      if (depth === 0) return { end, closed: false };
    } else if (isConditional(name, own)) depth += 1;
  }
  return { end: source.length, closed: true };
}
