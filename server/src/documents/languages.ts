/** A file's ending → VS Code's language identifier, for documents that no editor has opened. */
const languageByExtension: Readonly<Record<string, string>> = {
  md: 'markdown',
  markdown: 'markdown',
  mdown: 'markdown',
  mkd: 'markdown',
  mdwn: 'markdown',
  qmd: 'quarto',
  rmd: 'rmd',
  mdx: 'mdx',
  ipynb: 'jupyter',
  html: 'html',
  htm: 'html',
  xhtml: 'xhtml',
  xht: 'xhtml',
  shtml: 'html',
  njk: 'html',
  liquid: 'html',
  php: 'php',
  phtml: 'php',
  hbs: 'handlebars',
  handlebars: 'handlebars',
  vue: 'vue',
  svelte: 'svelte',
  astro: 'astro',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  jsx: 'javascriptreact',
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  tsx: 'typescriptreact',
  adoc: 'asciidoc',
  asciidoc: 'asciidoc',
  asc: 'asciidoc',
  tex: 'latex',
  ltx: 'latex',
  typ: 'typst',
  rst: 'restructuredtext',
  rest: 'restructuredtext',
  css: 'css',
  scss: 'scss',
  less: 'less',
};

/** Languages in which pictures are only looked at: nothing is ever wrong there. */
const withoutAlt: ReadonlySet<string> = new Set(['css', 'scss', 'less']);

/** Any file has a language; of most endings it is one in which pictures are only looked at. */
export function languageOfFile(path: string): string {
  return languageByExtension[extensionOf(path)] ?? 'plaintext';
}

const known: ReadonlySet<string> = new Set(['tex', ...Object.values(languageByExtension)]);

/**
 * The language as an editor names it. Where it is none of ours, the file's ending says it: without an extension for Vue
 * VS Code calls `.vue` plaintext, it opens `.ipynb` as JSON, and other editors have names of their own (`rst`, `tsx-ts`).
 */
export function languageOfDocument(languageId: string, path: string | null): string {
  if (known.has(languageId) || path === null) return languageId;
  return languageByExtension[extensionOf(path)] ?? languageId;
}

/** Whether a folder's file is looked into: documents that carry alt text; bundles are no one's writing. */
export function isDocumentFile(path: string): boolean {
  const language = languageByExtension[extensionOf(path)];
  return language !== undefined && !withoutAlt.has(language) && !/\.min\.[cm]?js$/iu.test(path);
}

function extensionOf(path: string): string {
  return /\.([^./\\]+)$/u.exec(path)?.[1]?.toLowerCase() ?? '';
}
