/** Rules over whole documents, beyond the cases of rules.json: what surrounds a picture decides. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseDocument } from '../../server/src/documents/parse.ts';
import { findProblems } from '../../server/src/features/diagnostics.ts';
import { defaultSeverities } from '../../server/src/features/rules/rules.ts';

/** `rule: marked text` of each problem. */
type Document = readonly [languageId: string, text: string, ...problems: string[]];

const img = '<img src="a.png">';

const documents: readonly Document[] = [
  // Markdown
  ['markdown', '![a](a.png)![](b.png)', 'alt-missing: ![](b.png)'],
  ['markdown', '![][a]\n\n[a]: a.png "A title"', 'alt-missing: ![][a]'],
  ['markdown', '![image][a] ![a][image]\n\n[a]: a.png\n[image]: b.png', 'alt-placeholder: image'],
  ['markdown', '![**image**](a.png)', 'alt-placeholder: **image**'],
  ['markdown', '![`a.png`](a.png)', 'alt-filename: `a.png`'],
  ['markdown', '![&#105;mage](a.png)', 'alt-placeholder: &#105;mage'],
  ['markdown', '![&nbsp;](a.png)', 'alt-whitespace: &nbsp;'],
  ['markdown', '![IMG\\_1234](a.png)', 'alt-filename: IMG\\_1234'],
  ['markdown', '![image](<my image.png>)', 'alt-placeholder: image'],
  ['markdown', '# ![logo](a.png) Title', 'alt-placeholder: logo'],
  ['markdown', '![Sales by month](a.png)\nSales by month', 'alt-repeats-context: Sales by month'],
  ['markdown', '![Sales by month](a.png)\n\nSales by month'],
  ['markdown', '![Sales by month](a.png) **Sales** by month.', 'alt-repeats-context: Sales by month'],
  ['markdown', '- ![Paris](a.png) Paris\n- ![Rome](b.png) Italy', 'alt-repeats-context: Paris'],
  ['markdown', '| a |\n|---|\n| ![Paris](a.png) Paris |', 'alt-repeats-context: Paris'],
  ['markdown', '| a | b |\n|---|---|\n| ![Paris](a.png) | Paris |'],
  ['markdown', '[![Home](a.png)](https://e.org "Home")'],
  ['markdown', '[![ ](a.png)](https://e.org)', 'alt-whitespace:  '],
  ['markdown', '[![](a.png)][home]\n\n[home]: https://e.org', 'link-image-alt: ![](a.png)'],
  ['markdown', '[![](a.png) ![Home](b.png)](https://e.org)', 'alt-missing: ![](a.png)'],
  ['markdown', '[![](a.png) ![](b.png)](https://e.org)', 'link-image-alt: ![](a.png)', 'link-image-alt: ![](b.png)'],
  ['markdown', '<a href="https://e.org">\n\n![](a.png)\n\n</a>', 'link-image-alt: ![](a.png)'],
  ['markdown', '![A gull](a.png)\n\n![A gull](b.png)', 'alt-duplicate: A gull'],
  ['markdown', '![A gull](a.png), ![A gull](b.png)'],
  [
    'markdown',
    '![image](a.png) ![image](b.png)',
    'alt-placeholder: image',
    'alt-placeholder: image',
    'alt-duplicate: image',
  ],
  ['markdown', '![A gull](a.png) <img src="b.png" alt="a gull">', 'alt-duplicate: a gull'],
  [
    'markdown',
    '<!-- image-captioner-disable-next-line alt-missing -->\n![](a.png)\n![](b.png)',
    'alt-missing: ![](b.png)',
  ],
  [
    'markdown',
    '<!-- image-captioner-disable -->\n\n![](a.png)\n\n<!-- image-captioner-enable -->\n\n![](b.png)',
    'alt-missing: ![](b.png)',
  ],
  ['markdown', 'Text <!-- image-captioner-disable-next-line -->\n![](a.png)'],
  // HTML
  ['html', `<div hidden>${img}</div>`],
  ['html', `<div aria-hidden="TRUE"><p>${img}</p></div>`],
  ['html', '<img src="a.png" role="img">', 'alt-missing: <img src="a.png" role="img">'],
  ['html', '<img src="a.png" role="none presentation">'],
  ['html', '<IMG SRC=a.png ALT=image>', 'alt-placeholder: image'],
  ['html', "<img src='a.png' alt='image of a gull'>", 'alt-redundant-prefix: image of a gull'],
  ['html', '<img alt="image" alt="A gull" src="a.png">', 'alt-placeholder: image'],
  ['html', '<img src="a.png" aria-label=" ">', 'alt-missing: <img src="a.png" aria-label=" ">'],
  ['html', '<img src="a.png" aria-label="image">', 'alt-placeholder: image'],
  ['html', '<svg role="img" aria-label="A rising line"></svg>'],
  ['html', '<svg role="img"><title></title></svg>', 'alt-missing: <svg role="img">'],
  ['html', '<svg role="img" aria-hidden="true"></svg>'],
  [
    'html',
    '<object data="a.svg" type="image/svg+xml"></object>',
    'alt-missing: <object data="a.svg" type="image/svg+xml">',
  ],
  ['html', '<video poster="a.png"></video>'],
  ['html', '<picture><source srcset="b.webp"><img src="a.png"></picture>', 'alt-missing: <img src="a.png">'],
  ['html', '<template><img src="a.png"></template>', 'alt-missing: <img src="a.png">'],
  ['html', '<noscript><img src="a.png"></noscript>', 'alt-missing: <img src="a.png">'],
  ['html', '<!-- image-captioner-disable-next-line alt-placeholder -- fine -->\n<img\n  src="a.png"\n  alt="image">'],
  ['html', `<a href="/" title="Home">${img}</a>`, 'alt-missing: <img src="a.png">'],
  ['html', '<a href="/" title="Home"><img src="a.png" alt=""></a>'],
  ['html', '<a href="/"><span>Home</span><img src="a.png" alt=""></a>'],
  ['html', '<a href="/"><span> </span><img src="a.png" alt=""></a>', 'link-image-alt: <img src="a.png" alt="">'],
  ['html', '<a href="/"><svg role="img" aria-label="Home"></svg><img src="a.png" alt=""></a>'],
  ['html', '<a href="/"><div><img src="a.png"></div></a>', 'link-image-alt: <img src="a.png">'],
  ['html', '<button aria-label="Save"><img src="a.png" alt=""></button>'],
  ['html', '<button title="Save"><img src="a.png"></button>', 'alt-missing: <img src="a.png">'],
  ['html', '<input type="IMAGE" src="a.png" alt="Search">'],
  ['html', '<input type="text" src="a.png">'],
  ['html', '<a href="/"><img src="a.png" alt="Home"><span>Home</span></a>', 'alt-repeats-context: Home'],
  ['html', '<p><img src="a.png" alt="Paris"> Paris</p>', 'alt-repeats-context: Paris'],
  ['html', '<p><img src="a.png" alt="Paris"></p><p>Paris</p>'],
  ['html', '<img src="a.png" alt="Sales" title="sales.">', 'alt-repeats-context: Sales'],
  [
    'html',
    '<figure><img src="a.png" alt="image"><figcaption>Image</figcaption></figure>',
    'alt-placeholder: image',
    'alt-repeats-context: image',
  ],
  [
    'html',
    '<figure><figcaption>Sales</figcaption><img src="a.png" alt="Sales"></figure>',
    'alt-repeats-context: Sales',
  ],
  ['html', '<img src="a.png" alt="A gull"><br><img src="b.png" alt="A gull">'],
  ['html', '<img src="a.png" alt="A gull"> <!-- x --> <img src="a.png?v=2" alt="A gull">'],
  ['html', '<div aria-hidden="true"><img src="a.png" alt="A gull"></div>', 'alt-decorative-conflict: A gull'],
  ['html', '<img src="a.png" role="none" alt="image">', 'alt-placeholder: image', 'alt-decorative-conflict: image'],
  ['html', '<img src="a.png" aria-hidden="true" alt=" ">', 'alt-whitespace:  '],
  // JSX
  ['javascriptreact', 'const a = <img src="a.png" alt={`image`} />;', 'alt-placeholder: image'],
  ['javascriptreact', 'const a = <img src="a.png" alt={null} />;', 'alt-missing: <img src="a.png" alt={null} />'],
  ['javascriptreact', 'const a = <img {...p} src="a.png" alt="image" />;', 'alt-placeholder: image'],
  ['javascriptreact', 'const a = <button><img src="a.png" /></button>;', 'link-image-alt: <img src="a.png" />'],
  ['javascriptreact', 'const a = <button>{label}<img src="a.png" alt="" /></button>;'],
  [
    'javascriptreact',
    'const a = <a href={to}><img src="a.png" alt="" /></a>;',
    'link-image-alt: <img src="a.png" alt="" />',
  ],
  ['javascriptreact', 'const a = <div aria-hidden><img src="a.png" /></div>;'],
  [
    'javascriptreact',
    'const a = <>\n  {/* image-captioner-disable-next-line alt-missing */}\n  <img src="a.png" />\n  <img src="b.png" />\n</>;',
    'alt-missing: <img src="b.png" />',
  ],
  [
    'javascriptreact',
    'const a = <img src="a.png" alt="Fish &amp; chips" title="fish & chips" />;',
    'alt-repeats-context: Fish &amp; chips',
  ],
  [
    'typescriptreact',
    '// image-captioner-disable alt-placeholder\nexport const A = () => <img src="a.png" alt="image" />;',
  ],
  [
    'mdx',
    '{/* image-captioner-disable-next-line alt-missing */}\n\n![](a.png)\n\n![](b.png)',
    'alt-missing: ![](b.png)',
  ],
  // frameworks
  [
    'vue',
    '<template><img :src="a" /><img src="./a.png" alt="image"></template>',
    'alt-missing: <img :src="a" />',
    'alt-placeholder: image',
  ],
  ['vue', '<template><!-- image-captioner-disable-next-line -->\n<img src="./a.png"></template>'],
  ['svelte', '<a href="/"><img src="./a.png" alt="" /></a>', 'link-image-alt: <img src="./a.png" alt="" />'],
  ['svelte', '<!-- image-captioner-disable-next-line alt-missing -->\n<img src="./a.png" />'],
  ['astro', '---\n---\n<img src="./a.png" alt="photo" />', 'alt-placeholder: photo'],
  // typesetting
  [
    'asciidoc',
    '// image-captioner-disable-next-line alt-missing\nimage::a.png[]\n\nimage::b.png[]',
    'alt-missing: image::b.png[]',
  ],
  ['asciidoc', '.Sales by month\nimage::a.png[Sales by month]', 'alt-repeats-context: Sales by month'],
  [
    'latex',
    '% image-captioner-disable-next-line\n\\includegraphics{a.png}\n\\includegraphics[alt={image of a gull}]{b.png}',
    'alt-redundant-prefix: image of a gull',
  ],
  [
    'typst',
    '// image-captioner-disable-next-line alt-missing\n#image("a.png")\n#image("b.png", alt: "photo")',
    'alt-placeholder: photo',
  ],
  [
    'restructuredtext',
    '.. image-captioner-disable-next-line alt-missing\n\n.. image:: a.png\n\n.. image:: b.png',
    'alt-missing: .. image:: b.png',
  ],
  ['quarto', '![Sales](a.png){fig-alt="image"}', 'alt-placeholder: image'],
  ['quarto', '![Sales](a.png){fig-alt="Sales"}', 'alt-repeats-context: Sales'],
  [
    'jupyter',
    '{"cells":[{"cell_type":"markdown","metadata":{},"source":["<!-- image-captioner-disable-next-line -->\\n","![](a.png)\\n","![](b.png)"]}],"metadata":{},"nbformat":4,"nbformat_minor":5}',
    'alt-missing: ![](b.png)',
  ],
  // to look at only
  ['css', 'a { background: url(missing.png) }'],
  ['python', 'path = "a.png"'],
];

suite('rules over documents', () => {
  for (const [languageId, text, ...expected] of documents) {
    test(`${languageId}: ${text}`, async () => {
      const parsed = await parseDocument(text, languageId, { imageComponents: [] });
      const problems = findProblems({ text, languageId, parsed }, defaultSeverities);
      assert.deepEqual(
        problems.map(({ rule, range }) => `${rule}: ${text.slice(range.start, range.end)}`),
        expected,
      );
    });
  }
});

suite('a picture that is all of', () => {
  const cases: readonly (readonly [text: string, says: RegExp])[] = [
    ['<button><img src="a.png" /></button>', /button/],
    ['<div role="button"><img src="a.png" alt="" /></div>', /button/],
    ['<a href="/"><img src="a.png" alt="" /></a>', /link/],
    ['<a href={to}><img src="a.png" alt="" /></a>', /link/],
    ['<Link to={home}><img src="a.png" alt="" /></Link>', /link/],
  ];
  for (const [text, says] of cases) {
    test(text, async () => {
      const document = { text: `const a = ${text};`, languageId: 'javascriptreact' };
      const parsed = await parseDocument(document.text, document.languageId, { imageComponents: [] });
      const messages = findProblems({ ...document, parsed }, defaultSeverities).map(({ message }) => message);
      assert.equal(messages.length, 1);
      assert.match(messages[0]!, new RegExp(`the ${says.source} shows`));
    });
  }
});
