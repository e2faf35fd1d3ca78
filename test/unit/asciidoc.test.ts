/** AsciiDoc: what the case files do not hold. Reading was compared with Asciidoctor's over documents made of such pieces. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAsciidoc } from '../../server/src/documents/asciidoc.ts';
import { checkBrokenDocuments, checkCaptions } from '../support/altProperty.ts';
import { checkLargeDocuments } from '../support/largeDocuments.ts';
import { readReferenceCases } from '../support/referenceCases.ts';
import { edited, summaries } from '../support/referenceSummary.ts';

/** Document → its pictures. */
const documents: readonly (readonly [text: string, ...expected: string[]])[] = [
  // Macros and their lists.
  ['image::a.png[A [b\\] c]', 'image a.png = "A [b\\\\] c"'],
  ['x image:a.png[A [b\\] c] y', 'image a.png = "A [b] c" {following: y}'],
  ['image::my file.png[]', 'image my file.png'],
  ['image::a%20b.png?x#y[]', 'image a%20b.png?x#y'],
  ['image:a.png[over\ntwo lines]', 'image a.png = "over two lines"'],
  ["image::a.png['Sun, sea',300]", 'image a.png = "Sun, sea"'],
  ['image::a.png["say \\"x\\"",alt=Later]', 'image a.png = "Later"'],
  ['image::a.png[{empty}a{nbsp}b &lt; &#169; \\&amp;]', 'image a.png = "a\u00a0b < © &amp;"'],
  ['image::a.png["",300]', 'decorative a.png = ""'],
  ['image:a.png[alt=""] x', 'decorative a.png = "" {following: x}'],
  ['image::a.png[" "]', 'image a.png = " "'],
  ['image::a.png[ ]', 'image a.png'],
  ['image::a.png[A,title="The title"]', 'image a.png = "A" {caption: The title}'],
  ['see image:a.png[A,title="The title"]', 'image a.png = "A" {title: The title}'],
  ['image: a.png[x] and image::b.png[y] in text, fileimage:c.png[z]', 'image c.png = "z"'],
  ['image:a.png[A] image:b.png[B]', 'image a.png = "A"', 'image b.png = "B" (follows)'],
  // Blocks in which there are none, and those in which there are.
  ['Text\nimage::a.png[]\nmore'],
  ['* item\nimage::a.png[]', 'image a.png'],
  ['* item\n+\nimage::a.png[A]\n+\n----\nimage::no.png[]\n----\n+\nimage::b.png[]', 'image a.png = "A"', 'image b.png'],
  ['term:: image:a.png[A] Word', 'image a.png = "A" {following: Word}'],
  [' image:a.png[literal]\nimage:b.png[literal]'],
  ['----\nimage::a.png[]\n\nimage:a.png[]'],
  ['====\nimage::a.png[]\n\n....\nimage::no.png[]\n====\n\nimage:b.png[]', 'image a.png', 'image b.png'],
  ['[source]\nimage:a.png[]\n[mermaid]\nimage:a.png[]\n\nimage:b.png[]', 'image b.png'],
  ['[subs=+macros]\n----\nimage:a.png[]\n----', 'image a.png'],
  ['```\nimage::a.png[]\n```\nimage::b.png[]', 'image b.png'],
  ['para\n// image:a.png[]\nimage:b.png[]', 'image b.png'],
  ['Title\n-----\nimage::a.png[]', 'image a.png'],
  ["'''\nimage::a.png[]\nvideo::v.mp4[]\nimage::b.png[]", 'image a.png', 'image b.png'],
  ['== Head image:a.png[A]', 'image a.png = "A"'],
  ['NOTE: image:a.png[A] says', 'image a.png = "A" {following: says}'],
  ['`image:a.png[A]` and `+image:b.png[]+`', 'image a.png = "A" {following: and}'],
  ['pass:[image:a.png[] ++image:a.png[]++ $$image:a.png[]$$ stem:[image:a.png[x\\]] image:b.png[]', 'image b.png'],
  // Above the block.
  ['.The *title*\n[#id.left]\nimage::a.png[]', 'image a.png {caption: The title}'],
  ['[alt="Over",link=x.html]\nimage::a.png[]', 'link-only a.png = "Over" <x.html null>'],
  // Links.
  ['link:x.html[image:a.png[A]]', 'link-only a.png = "A" <x.html null>'],
  ['https://x.org[image:a.png[A] Home]', 'image a.png = "A" <https://x.org "Home"> {link: Home}'],
  ['<<id,image:a.png[]>>', 'link-only a.png <id null>'],
  ['link:x[image:a.png[A,3]image:b.png[]]', 'link-only a.png = "A" <x null>', 'link-only b.png (follows) <x "A">'],
  ['image:a.png[A,link=self] Home', 'link-only a.png = "A" <self null> {following: Home}'],
  // Tables.
  [
    '|===\n|image:a.png[A] Word |image::no.png[]\n\n2+a|image::b.png[B]\n.2+l|image:no.png[]\n|===',
    'image a.png = "A" {following: Word}',
    'image b.png = "B"',
  ],
  ['[cols="1,a"]\n|===\n|image::no.png[] |image::a.png[A \\| B]\n|===', 'image a.png = "A | B"'],
  ['|===\na|\n!===\n!image:a.png[A] !b\n!===\n|===', 'image a.png = "A"'],
  [',===\nimage:a.png[A],b\n,===\nimage::b.png[]', 'image a.png = "A" {following: ,b}', 'image b.png'],
  // Attributes.
  [
    ':desc: A &amp; B\n\nimage::a.png[{desc}]\n\nimage::b.png[{unknown}]',
    'image a.png = "A & B"',
    'image b.png (dynamic) (follows)',
  ],
  ['image::{unknown}/a.png[]', 'image ?'],
  [':long: one \\\n  two\n\nimage:{long}.png[]', 'image one two.png'],
  [':imagesdir: {unknown}/x\n\nimage::a.png[]\n\nimage::/b.png[]', 'image ?', 'image /b.png (follows)'],
];

for (const [text, ...expected] of documents) {
  void test(`document ${JSON.stringify(text)}`, () => {
    assert.deepEqual(summaries(parseAsciidoc, text, 'asciidoc'), expected);
  });
}

/** Document → the folder before each picture. */
const folders: readonly (readonly [text: string, ...expected: string[]])[] = [
  ['= T\nMe <me@x.org>\n:imagesdir: one\n\nimage::a.png[]\n\n:imagesdir: two/\n\nimage::b.png[]', 'one/', 'two/'],
  [':imagesdir: one\n\n:!imagesdir:\n\nimage::a.png[]', ''],
  ['ifndef::imagesdir[:imagesdir: set]\nimage::a.png[]', 'set/'],
  ['ifdef::env-github[]\n:imagesdir: gh\nimage::a.png[]\nendif::[]\nimage::b.png[]', 'gh/', ''],
  [':root: ..\n:imagesdir: {root}/img\n\nimage::a.png[]\n\nimage::https://x.org/b.png[]', '../img/', ''],
  [':imagesdir: {docdir}/img\n\nimage::a.png[imagesdir=own]', 'own/'],
  ['Text\n:imagesdir: no\n\nimage::a.png[]', ''],
];

for (const [text, ...expected] of folders) {
  void test(`folders ${JSON.stringify(text)}`, () => {
    assert.deepEqual(
      parseAsciidoc(text).references.map(({ target }) => target.prefixes?.join() ?? ''),
      expected,
    );
  });
}

/** Document, what is written, the document afterwards. */
const written: readonly (readonly [text: string, how: Parameters<typeof edited>[3], expected: string | null])[] = [
  ['image::a.png[width=3]', { alt: 'x = 3' }, 'image::a.png["x = 3",width=3]'],
  ["image::a.png['old',3]", { alt: "it's" }, "image::a.png['it&#39;s',3]"],
  ['image:a.png["old",3] t', { alt: 'a [b] "c"' }, 'image:a.png["a [b\\] \\"c\\"",3] t'],
  ['image:a.png[] t', { alt: '*a* https://x.org' }, 'image:a.png[&#42;a&#42; https:&#47;/x.org] t'],
  ['image:a.png[] t', { alt: 'snake_case, 5 * 3' }, 'image:a.png["snake_case, 5 * 3"] t'],
  ['|===\n|image:a.png[]\n|===', { alt: 'a | b' }, '|===\n|image:a.png[a \\| b]\n|==='],
  ['[alt=old]\nimage::a.png[]', { alt: 'new' }, '[alt=new]\nimage::a.png[]'],
  ['image::a.png[{unknown}]', { alt: 'new' }, null],
  [',===\nimage:a.png[]\n,===', { alt: 'new' }, null],
  ['image::a.png[Sunset,300]', 'removeAlt', 'image::a.png[,300]'],
  ['image::a.png[Sunset,width=300]', 'removeAlt', 'image::a.png[width=300]'],
  ['image::a.png[alt="Sunset",300]', 'removeAlt', 'image::a.png[,300]'],
  ['image::a.png[width=3, alt="Sunset", height=3]', 'removeAlt', 'image::a.png[width=3, height=3]'],
  ['image::a.png["Sunset"]', 'removeAlt', 'image::a.png[]'],
  ['image::a.png[]', 'removeAlt', null],
  ['image::a.png[Sunset,300]', 'markDecorative', 'image::a.png[alt="",300]'],
  ['image::a.png[,300]', 'markDecorative', 'image::a.png[alt="",300]'],
  ['image::a.png[width=3]', 'markDecorative', 'image::a.png[alt="",width=3]'],
  ['image::a.png[""]', 'markDecorative', null],
  ['image::a.png[link=x]', 'markDecorative', null],
];

for (const [text, how, expected] of written) {
  void test(`${JSON.stringify(how)} in ${JSON.stringify(text)}`, () => {
    assert.equal(edited(parseAsciidoc, text, 'asciidoc', how), expected);
  });
}

void test('comments, language and prose', () => {
  const text =
    '= Anleitung\n:lang: DE\n\n// one\n\n////\ntwo\n////\n\nEin *fetter* Satz mit link:x[Verweis].\r\n\n----\ncode\n----\n';
  const { comments, declaredLanguage, prose } = parseAsciidoc(text);
  assert.deepEqual(
    comments.map(({ range, text: words }) => [text.slice(range.start, range.end), words]),
    [
      ['// one', ' one'],
      ['////\ntwo\n////', 'two'],
    ],
  );
  assert.equal(declaredLanguage, 'de');
  assert.equal(prose, '= Anleitung Ein fetter Satz mit Verweis.');
});

void test('a caption cannot break a document', () => {
  checkCaptions(parseAsciidoc, 'asciidoc', [
    '= T\n\nimage::a.png[]\n\nText image:b.png[Alt] and image:c.png[Next,3] *bold* `+pass+`.\n',
    'image::a.png[,300]\r\n\r\nimage::b.png[\'Old\',300]\r\n\r\nimage::c.png[alt="Old",width=3]\r\n',
    '|===\n|image:a.png[] |image:b.png[B]\n\na|image::c.png[C]\n|===\n',
    '|===\na|\n!===\n!image:a.png[] !image:b.png["B"]\n!===\n|===\n',
    '[alt=Over]\nimage::a.png[link=x]\n\n* link:x[image:b.png[] image:c.png[C]] t\n',
    '.Title\nimage::a.png[width=3,alt=Old]\n\nterm:: image:b.png[width=3]\n',
  ]);
});

const fixtures = readReferenceCases().filter(({ languageId }) => languageId === 'asciidoc');

void test('broken documents', () => {
  checkBrokenDocuments(
    parseAsciidoc,
    'asciidoc',
    [...fixtures, ...documents.map(([text]) => ({ text }))].map(({ text }) => text),
  );
});

void test('large documents', () => {
  const usual =
    '== Section\n\nText *bold* image:a.png[A] `mono`.\n\n.Title\nimage::b.png[B,300]\n\n----\ncode\n----\n\n';
  checkLargeDocuments(parseAsciidoc, 'asciidoc', usual, [
    'image:',
    'image:a[',
    'image:a.png[x] ',
    'image:a.png[x',
    ' +b',
    '+',
    '++ ',
    '$$',
    'pass:[',
    'link:',
    'link:a[image:b[c]',
    'link:a[',
    '<<a,image:b[]',
    '\\]',
    'image:a.png[\\]',
    '|',
    'a|image::b[]\n',
    '|===\n',
    '|===\n|a\n',
    '====\n',
    '[',
    '{',
    '{set:',
    ':a: {a}{a}\n',
    'ifdef::x[]\n:a: b\n',
    'image::a[alt="',
    'term:: ',
    '* a\n',
    '"',
    ',"',
  ]);
});

void test('many blocks within each other', () => {
  const text = Array.from({ length: 1500 }, (_, index) => '='.repeat(4 + index)).join('\n');
  assert.deepEqual(summaries(parseAsciidoc, `${text}\nimage::a.png[]`, 'asciidoc'), ['image a.png']);
});
