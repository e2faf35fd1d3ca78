/** How the lines of reStructuredText are told apart (docutils' Body.patterns). */
export const bullet = /^[-+*\u2022\u2023\u2043](?: +|$)/;
export const enumerator =
  /^(?:\((?:\d+|[a-zA-Z]|[ivxlcdm]+|[IVXLCDM]+|#)\)|(?:\d+|[a-zA-Z]|[ivxlcdm]+|[IVXLCDM]+|#)[.)])(?: +|$)/;
export const field = /^:(?![: ])((?:[^:\\]|\\.|:(?!(?:[ `]|$)))*)(?<! ):(?: +|$)/;
export const lineBlock = /^\|(?: +|$)/;
export const doctest = /^>>>(?: +|$)/;
export const explicitMarkup = /^\.\.(?: +|$)/;
export const adornment = /^([!-/:-@[-`{-~])\1*$/;
export const gridTop = /^\+-[-+]+-\+$/;
export const simpleTop = /^=+(?: +=+)+$/;
export const simpleBorder = /^=+[ =]*$/;

const simpleName = String.raw`[\p{L}\p{N}]+(?:[-._+:][\p{L}\p{N}]+)*`;
/** `.. |name| image:: a.png`, `.. image:: a.png`: name of the substitution, name of the directive. */
export const directive = new RegExp(String.raw`^\.\. +(?:\|(?! )([^|]*[^|\s])\| +)?(${simpleName}) ?::(?: +|$)`, 'u');
export const footnote = /^\.\. +\[[^\]]+\](?: +|$)/;
export const hyperlinkTarget = /^\.\. +_(?! |$)/;
export const substitution = /^\.\. +\|(?! |$)/;

/** Their content is not read as reStructuredText. */
// oxfmt-ignore
const verbatim: ReadonlySet<string> = new Set([
  'code', 'code-block', 'sourcecode', 'highlight', 'literalinclude', 'include', 'raw', 'math', 'csv-table', 'parsed-literal',
  'graphviz', 'graph', 'digraph', 'inheritance-diagram', 'mermaid', 'plantuml', 'uml', 'ditaa', 'blockdiag', 'seqdiag',
  'actdiag', 'nwdiag', 'aafig', 'productionlist', 'prompt', 'ipython', 'doctest', 'testcode', 'testoutput', 'testsetup',
  'testcleanup', 'jupyter-execute', 'plot', 'toctree', 'replace', 'unicode', 'date', 'default-role', 'role', 'title',
  'autoclass', 'automodule', 'autofunction', 'bokeh-plot', 'exec', 'execute_code', 'program-output', 'command-output',
  'console', 'tikz', 'asciinema', 'youtube', 'vimeo', 'video',
]);

export function isVerbatim(name: string): boolean {
  return verbatim.has(name);
}

/** A paragraph whose end announces a literal block. */
export function announcesLiteral(line: string): boolean {
  return /(?<!\\)(?:\\\\)*::$/.test(line);
}
