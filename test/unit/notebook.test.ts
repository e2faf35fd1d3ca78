/** Jupyter notebooks as their files hold them: places and edits in the JSON, whatever way it is written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { altEdit } from '../../server/src/documents/altEdit.ts';
import type { ImageReference } from '../../server/src/documents/imageReference.ts';
import { parseNotebook } from '../../server/src/documents/notebook.ts';
import { cpuSeconds } from '../support/cpuTime.ts';
import { applyEdit } from '../support/referenceCases.ts';

const options = { imageComponents: [] };
const read = (json: string): readonly ImageReference[] => parseNotebook(json, 'jupyter', options).references;
const summary = (json: string): string[] =>
  read(json).map(({ kind, alt, target }) => `${kind} ${JSON.stringify(alt)} ${target.written}`);

/** The cells' sources after the edit. */
const sources = (json: string): unknown[] =>
  (JSON.parse(json) as { cells: { source: unknown }[] }).cells.map(({ source }) => source);

type Cell = Record<string, unknown>;
const notebook = (...cells: Cell[]): string => JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
const markdown = (source: unknown, more: Cell = {}): Cell => ({ cell_type: 'markdown', metadata: {}, source, ...more });

void test('a reference is where the JSON writes it', () => {
  const json =
    '{"cells":[{"cell_type":"markdown","source":["\\u00e9\\t\\"\\ud83c\\udf89 ![\\u00fc](a\\/b.png)\\n","x"]}]}';
  const [found] = read(json);
  const { range, target, alt, altRange } = found!;
  assert.equal(json.slice(range.start, range.end), '![\\u00fc](a\\/b.png)');
  assert.equal(json.slice(target.range.start, target.range.end), 'a\\/b.png');
  assert.equal(json.slice(altRange!.start, altRange!.end), '\\u00fc');
  assert.deepEqual([alt, target.written], ['ü', 'a/b.png']);
});

/** A cell's source, the caption, the sources afterwards. */
const insertions: readonly (readonly [name: string, source: unknown, after: unknown])[] = [
  ['a string', '![](a.png)', '![a "b" \\\\](a.png)'],
  ['lines', ['x\n', '![](a.png)'], ['x\n', '![a "b" \\\\](a.png)']],
  ['an alt over two lines', ['![x\n', 'y](a.png)\n', 'z'], ['![a "b" \\\\](a.png)\n', 'z']],
  ['a label that is the alt', ['![x]\n', '\n', '[x]: a.png'], ['![a "b" \\\\][x]\n', '\n', '[x]: a.png']],
  ['HTML over lines', ['<img\n', '  src="a.png">'], ['<img\n', '  src="a.png" alt="a &quot;b&quot; \\">']],
  ['an embed', '![[a.png|30]]', '![[a.png|a "b" ∖|30]]'],
];
for (const [name, source, after] of insertions) {
  for (const [way, json] of [
    ['compact', notebook(markdown(source))],
    ['indented, CRLF', JSON.stringify(JSON.parse(notebook(markdown(source))), null, 1).replaceAll('\n', '\r\n')],
  ] as const) {
    void test(`insertion into ${name}, ${way}`, () => {
      const edit = altEdit(read(json)[0]!, 'a "b" \\')!;
      assert.deepEqual(sources(applyEdit(json, edit)), [after]);
    });
  }
}

void test('each cell is a document of its own', () => {
  const json = notebook(markdown('[x]: a.png\n\n```'), markdown('![x]\n![y](b.png)'), markdown('![y](c.png)'));
  assert.deepEqual(summary(json), ['image "y" b.png', 'image "y" c.png']);
  assert.equal(read(json)[1]?.followsPrevious, false);
});

void test('which cells are read', () => {
  const raw = (metadata: Cell): Cell => ({ cell_type: 'raw', metadata, source: '![x](a.png)<img src="b.png">' });
  assert.deepEqual(summary(notebook({ cell_type: 'code', source: '![x](a.png)', outputs: [] }, raw({}))), []);
  assert.deepEqual(summary(notebook(raw({ format: 'text/markdown' }))), ['image "x" a.png', 'image null b.png']);
  assert.deepEqual(summary(notebook(raw({ raw_mimetype: 'text/html' }))), ['image null b.png']);
  const old = JSON.stringify({ nbformat: 3, worksheets: [{ cells: [markdown('![x](a.png)')] }] });
  assert.deepEqual(summary(old), ['image "x" a.png']);
});

void test('attachments bring their data', () => {
  const attachments = {
    'a b.png': { 'image/png': 'iVBORw0KGgo=\n' },
    'c.svg': { 'image/svg+xml': ['<svg>', '</svg>'] },
  };
  const source = '![](attachment:a%20b.png) ![](attachment:none.png) <img src="attachment:c.svg">';
  const json = notebook(markdown(source, { attachments }));
  assert.deepEqual(
    read(json).map(({ target }) => [target.written, target.resolution, target.data]),
    [
      ['attachment:a%20b.png', 'attachment', 'data:image/png;base64,iVBORw0KGgo='],
      ['attachment:none.png', 'attachment', undefined],
      ['attachment:c.svg', 'attachment', 'data:image/svg+xml,%3Csvg%3E%3C%2Fsvg%3E'],
    ],
  );
});

void test('comments, language and prose', () => {
  const json = notebook({ cell_type: 'raw', source: '---\nlang: de\n---' }, markdown('Ein *Satz*.<!-- a -->'));
  const parsed = parseNotebook(json, 'jupyter', options);
  assert.deepEqual([parsed.declaredLanguage, parsed.prose], ['de', 'Ein Satz.']);
  const [comment] = parsed.comments;
  assert.deepEqual([json.slice(comment!.range.start, comment!.range.end), comment!.text], ['<!-- a -->', ' a ']);
});

const noNotebooks = [
  '',
  'null',
  '[]',
  '"![x](a.png)"',
  '{"cells":{}}',
  '{"cells":[1,null,[]]}',
  '[['.repeat(20_000),
  '{"a":'.repeat(9_000),
];
for (const json of noNotebooks) {
  void test(`no notebook: ${json.slice(0, 30)}`, () => assert.deepEqual(read(json), []));
}

void test('a large notebook takes no long time', () => {
  const output = { output_type: 'display_data', data: { 'image/png': 'iVBORw0KGgo'.repeat(100_000) } };
  const cells = Array.from({ length: 300 }, (_, index) => markdown([`# Part ${index}\n`, `![](${index}.png) words\n`]));
  const json = notebook(...cells, { cell_type: 'code', source: '', outputs: [output, output] });
  assert.ok(json.length > 2_000_000);
  const seconds = cpuSeconds(() => assert.equal(read(json).length, 300));
  assert.ok(seconds < 2, `${seconds.toFixed(1)} s`);
});
