import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMdx } from '../../server/src/documents/mdx.ts';
import { checkBrokenDocuments, checkCaptions } from '../support/altProperty.ts';
import { cpuSeconds } from '../support/cpuTime.ts';
import { readReferenceCases } from '../support/referenceCases.ts';
import { edited, summaries } from '../support/referenceSummary.ts';

/** Source → its references in one line each. */
type Row = readonly [source: string, ...expected: string[]];

function table(name: string, rows: readonly Row[]): void {
  for (const [source, ...expected] of rows) {
    test(`${name}: ${source}`, () => assert.deepEqual(summaries(parseMdx, source, 'mdx'), expected));
  }
}

// oxfmt-ignore
table('Markdown’s images', [
  ['![A *gull*](a.png "T")', 'image a.png = "A gull" {title: T}'],
  ['![](<my a.png>) and ![x][l]\n\n[l]: b%20c.png', 'image my a.png {following: and}', 'image b%20c.png = "x"'],
  ['[![](logo.png)](/home)', 'link-only logo.png </home null>'],
  ['[![](logo.png) Home][h]\n\n[h]: /home', 'image logo.png </home "Home"> {link: Home}'],
  ['| a |\n| - |\n| ![](a.png) Paris |', 'image a.png {following: Paris}'],
  ['- ![](a.png) Paris\n- b', 'image a.png {following: Paris}'],
  ['`![](a.png)`\n\n```\n![](b.png)\n```\n\n    ![](c.png)', 'image c.png'],
  ['---\ntitle: "![](a.png)"\n---\n![](b.png)', 'image b.png'],
  ['\\![](a.png) \\<img src="b.png" />'],
]);

// oxfmt-ignore
table('JSX', [
  ['Hi <img src="a.png" /> there', 'image a.png {following: there}'],
  ['import a from "./a.png"\n\n<Image src={a} alt="A gull" />', 'image ./a.png* = "A gull"'],
  ['# Late\n\n<img src={a} />\n\nimport a from "./a.png"', 'image ./a.png*'],
  ['export const a = "a.png"\n\n<img src={a} />', 'image a.png'],
  ['export const A = () => {\n\n  return <img src="a.png" />\n}\n\n![](b.png)', 'image a.png', 'image b.png'],
  ['export const s = "![](a.png)"'],
  ['{"![](a.png)"}\n\n{/* <img src="a.png" /> */}'],
  ['<img src={require("./a.png").default} />', 'image ./a.png*'],
  ['<img src={useBaseUrl("/a.png")} alt={t} />', 'image /a.png (dynamic)'],
  ['<Foo icon={<img src="a.png" />}>\n\n![](b.png)\n\n</Foo>', 'image a.png', 'image b.png'],
  ['{props.x && <img src="a.png" />}', 'image a.png'],
  ['<picture>\n  <source srcSet="d.webp" />\n  <img src="a.png" />\n</picture>', 'image a.png + d.webp'],
]);

// oxfmt-ignore
table('contexts', [
  ['<a href="/">\n\n![](a.png)\n\n</a>', 'link-only a.png </ null>'],
  ['<a href="/">![](a.png)</a>', 'link-only a.png </ null>'],
  ['<a href="/">![](a.png) Home</a>', 'image a.png </ "Home"> {link: Home}'],
  ['[<img src="a.png" />](/)', 'link-only a.png </ null>'],
  ['<figure>\n\n![](a.png)\n\n<figcaption>Sales by *month*</figcaption>\n</figure>', 'image a.png {caption: Sales by month}'],
  ['<div aria-hidden="true">\n\n![](a.png)\n\n</div>', 'decorative a.png (hidden)'],
  ['![](a.png)\n![](b.png)', 'image a.png', 'image b.png (follows)'],
  ['> ![](a.png)\n> <img src="b.png" />', 'image a.png', 'image b.png (follows)'],
  ['<Tabs>\n<TabItem>\n\n![](a.png)\n\n</TabItem>\n</Tabs>\n\n![](b.png)', 'image a.png', 'image b.png'],
]);

// oxfmt-ignore
table('what is no MDX', [
  ['<!-- note -->\n\n![](a.png)\n\n<img src="b.png">\n\n{unclosed ![](c.png)', 'image a.png', 'image b.png (follows)', 'image c.png'],
  ['a <b and 3 <4\n\n<img src="a.png" />', 'image a.png'],
  ['a <b <img src="a.png" />', 'image a.png'],
  ['<div>\n\n![](a.png)\n\n</span>\n\n<img src="b.png" />', 'image a.png', 'image b.png'],
  ['import a from "./a.png\n\n![](b.png)', 'image b.png'],
  ['export const x = {\n\n![](b.png)', 'image b.png'],
  ['<a href="/"><img src="a.png"></a>', 'link-only a.png </ null>'],
  ['{{ handlebars }} ![](a.png)', 'image a.png'],
  ['<img src="a.png" alt=', ],
]);

test('comments', () => {
  const text = 'export const a = 1 // one\n\nText {/* two */}\n\n{\n  // three\n}\n\n<!-- four -->';
  const { comments } = parseMdx(text, 'mdx', { imageComponents: [] });
  assert.deepEqual(
    comments.map(({ text: words }) => words),
    [' one', ' two ', ' three', ' four '],
  );
  assert.deepEqual(
    comments.map(({ range }) => text.slice(range.start, range.end)),
    ['// one', '/* two */', '// three', '<!-- four -->'],
  );
});

test('language and prose', () => {
  const parsed = parseMdx('---\nlang: de-AT\n---\n# Über uns\n\nHallo <b>Welt</b> {x}', 'mdx', { imageComponents: [] });
  assert.equal(parsed.declaredLanguage, 'de-at');
  assert.equal(parsed.prose, 'Über uns Hallo Welt');
});

// oxfmt-ignore
test('edits', () => {
  assert.equal(edited(parseMdx, '![old](a.png)', 'mdx', { alt: '{a} <b>' }), '![\\{a\\} \\<b\\>](a.png)');
  assert.equal(edited(parseMdx, '![old](a.png)', 'mdx', 'removeAlt'), '![](a.png)');
  assert.equal(edited(parseMdx, '![old](a.png)', 'mdx', 'markDecorative'), null);
  assert.equal(edited(parseMdx, '<img src="a.png" />', 'mdx', { alt: 'a `b` | c' }), '<img src="a.png" alt="a &#96;b&#96; &#124; c" />');
  assert.equal(edited(parseMdx, '<img src="a.png" alt={"x"} />', 'mdx', { alt: 'a `b`' }), '<img src="a.png" alt={"a \\x60b\\x60"} />');
  assert.equal(edited(parseMdx, '<img src="a.png" />', 'mdx', 'markDecorative'), '<img src="a.png" alt="" />');
});

const documents = [
  'A ![](a.png) `b` and ![old][l] in <img src="b.png" /> one ` line\n\n[l]: c.png\n',
  '| a | b |\n| - | - |\n| ![](a.png) | <img src=\'b.png\' alt={"old"} /> |\n\n<Image src="c.png" alt={`old`} />\n',
  '# ![](a.png)\n\n- <a href="/">![](b.png)</a>\n\n> <img\n> src="c.png" />\n\n![d.png]\n\n[d.png]: d.png\n',
  'export const A = () => <img src="a.png" />\n\n{x && <img src="b.png" alt={\'old\'} />}\n',
];

test('a caption cannot break a document', () => checkCaptions(parseMdx, 'mdx', documents));

test('broken documents', () => {
  const cases = readReferenceCases().filter(({ languageId }) => languageId === 'mdx');
  checkBrokenDocuments(parseMdx, 'mdx', [...cases.map(({ text }) => text), ...documents]);
});

test('half a megabyte, and one with a brace that never closes', () => {
  const text = 'import a from "./a.png"\n\n# Hi\n\nText {x} ![](a.png) and <img src={a} /> it is\n\n'.repeat(6_000);
  for (const source of [text, `{ ${text}`, text.replaceAll('{x}', '{x')]) {
    const seconds = cpuSeconds(() =>
      assert.equal(parseMdx(source, 'mdx', { imageComponents: [] }).references.length, 12_000),
    );
    assert.ok(seconds < 15, `${seconds.toFixed(1)} s`);
  }
});
