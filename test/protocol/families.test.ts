/** Each language family through the real server: hover, problem, quick fix and completion at the cursor (┃). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type {
  CodeAction,
  CompletionItem,
  DocumentDiagnosticReport,
  DocumentLink,
  Hover,
  MarkupContent,
} from 'vscode-languageserver-protocol';
import { TestServer, withCursor } from '../support/languageServer.ts';

// The model is sure of it.
const picture = '001-emoji.png';
const caption = 'A magic wand emoji';
let server: TestServer;
let documents = 0;

before(async () => {
  server = await TestServer.start({ settings: { prefetch: false } });
  await server.file('wand.png', { picture });
});
after(() => server.stop());

interface Family {
  readonly name: string;
  readonly ending: string;
  /** As VS Code names it. */
  readonly languageId: string;
  readonly marked: string;
  /** After the quick fix; null: pictures are only looked at. */
  readonly mended: string | null;
}

// oxfmt-ignore
const families: readonly Family[] = [
  { name: 'Markdown, inline', ending: 'md', languageId: 'markdown', marked: 'See ![┃](wand.png "Title").\n', mended: `See ![${caption}](wand.png "Title").\n` },
  { name: 'Markdown, reference', ending: 'md', languageId: 'markdown', marked: '![┃][w]\n\n[w]: wand.png\n', mended: `![${caption}][w]\n\n[w]: wand.png\n` },
  { name: 'Markdown, HTML inside', ending: 'md', languageId: 'markdown', marked: 'a <img src="wand┃.png"> b\n', mended: `a <img src="wand.png" alt="${caption}"> b\n` },
  { name: 'Markdown, CRLF and surrogate pairs', ending: 'md', languageId: 'markdown', marked: '😀\r\n😀 ![](┃wand.png) 😀\r\n', mended: `😀\r\n😀 ![${caption}](wand.png) 😀\r\n` },
  { name: 'Obsidian', ending: 'md', languageId: 'markdown', marked: '![[wand┃.png]]\n', mended: `![[wand.png|${caption}]]\n` },
  { name: 'Learn', ending: 'md', languageId: 'markdown', marked: ':::image type="content" source="wand.png┃":::\n', mended: `:::image type="content" source="wand.png" alt-text="${caption}":::\n` },
  { name: 'Quarto', ending: 'qmd', languageId: 'quarto', marked: '![](wand┃.png){width=50%}\n', mended: `![](wand.png){width=50% fig-alt="${caption}"}\n` },
  { name: 'HTML', ending: 'html', languageId: 'html', marked: '<p><img class="x" src=wand.png┃></p>\n', mended: `<p><img class="x" src=wand.png alt="${caption}"></p>\n` },
  { name: 'Angular in HTML', ending: 'component.html', languageId: 'html', marked: `<img [src]="'wand┃.png'">\n`, mended: `<img [src]="'wand.png'" alt="${caption}">\n` },
  { name: 'PHP', ending: 'php', languageId: 'php', marked: '<?php echo 1; ?><img src="wand┃.png">\n', mended: `<?php echo 1; ?><img src="wand.png" alt="${caption}">\n` },
  { name: 'JSX', ending: 'jsx', languageId: 'javascriptreact', marked: 'const a = <img src="wand┃.png" />;\n', mended: `const a = <img src="wand.png" alt="${caption}" />;\n` },
  { name: 'TSX, imported', ending: 'tsx', languageId: 'typescriptreact', marked: `import wand from './wand.png';\nexport const A = () => <img src={wand┃} />;\n`, mended: `import wand from './wand.png';\nexport const A = () => <img src={wand} alt="${caption}" />;\n` },
  { name: 'MDX', ending: 'mdx', languageId: 'mdx', marked: '# Page\n\n![┃](wand.png)\n', mended: `# Page\n\n![${caption}](wand.png)\n` },
  { name: 'Vue', ending: 'vue', languageId: 'vue', marked: '<template>\n  <img src="./wand┃.png">\n</template>\n', mended: `<template>\n  <img src="./wand.png" alt="${caption}">\n</template>\n` },
  { name: 'Vue, opened as plain text', ending: 'vue', languageId: 'plaintext', marked: '<template>\n  <img src="./wand┃.png">\n</template>\n', mended: `<template>\n  <img src="./wand.png" alt="${caption}">\n</template>\n` },
  { name: 'Svelte', ending: 'svelte', languageId: 'svelte', marked: '<script>import w from "./wand.png";</script>\n<img src={w┃}>\n', mended: `<script>import w from "./wand.png";</script>\n<img src={w} alt="${caption}">\n` },
  { name: 'Astro', ending: 'astro', languageId: 'astro', marked: '---\nimport w from "./wand.png";\n---\n<img src={w┃.src} />\n', mended: `---\nimport w from "./wand.png";\n---\n<img src={w.src} alt="${caption}" />\n` },
  { name: 'AsciiDoc', ending: 'adoc', languageId: 'asciidoc', marked: 'Text.\n\nimage::wand┃.png[]\n', mended: `Text.\n\nimage::wand.png[${caption}]\n` },
  { name: 'LaTeX', ending: 'tex', languageId: 'latex', marked: '\\includegraphics{wand┃}\n', mended: `\\includegraphics[alt={${caption}}]{wand}\n` },
  { name: 'Typst', ending: 'typ', languageId: 'typst', marked: '#image("wand┃.png")\n', mended: `#image("wand.png", alt: "${caption}")\n` },
  { name: 'reStructuredText', ending: 'rst', languageId: 'restructuredtext', marked: '.. image:: wand┃.png\n', mended: `.. image:: wand.png\n   :alt: ${caption}\n` },
  { name: 'Jupyter, the file', ending: 'ipynb', languageId: 'json', marked: '{"cells": [{"cell_type": "markdown", "metadata": {}, "source": ["# A\\n", "![](wand┃.png)"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}\n', mended: `{"cells": [{"cell_type": "markdown", "metadata": {}, "source": ["# A\\n", "![${caption}](wand.png)"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}\n` },
  { name: 'CSS', ending: 'css', languageId: 'css', marked: 'a { background: url(wand┃.png); }\n', mended: null },
  { name: 'SCSS', ending: 'scss', languageId: 'scss', marked: '$w: url("wand┃.png");\n', mended: null },
  { name: 'Python', ending: 'py', languageId: 'python', marked: 'icon = "wand┃.png"\n', mended: null },
  { name: 'JSON', ending: 'json', languageId: 'json', marked: '{"icon": "wand┃.png"}\n', mended: null },
  { name: 'YAML', ending: 'yaml', languageId: 'yaml', marked: 'icon: "wand┃.png"\n', mended: null },
];

async function open({
  ending,
  languageId,
  marked,
}: Pick<Family, 'ending' | 'languageId' | 'marked'>): Promise<{ name: string; offset: number }> {
  const name = `page${documents++}.${ending}`;
  const { text, offset } = withCursor(marked);
  await server.open(name, languageId, text);
  return { name, offset };
}

async function problems(name: string): Promise<unknown[]> {
  const textDocument = { uri: server.uri(name) };
  const report = await server.connection.sendRequest<DocumentDiagnosticReport>('textDocument/diagnostic', {
    textDocument,
  });
  return report.kind === 'full' ? report.items.map(({ code }) => code) : [];
}

async function quickFixes(name: string, offset: number): Promise<CodeAction[]> {
  const document = server.document(name);
  const at = document.positionAt(offset);
  const params = { textDocument: { uri: document.uri }, range: { start: at, end: at }, context: { diagnostics: [] } };
  return server.connection.sendRequest<CodeAction[]>('textDocument/codeAction', params);
}

for (const family of families) {
  test(`${family.name}: hover, problem, quick fix`, async () => {
    const { name, offset } = await open(family);
    const hover = await server.at<Hover>('textDocument/hover', name, offset);
    assert.match((hover.contents as MarkupContent).value, new RegExp(`\\*\\*${caption}\\*\\*`));
    assert.deepEqual(await problems(name), family.mended === null ? [] : ['alt-missing']);
    const [first] = await quickFixes(name, offset);
    if (family.mended === null) {
      assert.equal(first, undefined);
      return;
    }
    assert.equal(first?.title, `Insert alt text: ${caption}`);
    await server.connection.sendRequest('workspace/executeCommand', first.command!);
    assert.equal(server.document(name).getText(), family.mended);
    assert.deepEqual(await problems(name), []);
  });
}

// oxfmt-ignore
const completions: readonly (Pick<Family, 'ending' | 'languageId' | 'marked'> & { readonly inserted: string | null })[] = [
  { ending: 'md', languageId: 'markdown', marked: '![┃](wand.png)', inserted: `![${caption}](wand.png)` },
  { ending: 'md', languageId: 'markdown', marked: '![┃][w]\n\n[w]: wand.png', inserted: `![${caption}][w]\n\n[w]: wand.png` },
  { ending: 'md', languageId: 'markdown', marked: '[![┃](wand.png)](wand.html)', inserted: `[![${caption}](wand.png)](wand.html)` },
  { ending: 'html', languageId: 'html', marked: '<img src="wand.png" alt="┃">', inserted: `<img src="wand.png" alt="${caption}">` },
  { ending: 'html', languageId: 'html', marked: "<img alt='┃' src=wand.png>", inserted: `<img alt='${caption}' src=wand.png>` },
  { ending: 'jsx', languageId: 'javascriptreact', marked: '<img src="wand.png" alt="┃" />', inserted: `<img src="wand.png" alt="${caption}" />` },
  { ending: 'vue', languageId: 'vue', marked: '<template><img src="./wand.png" alt="┃"></template>', inserted: `<template><img src="./wand.png" alt="${caption}"></template>` },
  { ending: 'svelte', languageId: 'svelte', marked: '<img src="./wand.png" alt="┃">', inserted: `<img src="./wand.png" alt="${caption}">` },
  { ending: 'astro', languageId: 'astro', marked: '<img src="./wand.png" alt="┃" />', inserted: `<img src="./wand.png" alt="${caption}" />` },
  { ending: 'adoc', languageId: 'asciidoc', marked: 'image::wand.png[┃]\n', inserted: `image::wand.png[${caption}]\n` },
  { ending: 'md', languageId: 'markdown', marked: '![words┃](wand.png)', inserted: null },
  { ending: 'md', languageId: 'markdown', marked: '![](wand┃.png)', inserted: null },
  { ending: 'html', languageId: 'html', marked: '<img src="wand.png" ┃alt="">', inserted: null },
  { ending: 'css', languageId: 'css', marked: 'a { background: url(┃wand.png) }', inserted: null },
];

test('completion inside an empty alt', async () => {
  for (const { inserted, ...given } of completions) {
    const { name, offset } = await open(given);
    const items = await server.at<CompletionItem[]>('textDocument/completion', name, offset);
    const document = server.document(name);
    if (inserted === null) {
      assert.deepEqual(items, [], given.marked);
      continue;
    }
    assert.equal(items.length, 1, given.marked);
    const { label, detail, textEdit } = items[0]!;
    assert.deepEqual([label, detail], [caption, 'Caption, confidence 92 %']);
    assert.ok(textEdit !== undefined && 'range' in textEdit);
    const { start, end } = textEdit.range;
    const text = document.getText();
    const result = text.slice(0, document.offsetAt(start)) + textEdit.newText + text.slice(document.offsetAt(end));
    assert.equal(result, inserted);
    // The protocol: on one line, and the cursor within.
    assert.equal(start.line, end.line);
    assert.ok(document.offsetAt(start) <= offset && offset <= document.offsetAt(end), given.marked);
  }
});

test('an ordinary link to a picture is left to the editor', async () => {
  const { name, offset } = await open({ ending: 'md', languageId: 'markdown', marked: '[a](wand┃.png)\n' });
  assert.equal(await server.at('textDocument/hover', name, offset), null);
  const textDocument = { uri: server.uri(name) };
  assert.deepEqual(
    await server.connection.sendRequest<DocumentLink[]>('textDocument/documentLink', { textDocument }),
    [],
  );
});
