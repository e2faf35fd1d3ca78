/** Every syntax × every rule about words: the same answer, at the alt as it is written. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseDocument } from '../../server/src/documents/parse.ts';
import { findProblems } from '../../server/src/features/diagnostics.ts';
import { defaultSeverities } from '../../server/src/features/rules/rules.ts';

/** `ALT` stands for the alt, `x.png` for a picture. */
const syntaxes: readonly (readonly [languageId: string, document: string])[] = [
  ['markdown', 'Text ![ALT](x.png) and more.'],
  ['markdown', '![ALT][x]\n\n[x]: x.png'],
  ['markdown', '> - ![ALT](<x.png>)'],
  ['markdown', '| a |\n|---|\n| ![ALT](x.png) |'],
  ['markdown', '![[x.png|ALT]]'],
  ['markdown', '![[x.png|ALT|300]]'],
  ['markdown', '![ALT|300](x.png)'],
  ['markdown', ':::image type="content" source="x.png" alt-text="ALT":::'],
  ['markdown', '<p align="center"><img src="x.png" alt="ALT"></p>'],
  ['quarto', '![A caption](x.png){fig-alt="ALT"}'],
  ['quarto', '![ALT](x.png){width=50%}'],
  ['html', '<p><img src="x.png" alt="ALT"></p>'],
  ['html', "<IMG Alt='ALT' SRC=x.png>"],
  ['html', '<form><input type="image" src="x.png" alt="ALT"></form>'],
  ['html', '<map name="m"><area href="/" shape="default" alt="ALT"></map>'],
  ['html', '<a href="/"><img src="x.png" alt="ALT"></a>'],
  ['html', '<img src="x.png" aria-label="ALT">'],
  ['javascriptreact', 'const A = () => <img src="x.png" alt="ALT" />;'],
  ['javascriptreact', 'const A = () => <img src="x.png" alt={\'ALT\'} />;'],
  ['javascriptreact', 'const A = () => <img src="x.png" alt={`ALT`} />;'],
  ['typescriptreact', 'import Image from \'next/image\';\nexport const A = () => <Image src="/x.png" alt="ALT" />;'],
  ['mdx', 'Hi ![ALT](x.png)'],
  ['mdx', '<img src="x.png" alt="ALT" />'],
  ['vue', '<template><img src="./x.png" alt="ALT"></template>'],
  ['vue', '<template><img src="./x.png" :alt="\'ALT\'"></template>'],
  ['svelte', '<img src="./x.png" alt="ALT" />'],
  ['astro', '---\n---\n<img src="./x.png" alt="ALT" />'],
  ['asciidoc', 'image::x.png[ALT]'],
  ['asciidoc', 'Inline image:x.png[ALT,300] there.'],
  ['asciidoc', 'image::x.png[alt="ALT"]'],
  ['latex', '\\includegraphics[width=3cm,alt={ALT}]{x.png}'],
  ['typst', '#image("x.png", alt: "ALT")'],
  ['typst', '#figure(image("x.png", alt: "ALT"), caption: [A caption])'],
  ['restructuredtext', '.. image:: x.png\n   :alt: ALT\n   :width: 30'],
  ['restructuredtext', '.. figure:: x.png\n   :alt: ALT\n\n   A caption'],
];

const words: readonly (readonly [alt: string, rule: string | null])[] = [
  ['A gull on a pier', null],
  ['image', 'alt-placeholder'],
  ['Screenshot 2', 'alt-placeholder'],
  ['IMG-1234.jpg', 'alt-filename'],
  ['DSC00017', 'alt-filename'],
  ['Photo of a gull', 'alt-redundant-prefix'],
  [`${'A wide view of the harbour '.repeat(4)}with many little boats`, 'alt-too-long'],
];

suite('rules in every syntax', () => {
  for (const [languageId, document] of syntaxes) {
    test(`${languageId}: ${document}`, async () => {
      for (const [alt, rule] of words) {
        const text = document.replace('ALT', () => alt);
        const parsed = await parseDocument(text, languageId, { imageComponents: [] });
        assert.equal(parsed.references.length, 1, text);
        const problems = findProblems({ text, languageId, parsed }, defaultSeverities);
        const found = problems.map((problem) => [problem.rule, text.slice(problem.range.start, problem.range.end)]);
        assert.deepEqual(found, rule === null ? [] : [[rule, alt]], text);
      }
    });
  }
});
