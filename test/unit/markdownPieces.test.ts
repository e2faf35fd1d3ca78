/** A document is parsed in pieces: nothing but time may depend on where they are cut. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Nodes } from 'mdast';
import { parseMarkdown } from '../../server/src/documents/markdown.ts';
import { pieces } from '../../server/src/documents/markdown/pieces.ts';
import { markdownTree, positionOf } from '../../server/src/documents/markdown/tree.ts';
import { captionRounds, seed } from '../support/captions.ts';

const options = { imageComponents: [] };

/** Lines that open, close and continue blocks, right and wrong. */
// oxfmt-ignore
const lines = [
  '', '', '', ' ', 'text', 'text ![a](a.png)', '![b](b.png)', '  ![c](c.png)', '   ![d][x]', '    ![e](e.png)', '\t![f](f.png)',
  '![x]', '[x]: x.png', '  [y]: y.png', '![z][y]', '> ![g](g.png)', '> text', '>', '> > ![h](h.png)', '> ```', '> - a',
  '- ![i](i.png)', '- item', '-', '  - ![j](j.png)', '* item', '+ item', '1. ![k](k.png)', '2. item', '10. item', '1) item',
  '-     ![code](x.png)', '- ```', '1. ```js', '# ![l](l.png)', '## head', '===', '---', '***', '```', '  ```', '   ```',
  '    ```', '````', '~~~', '  ~~~', '``` a`b', '```js', '<div>', '</div>', '<p>text', '<!--', '-->', '<!-- x -->', '- <!--',
  '<pre>', '</pre>', '<script>', '</script>', '<b>', '</b>', '<img src="m.png">', 'text <b>![n](n.png)</b>', '<?x', '?>', '<!X', '>',
  '<![CDATA[', ']]>', '| a | b |', '|---|---|', '| ![o](o.png) | x |', '[^1]: ![p](p.png)', '[^1]: note', '    ![q](q.png)', ':::note', ':::',
];

function imagesIn(node: Nodes): string[] {
  if (node.type === 'image' || node.type === 'imageReference') return [`${positionOf(node).start} ${node.alt}`];
  return 'children' in node ? node.children.flatMap(imagesIn) : [];
}

void test('the images found in pieces are those of the whole document', () => {
  // A line break first: no front matter.
  const document = fc
    .tuple(fc.array(fc.constantFrom(...lines), { maxLength: 14 }), fc.constantFrom('\n', '\r\n', '\r'))
    .map(([chosen, lineBreak]) => lineBreak + chosen.join(lineBreak));
  const property = fc.property(document, (text) => {
    const found = parseMarkdown(text, 'markdown', options).references;
    const own = found.filter(({ element }) => element === '![]');
    const images = own.map(({ range, alt }) => `${range.start} ${alt}`);
    assert.deepEqual(images, imagesIn(markdownTree(text)), text);
  });
  fc.assert(property, { numRuns: captionRounds * 2, seed });
});

const many = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('');

void test('what is too long to be read at once is divided without a loss', () => {
  const icons = many(600, (index) => `| ![a \\| b ${index}](${index}.png) | x |\n`);
  const data = `![x](data:image/png;base64,${'iVBORw0KGgoA'.repeat(5_000)}) ![y](b.png)\n`;
  const long = [
    many(900, (index) => `- item ![a](${index}.png)\n  - b\n`),
    many(900, (index) => `${index + 1}. item ![a](${index}.png)\n\n   ![b](${index}.png)\n`),
    `text\n\n| a | b |\n|---|:-:|\n${icons}`,
    many(2_000, (index) => `A sentence with ![a](${index}.png). Another line follows.\n`),
    many(2_000, (index) => `A sentence with ![a](${index}.png). Another one follows. `),
    data,
    many(40, () => `words ${data}`),
  ];
  for (const text of long) {
    const images = parseMarkdown(text, 'markdown', options).references.map(({ range, alt }) => `${range.start} ${alt}`);
    assert.deepEqual(images, imagesIn(markdownTree(text)), text.slice(0, 60));
  }
});

void test('the pieces are the document', () => {
  const property = fc.property(fc.array(fc.constantFrom(...lines, '$$'), { maxLength: 20 }), (chosen) => {
    const text = chosen.join('\n');
    assert.equal(
      pieces(text, 0)
        .map(({ start, end }) => text.slice(start, end))
        .join(''),
      text,
    );
  });
  fc.assert(property, { numRuns: captionRounds, seed });
});
