import type { DocumentParser, ParsedDocument, ParseOptions } from './imageReference.ts';

/**
 * VS Code's language identifier → the parser of its family. Parsers are loaded when the first document of their family
 * is read: a compiler such as Svelte's costs more to load than a whole Markdown file to check.
 */
const parsers: Readonly<Record<string, () => Promise<DocumentParser>>> = {
  markdown: async () => (await import('./markdown.ts')).parseMarkdown,
  quarto: async () => (await import('./markdown.ts')).parseMarkdown,
  rmd: async () => (await import('./markdown.ts')).parseMarkdown,
  jupyter: async () => (await import('./notebook.ts')).parseNotebook,
  mdx: async () => (await import('./mdx.ts')).parseMdx,
  html: async () => (await import('./html.ts')).parseHtml,
  xhtml: async () => (await import('./html.ts')).parseHtml,
  php: async () => (await import('./html.ts')).parseHtml,
  ...templates(),
  vue: async () => (await import('./vue.ts')).parseVue,
  svelte: async () => (await import('./svelte.ts')).parseSvelte,
  astro: async () => (await import('./astro.ts')).parseAstro,
  javascript: async () => (await import('./jsx.ts')).parseJsx,
  javascriptreact: async () => (await import('./jsx.ts')).parseJsx,
  typescript: async () => (await import('./typescript.ts')).parseTypescript,
  typescriptreact: async () => (await import('./jsx.ts')).parseJsx,
  asciidoc: async () => (await import('./asciidoc.ts')).parseAsciidoc,
  latex: async () => (await import('./latex.ts')).parseLatex,
  tex: async () => (await import('./latex.ts')).parseLatex,
  typst: async () => (await import('./typst.ts')).parseTypst,
  restructuredtext: async () => (await import('./restructuredText.ts')).parseRestructuredText,
  css: async () => (await import('./css.ts')).parseCss,
  scss: async () => (await import('./css.ts')).parseCss,
  less: async () => (await import('./css.ts')).parseCss,
};

/** Languages that are HTML with holes. */
function templates(): Record<string, () => Promise<DocumentParser>> {
  const ids = [
    'handlebars',
    'mustache',
    'django-html',
    'jinja-html',
    'jinja',
    'twig',
    'liquid',
    'nunjucks',
    'erb',
    'ejs',
    'blade',
  ];
  return Object.fromEntries(ids.map((id) => [id, async () => (await import('./html.ts')).parseHtml]));
}

/** Any other language: quoted paths of pictures, to look at only. */
const anyOther = async (): Promise<DocumentParser> => (await import('./code.ts')).parseCode;

/** Document → references. Never throws on bad input: what cannot be understood has no references. */
export async function parseDocument(text: string, languageId: string, options: ParseOptions): Promise<ParsedDocument> {
  const load = Object.hasOwn(parsers, languageId) ? parsers[languageId]! : anyOther;
  const parser = await load();
  return parser(text, languageId, options);
}
