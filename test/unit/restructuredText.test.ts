/** reStructuredText: what the case files do not hold. Reading was compared with docutils' over documents made of such pieces. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRestructuredText } from '../../server/src/documents/restructuredText.ts';
import { checkBrokenDocuments, checkCaptions } from '../support/altProperty.ts';
import { cpuSeconds } from '../support/cpuTime.ts';
import { checkLargeDocuments } from '../support/largeDocuments.ts';
import { readReferenceCases } from '../support/referenceCases.ts';
import { edited, summaries } from '../support/referenceSummary.ts';

/** Document → its pictures. */
const documents: readonly (readonly [text: string, ...expected: string[]])[] = [
  // The directive.
  ['.. IMAGE:: a.png\n.. image :: b.png', 'image a.png', 'image b.png (follows)'],
  ['.. image: a.png\n\n.. image::b.png\n\n. . image:: c.png\n\n.. image::\n\nText'],
  ['.. image::\n   a.png\n   :alt: A', 'image a.png = "A"'],
  ['.. image:: a/long/\n   path.png\n   :alt: A', 'image a/long/path.png = "A"'],
  ['.. image:: my\\ file\\_1.png', 'image my file_1.png'],
  ['.. image:: plot.*', 'image plot'],
  [
    '.. image:: a.png\n   :alt: one\n      two `x` *y* \\z |s|\n   :width: 3',
    'image a.png = "one two `x` *y* \\\\z |s|"',
  ],
  ['.. image:: a.png\n   :alt:\n      below', 'image a.png = "below"'],
  ['.. image:: a.png\n   :alt:', 'decorative a.png = ""'],
  ['.. image:: a.png\n\n   :alt: too late', 'image a.png'],
  ['.. image:: a.png\n   :target: target_\n   :alt: A', 'link-only a.png = "A" <target_ null>'],
  // Where it is read.
  ['Text\n.. image:: a.png\n\nText'],
  ['Title\n=====\n.. image:: a.png', 'image a.png'],
  ['.. image:: a.png\n   :alt: A\n.. image:: b.png\n   :alt: A', 'image a.png = "A"', 'image b.png = "A" (follows)'],
  ['* .. image:: a.png\n     :alt: A\n\n  - x\n\n    .. image:: b.png', 'image a.png = "A"', 'image b.png'],
  ['1. .. image:: a.png\n#. .. image:: b.png\n\n(c) .. image:: c.png', 'image a.png', 'image b.png', 'image c.png'],
  ['A. Name\ngoes on\n\nterm\n  .. image:: a.png', 'image a.png'],
  [
    '.. note::\n   .. image:: a.png\n\n.. only:: html\n\n   .. container:: x\n\n      .. image:: b.png',
    'image a.png',
    'image b.png',
  ],
  ['.. unknown:: x\n   :y: z\n\n   .. image:: a.png', 'image a.png'],
  ['.. [1] Note\n\n   .. image:: a.png\n\n.. _t: x\n.. image:: b.png', 'image a.png', 'image b.png'],
  ['\t.. image:: a.png\n\t   :alt: A', 'image a.png = "A"'],
  [':orphan:\n.. image:: a.png', 'image a.png'],
  [
    '.. list-table::\n\n   * - .. image:: a.png\n          :alt: A\n     - .. image:: b.png',
    'image a.png = "A"',
    'image b.png',
  ],
  // Where it is not.
  ['Example::\n\n    .. image:: a.png\n\n  .. image:: a.png\n\n.. image:: b.png', 'image b.png'],
  ['::\n\n  .. image:: a.png\n\n.. image:: b.png', 'image b.png'],
  ['Quoted::\n\n> .. image:: a.png\n> b\n\nNot\\::\n\n  .. image:: b.png', 'image b.png'],
  ['* Item::\n\n    .. image:: a.png\n\n  .. image:: b.png', 'image b.png'],
  ['.. raw:: html\n\n   .. image:: a.png\n\n   .. image:: a.png\n.. image:: b.png', 'image b.png'],
  ['.. comment\n\n   .. image:: a.png\n\n..\n   .. image:: a.png\n\n..\n\n   .. image:: b.png', 'image b.png'],
  // Figures and substitutions.
  [
    '.. figure:: a.png\n   :alt: A\n\n   The *caption* of\n   :ref:`x <y>`.\n\n   Legend\n\n   .. image:: b.png',
    'image a.png = "A" {caption: The caption of x.}',
    'image b.png',
  ],
  ['.. figure:: a.png\n\n   ..\n\n   Legend', 'image a.png'],
  [
    '|a| Save, |b|_ and |b|\n\n.. |a| image:: a.png\n   :alt: Save\n.. |b| image:: b.png',
    'image a.png = "Save" {following: Save,}',
    'link-only b.png <? null> {following: and}',
  ],
  ['.. |x y| replace:: .. image:: a.png\n.. |v| unicode:: 0x41'],
  // Tables.
  [
    '+-----+---------------------+\n| |a| | .. image:: a.png    |\n|     |    :alt: A | B      |\n+-----+------+--------------+\n| over two   | x            |\n|            |              |\n| .. image:: |              |\n|    b.png   |              |\n+------------+--------------+',
    'image a.png = "A | B"',
    'image b.png',
  ],
  [
    '+------------------+--+\n| .. image:: a.png | 漢|\n+------------------+  |\n| .. image:: b.png | x|\n+------------------+--+',
    'image a.png',
    'image b.png',
  ],
  [
    '====  ================\nA     B\n====  ================\nx     .. image:: a.png\n        :alt: A\ny     text\n====  ================\n\n.. image:: b.png',
    'image a.png = "A"',
    'image b.png',
  ],
];

for (const [text, ...expected] of documents) {
  void test(`document ${JSON.stringify(text)}`, () => {
    assert.deepEqual(withoutRows(summaries(parseRestructuredText, text, 'restructuredtext'), expected), expected);
  });
}

/** Neighbours matter in some rows of the table only. */
function withoutRows(found: readonly string[], expected: readonly string[]): string[] {
  const rowsMatter = expected.some((line) => line.includes('(follows)'));
  return found.map((line) => (rowsMatter ? line : line.replace(' (follows)', '')));
}

/** Document, what is written, the document afterwards. */
const written: readonly (readonly [text: string, how: Parameters<typeof edited>[3], expected: string | null])[] = [
  ['.. figure:: a.png\n\n  Two columns', { alt: 'x' }, '.. figure:: a.png\n  :alt: x\n\n  Two columns'],
  ['\t.. image:: a.png\r\n', { alt: 'x' }, '\t.. image:: a.png\r\n\t   :alt: x\r\n'],
  ['* - .. image:: a.png\n', { alt: 'x' }, '* - .. image:: a.png\n       :alt: x\n'],
  ['.. image:: a/\n     b.png', { alt: 'x' }, '.. image:: a/\n     b.png\n     :alt: x'],
  ['.. image:: a.png\n   :alt:\n   :width: 3', { alt: 'x' }, '.. image:: a.png\n   :alt: x\n   :width: 3'],
  [
    '.. image:: a.png\n   :alt: one\n      two\n   :width: 3',
    { alt: 'x' },
    '.. image:: a.png\n   :alt: x\n   :width: 3',
  ],
  [
    '==  ================\nx   .. image:: a.png\n==  ================',
    { alt: 'x' },
    '==  ================\nx   .. image:: a.png\n       :alt: x\n==  ================',
  ],
  ['+------------------+\n| .. image:: a.png |\n+------------------+', { alt: 'x' }, null],
  ['.. image:: a.png\n   :alt: one\n      two\n   :width: 3', 'removeAlt', '.. image:: a.png\n   :width: 3'],
  [
    '.. image:: a.png\r\n   :width: 3\r\n   :alt: one\r\n\r\nText',
    'removeAlt',
    '.. image:: a.png\r\n   :width: 3\r\n\r\nText',
  ],
  ['.. image:: a.png\n   :alt: one', 'markDecorative', '.. image:: a.png\n   :alt:'],
  ['.. image:: a.png\n   :width: 3', 'markDecorative', '.. image:: a.png\n   :width: 3\n   :alt:'],
  ['.. image:: a.png\n   :alt:', 'markDecorative', null],
  ['.. image:: a.png\n   :target: x', 'markDecorative', null],
];

for (const [text, how, expected] of written) {
  void test(`${JSON.stringify(how)} in ${JSON.stringify(text)}`, () => {
    assert.equal(edited(parseRestructuredText, text, 'restructuredtext', how), expected);
  });
}

void test('comments, language and prose', () => {
  const text =
    ':lang: de\n\n.. one\n   two\n\n.. image:: a.png\n\nEin *fetter* :ref:`Satz <x>` mit ``Code``.\r\n\r\n.. code-block:: c\n   :lang: en\n\n   int x;\n';
  const { comments, declaredLanguage, prose } = parseRestructuredText(text);
  assert.deepEqual(
    comments.map(({ range, text: words }) => [text.slice(range.start, range.end), words]),
    [['.. one\n   two', ' one\n   two']],
  );
  assert.equal(declaredLanguage, 'de');
  assert.equal(prose, 'Ein fetter Satz mit Code.');
});

void test('a caption cannot break a document', () => {
  checkCaptions(parseRestructuredText, 'restructuredtext', [
    'Title\n=====\n\n.. image:: a.png\n\n.. figure:: b.png\n   :width: 3\n\n   Caption\n\nText::\n\n   .. image:: no.png\n',
    '* .. image:: a.png\r\n     :alt: old\r\n       more\r\n     :target: x\r\n\r\n- .. image:: b.png\r\n\r\n.. |s| image:: c.png\r\n   :alt:\r\n',
    '=====  ================\nA      B\n=====  ================\nx      .. image:: a.png\ny      z\n=====  ================\n\n.. list-table::\n\n   * - .. image:: b.png\n     - x\n',
  ]);
});

const fixtures = readReferenceCases().filter(({ languageId }) => languageId === 'restructuredtext');

void test('broken documents', () => {
  const texts = [...fixtures.map(({ text }) => text), ...documents.map(([text]) => text)];
  checkBrokenDocuments(parseRestructuredText, 'restructuredtext', texts);
});

void test('large documents', () => {
  const usual =
    'Section\n=======\n\nSome *text* with ``code``.\n\n.. figure:: a.png\n   :width: 80\n\n   Caption.\n\n* item\n\n';
  checkLargeDocuments(parseRestructuredText, 'restructuredtext', usual, [
    '.. image:: a.png\n',
    '.. image:: a.png\n\n',
    '.. image::\n',
    '   .. image:: a.png\n',
    '.. |a| image:: b\n',
    '|a| ',
    '|',
    '* ',
    '- .. ',
    ':a:',
    ':a: ',
    ':',
    '..\n',
    '.. a\n',
    '.. note::\n',
    'a::\n\n b\n',
    '+--+\n',
    '+',
    '+--+\n|  |\n',
    '+-',
    '== ==\n',
    '== ==\na  b\n',
    '=',
    '`',
    ':a:`',
    '``',
    '*',
    '\\',
    '\t',
    ' a\n',
    'a\n b\n',
    '1. ',
    '> ',
    '.. _a',
    '.. [',
  ]);
});

void test('a large table', () => {
  const row = `+${'--+'.repeat(200)}\n|${'  |'.repeat(200)}\n`;
  const seconds = cpuSeconds(() => void parseRestructuredText(row.repeat(1000)));
  assert.ok(seconds < 5, `${seconds.toFixed(1)} s`);
});
