/** The packed program on its own: each parser, loaded from its bundle, finds the one image without alt text. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { extensionFolder } from '../support/packedExtension.ts';

const documents: Readonly<Record<string, string>> = {
  'a.md': '![](a.png)\n',
  'a.qmd': '---\ntitle: A\n---\n\n![](a.png)\n',
  'a.mdx': 'import a from "./a.png"\n\n<img src={a} />\n',
  'a.html': '<p><img src="a.png"></p>\n',
  'a.php': '<?php echo 1; ?>\n<p><img src="a.png"></p>\n',
  'a.hbs': '<p>{{name}} <img src="a.png"></p>\n',
  'a.vue': '<template><img :src="\'./a.png\'" /></template>\n',
  'a.svelte': '<p>{name}</p>\n<img src="a.png" />\n',
  'a.astro': '---\nconst name = 1;\n---\n<img src="a.png" />\n',
  'a.component.html': '@if (user) {\n  <img [src]="\'a.png\'" />\n}\n',
  'a.jsx': 'export const A = () => <img src="a.png" />;\n',
  'a.tsx': 'export const A = (): unknown => <img src="a.png" />;\n',
  'a.adoc': '= A\n\nimage::a.png[]\n',
  'a.tex': '\\documentclass{article}\n\\begin{document}\n\\includegraphics{a.png}\n\\end{document}\n',
  'a.typ': '#image("a.png")\n',
  'a.rst': 'A\n=\n\n.. image:: a.png\n',
  'a.ipynb':
    '{"cells":[{"cell_type":"markdown","id":"a","metadata":{},"source":["![](a.png)"]}],"metadata":{},"nbformat":4,"nbformat_minor":5}\n',
};

let folder: string;
const found = new Map<string, string[]>();

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'image-captioner-packed-'));
  await writeFile(path.join(folder, 'a.png'), '');
  for (const [file, text] of Object.entries(documents)) await writeFile(path.join(folder, file), text);
  const cli = path.join(extensionFolder, 'dist', 'server', 'cli.js');
  const { stdout, stderr } = spawnSync(process.execPath, [cli, 'check', '--format', 'json', '.'], { cwd: folder });
  assert.equal(stderr.toString(), '');
  for (const { file, rule } of JSON.parse(stdout.toString()) as readonly { file: string; rule: string }[]) {
    found.set(file, [...(found.get(file) ?? []), rule]);
  }
});
after(() => rm(folder, { recursive: true, force: true }));

for (const file of Object.keys(documents)) {
  test(`the packed program reads ${file}`, () => assert.deepEqual(found.get(file), ['alt-missing']));
}

test('activation reads one small file; what comes later lies beside it', () => {
  const folder = path.join(extensionFolder, 'dist', 'client');
  const file = path.join(folder, 'extension.js');
  const required = readFileSync(file, 'utf8').matchAll(/\brequire\("([^"]+)"\)/g);
  const names = new Set([...required].map(([, name]) => name ?? ''));
  assert.ok(names.delete('vscode'));
  assert.ok(names.has('./languageClient.js'), 'the language client is not part of it');
  for (const name of names) assert.ok(existsSync(path.join(folder, name)), `${name} is ours, and there`);
  assert.ok(statSync(file).size < 20_000, `${statSync(file).size} bytes`);
});
