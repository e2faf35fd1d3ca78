/** "A caption cannot break a document", for every syntax of the Markdown family; and broken documents break nothing. */
import { test } from 'node:test';
import { parseMarkdown } from '../../server/src/documents/markdown.ts';
import { parseNotebook } from '../../server/src/documents/notebook.ts';
import { checkBrokenDocuments, checkCaptions, type NearWords } from '../support/altProperty.ts';
import { readReferenceCases } from '../support/referenceCases.ts';

const inline = [
  'A ![](a.png) b ![other](b.png) $5 and 6$ or `code`\n',
  '# ![old](a.png "t") T\n\n> - ![](<b c.png>)\n>   ![x|100](d.png) _x_\n',
  '[![](a.png)](x) [![old](b.png) words][y] www.x.org/\n\n[y]: z.md\n',
  'Text[^x] ![](a.png){width=30} ![x](b.png)[^x]\n\n[^x]: ![](c.png)\n',
  'Left open: a ` b $c <d e [f *g _h ~i ^j @k ![](a.png) x ![y](b.png) l\n',
  '**![](a.png)** *![x](b.png)* ~~![](c.png)~~ <b>![](d.png)</b>\n',
];
const references = [
  '![old][x] ![][x] ![x][] ![x] ![X|30]\n\n[x]: a.png "t"\n[x|30]: b.png\n',
  '- ![my *y*]\n\n[my *y*]: <a b.png>\n',
];
const tables = [
  '| a | b |\n|---|---|\n| ![](a.png) | ![x \\| y](b.png) z |\n| ![x\\|30](c.png) `\\|` | ![x][y] ![y] |\n\n[y]: d.png\n',
];
const html = [
  'A <img src="a.png"> `b` $c ![x](b.png)\n',
  "<p>\n<img src=a.png alt>\n<img alt='old' src='b.png'>\n</p>\n\n> a <img\n> src=\"c.png\"\n> alt=old>\n",
  'Left open: a ` b $c <d e [f *g _h ~i ^j @k <img src="a.png"> x <img src="b.png" alt="y"> l\n',
  '| a |\n|---|\n| <img src="a.png"> <img alt=\'x\' src="b.png"> |\n',
  '<a href="x">\n\n![](a.png)\n\n</a>\n\n<figure><img src="b.png"><figcaption>\n\nwords\n\n</figcaption></figure>\n',
];
const embeds = [
  '![[a.png]] ![[b.png|300]] x ![[c.png|old]] ![[d.png|old|300x200]]\n',
  '| a |\n|---|\n| ![[a.png]] ![[b.png\\|300]] ![[c.png\\|old\\|30]] |\n',
];
const learn = [
  ':::image source="a.png":::\n\nText :::image source="b.png" alt-text="old" type=\'content\'::: :::image type="icon" source="c.svg":::\n',
];
const learnInTables = [
  '| a | b |\n|---|---|\n| :::image source="a.png"::: | :::image source="b.png" alt-text="old"::: |\n',
];
const quarto = [
  '![Cap](a.png){fig-alt="old"}\n\n![Cap](b.png){#fig-b fig-alt=\'old\' .x}\n\n![Cap](c.png){fig-alt=old}\n',
  '![Cap](a.png){width=50%}\n\n![Cap](b.png)\n\n![](c.png){ #fig-c }\n\n![](d.png)\n\nIn text ![x](e.png){fig-alt=""}.\n',
  '| a |\n|---|\n| ![Cap](a.png){fig-alt="old"} ![](b.png) |\n',
];

const notebook = (source: unknown): string =>
  `${JSON.stringify({ cells: [{ cell_type: 'markdown', metadata: {}, source }], metadata: {}, nbformat: 4 }, null, 1)}\n`;
const notebooks = [
  notebook('A ![](a.png) é\n\n<img src="b.png"> ![x][]\n\n[x]: c.png'),
  notebook([
    '| a |\n',
    '|---|\n',
    '| ![](a.png) ![x](b.png) |\n',
    '\n',
    '![two\n',
    'lines](c.png)\n',
    '![x]\n',
    '\n',
    '[x]: d.png',
  ]),
];

/** No escapes in an embed: see `encodeObsidian`. */
const inEmbed: NearWords = (words) => {
  const near = words
    .replaceAll('|', '¦')
    .replace(/\](?=\])/g, '] ')
    .replace(/\]$/, ')')
    .replace(/\\$/, '∖');
  return /^\d+(x\d+)?$/.test(near) ? `${near}.` : near;
};
const inLearn: NearWords = (words) => words.replaceAll('"', "'");
const inLearnCell: NearWords = (words) => inLearn(words).replaceAll('|', '¦');

for (const [name, texts] of Object.entries({ inline, references, tables, html })) {
  void test(`Markdown, ${name}: any caption in any place`, () => checkCaptions(parseMarkdown, 'markdown', texts));
}
void test('Obsidian: any caption in any embed', () => checkCaptions(parseMarkdown, 'markdown', embeds, inEmbed));
void test('Learn: any caption in any block', () => checkCaptions(parseMarkdown, 'markdown', learn, inLearn));
void test('Learn: any caption in a table', () => checkCaptions(parseMarkdown, 'markdown', learnInTables, inLearnCell));
void test('Quarto: any caption in any attribute', () => checkCaptions(parseMarkdown, 'quarto', quarto));
void test('Jupyter: any caption in any cell', () => checkCaptions(parseNotebook, 'jupyter', notebooks));

const documents = (...languages: string[]): string[] =>
  readReferenceCases()
    .filter(({ languageId }) => languages.includes(languageId))
    .map(({ text }) => text);
void test('Markdown: broken documents', () => {
  checkBrokenDocuments(parseMarkdown, 'markdown', [
    ...documents('markdown', 'quarto', 'html'),
    ...inline,
    ...references,
    ...tables,
    ...html,
    ...embeds,
    ...learn,
    ...learnInTables,
  ]);
});
void test('Quarto: broken documents', () =>
  checkBrokenDocuments(parseMarkdown, 'quarto', [...documents('quarto'), ...quarto]));
void test('Jupyter: broken documents', () =>
  checkBrokenDocuments(parseNotebook, 'jupyter', [...documents('jupyter'), ...notebooks]));
