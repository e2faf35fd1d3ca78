/** LaTeX: what the case files do not hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLatex } from '../../server/src/documents/latex.ts';
import { checkBrokenDocuments, checkCaptions } from '../support/altProperty.ts';
import { checkLargeDocuments } from '../support/largeDocuments.ts';
import { readReferenceCases } from '../support/referenceCases.ts';
import { edited, summaries } from '../support/referenceSummary.ts';

const g = (rest: string): string => `\\includegraphics${rest}`;

/** Document → its pictures. */
const documents: readonly (readonly [text: string, ...expected: string[]])[] = [
  // The command.
  [g(' [ width = 3cm , alt = {A plot} ] {a.png}'), 'image a.png = "A plot"'],
  [g('<2->[alt=Plot]{a}'), 'image a = "Plot"'],
  [g('[%\n  width=3cm, % wide\n  alt={A%\n  plot},\n]%\n{%\n  a.png%\n}'), 'image a.png = "Aplot"'],
  [g('[alt={a, b] = c}]{a}'), 'image a = "a, b] = c"'],
  [g('[alt={}]{a}'), 'image a'],
  [g('[alt={ }]{a}'), 'image a = " "'],
  [g('[alt]{a}'), 'image a'],
  [g('[0,0][3,3]{a}'), 'image a'],
  [`\\let\\x\\includegraphics ${g('')} ${g('{a')}`],
  [`\\\\${g('{a}')} 50\\% ${g('{b}')} % ${g('{c}')}`, 'image a {following: 50%}', 'image b'],
  // Files.
  [g('{{plot.v1}.png}'), 'image plot.v1.png'],
  [g('{"my file.png"}') + g('{"my file".png}'), 'image my file.png', 'image my file.png (follows)'],
  [g('{\\detokenize{a_b.png}}'), 'image a_b.png'],
  [`\\newcommand{\\figs}{img}\\def\\sub{\\figs/x}${g('{\\sub/a.png}')}`, 'image img/x/a.png'],
  [g('{\\unknown/a.png}'), 'image ?'],
  [`\\def\\a{\\b}\\def\\b{\\a}${g('{\\a}')}`, 'image ?'],
  [`\\newcommand{\\img}[1]{${g('[alt={#1}]{#1}')}}`, 'image ? (dynamic)'],
  // Alts as they are read aloud.
  [g('[alt={\\"u\\"{o}\\\'\\i \\c{c}\\ss{} \\o\\^{}\\~{}}]{a}'), 'image a = "üöíçß ø^~"'],
  [g('[alt={50\\% \\& \\$5 \\#1 \\_ \\{x\\} \\textbackslash{}n}]{a}'), 'image a = "50% & $5 #1 _ {x} \\\\n"'],
  [g("[alt={\\textbf{Bold}~\\emph{and} $x^2$ \\LaTeX{} -- ``so''}]{a}"), 'image a = "Bold and x^2 LaTeX -- ``so\'\'"'],
  [`\\newcommand{\\product}{Acme}${g('[alt={The \\product{} logo}]{a}')}`, 'image a = "The Acme logo"'],
  [g('[alt=\\description]{a}'), 'image a (dynamic)'],
  // What is not typeset.
  [
    `\\begin{lstlisting}\n${g('{a}')}\n\\end{lstlisting}\\begin{comment}${g('{a}')}\\end{comment}${g('{b}')}`,
    'image b',
  ],
  [`\\lstinline|${g('{a}')}| \\lstinline{${g('{a}')}} \\mintinline{tex}{${g('{a}')}} \\verb*+${g('{a}')}+`],
  [`\\lstnewenvironment{code}{}{}\\begin{code}${g('{a}')}\\end{code}${g('{b}')}`, 'image b'],
  [`\\iffalse ${g('{a}')} \\ifx a b \\else c \\fi \\else ${g('{b}')} \\fi ${g('{c}')}`, 'image b', 'image c'],
  [`\\iftrue ${g('{a}')} \\else ${g('{b}')} \\fi ${g('{c}')}`, 'image a', 'image c (follows)'],
  [`\\newif\\ifdraft \\ifdraft ${g('{a}')} \\else ${g('{b}')} \\fi`, 'image a', 'image b'],
  [`\\begin{document}${g('{a}')}\\end{document}${g('{b}')}`, 'image a'],
  // What stands around.
  [
    `\\begin{figure}\\begin{subfigure}{3cm}${g('{a}')}\\caption{Left}\\end{subfigure}${g('{b}')}\\caption[s]{Both \\emph{sides}\\label{x}}\\end{figure}`,
    'image a {caption: Left} {caption: Both sides}',
    'image b {caption: Both sides}',
  ],
  [
    `\\subfloat[Left]{${g('{a}')}}\\subcaptionbox{Right}{${g('{b}')}}`,
    'image a {caption: Left}',
    'image b {caption: Right}',
  ],
  [
    `\\begin{figure}\\begin{center}${g('{a}')}\\end{center}\\captionof{figure}{Cap}\\end{figure}`,
    'image a {caption: Cap}',
  ],
  [
    `\\begin{figure}${g('{a}')}\\Description{What it shows}\\end{figure}`,
    'image a (optional) {caption: What it shows}',
  ],
  [`\\href{https://x.org/a%20b}{${g('{a}')}}`, 'link-only a <https://x.org/a%20b null>'],
  [`\\href{u}{\\raisebox{-2pt}{${g('{a}')}} Home}`, 'image a <u "Home"> {link: Home}'],
  [`\\hyperref[sec:x]{${g('[alt=A]{a}')}${g('{b}')}}`, 'link-only a = "A" <? null>', 'link-only b (follows) <? "A">'],
  [g('[artifact]{a}') + g('[artifact,alt=A]{b}'), 'decorative a (hidden)', 'decorative b = "A" (hidden) (follows)'],
  [`${g('[alt=A]{a}')}\\hfill~%\n\\quad ${g('[alt=A]{b}')}`, 'image a = "A"', 'image b = "A" (follows)'],
  [`${g('[alt=Save]{a}')} Save & ${g('{b}')} \\\\ c`, 'image a = "Save" {following: Save}', 'image b'],
  [`${g('{a}')}\n\nNext paragraph`, 'image a'],
];

for (const [text, ...expected] of documents) {
  void test(`document ${JSON.stringify(text)}`, () => {
    assert.deepEqual(summaries(parseLatex, text, 'latex'), expected);
  });
}

void test('folders and endings', () => {
  const text = `% !TeX root = ../main.tex\n${g('{a}')}\\graphicspath{{one/}{two/}}${g('{b}')}\\DeclareGraphicsExtensions{.png, .pdf}${g('{c}')}`;
  assert.deepEqual(
    parseLatex(text).references.map(({ target }) => [
      target.prefixes?.join(' '),
      target.extensions?.slice(0, 2).join(' '),
    ]),
    [
      ['../', '.pdf .png'],
      ['../ ../one/ ../two/', '.pdf .png'],
      ['../ ../one/ ../two/', '.png .pdf'],
    ],
  );
});

/** Document, what is written, the document afterwards. */
const written: readonly (readonly [text: string, how: Parameters<typeof edited>[3], expected: string | null])[] = [
  [g('[width=3cm,]{a}'), { alt: 'x' }, g('[width=3cm, alt={x},]{a}')],
  [g('[]{a}'), { alt: 'x' }, g('[alt={x}]{a}')],
  [g('[alt=old,width=3cm]{a}'), { alt: 'x, y' }, g('[alt={x, y},width=3cm]{a}')],
  [g('[alt]{a}'), { alt: 'x' }, g('[alt={x}]{a}')],
  [g('*<1>{a}'), { alt: 'x' }, g('*<1>[alt={x}]{a}')],
  [
    g('[\r\n  width=3cm,\r\n  height=2cm % c\r\n]{a}'),
    { alt: 'x' },
    g('[\r\n  width=3cm,\r\n  height=2cm,\r\n  alt={x} % c\r\n]{a}'),
  ],
  [g('[0,0][3,3]{a}'), { alt: 'x' }, null],
  [g('[alt=\\unknown]{a}'), { alt: 'x' }, null],
  [g('[width=3cm, alt={x}, height=2cm]{a}'), 'removeAlt', g('[width=3cm, height=2cm]{a}')],
  [g('[alt={x}, height=2cm]{a}'), 'removeAlt', g('[height=2cm]{a}')],
  [g('[alt={x}]{a}'), 'removeAlt', g('{a}')],
  [g('{a}'), 'markDecorative', g('[artifact]{a}')],
  [g('[alt={x},width=3cm]{a}'), 'markDecorative', g('[artifact,width=3cm]{a}')],
  [g('[artifact]{a}'), 'markDecorative', null],
  [`\\href{u}{${g('{a}')}}`, 'markDecorative', null],
];

for (const [text, how, expected] of written) {
  void test(`${JSON.stringify(how)} in ${JSON.stringify(text)}`, () => {
    assert.equal(edited(parseLatex, text, 'latex', how), expected);
  });
}

const languages: readonly (readonly [preamble: string, language: string | null])[] = [
  ['\\usepackage[english,ngerman]{babel}', 'de'],
  ['\\usepackage[main=french,english]{babel}', 'fr'],
  ['\\documentclass[11pt,swedish]{article}\\usepackage{babel}', 'sv'],
  ['\\setmainlanguage[variant=brazilian]{portuguese}', 'pt'],
  ['\\DocumentMetadata{lang=de-CH,pdfversion=2.0}', 'de-ch'],
  ['\\hypersetup{pdflang={nl}}', 'nl'],
  ['% \\usepackage[ngerman]{babel}\n\\usepackage{graphicx}', null],
];

for (const [preamble, language] of languages) {
  void test(`language of ${preamble}`, () => {
    assert.equal(parseLatex(`${preamble}\n\\begin{document}x\\end{document}`).declaredLanguage, language);
  });
}

void test('comments and prose', () => {
  const text = '\\title{No}\\begin{document}\n% one\r\nEin \\emph{Satz}. % two\n\\verb|%|\n\\end{document}';
  const { comments, prose } = parseLatex(text);
  assert.deepEqual(
    comments.map(({ range, text: words }) => [text.slice(range.start, range.end), words]),
    [
      ['% one', ' one'],
      ['% two', ' two'],
    ],
  );
  assert.equal(prose, 'Ein Satz.');
});

void test('a caption cannot break a document', () => {
  checkCaptions(parseLatex, 'latex', [
    `\\begin{figure}\n  ${g('{a.png}')} % c\n  ${g('[width=3cm]{b}')}\n  \\caption{C}\n\\end{figure}\n`,
    `${g('[alt={old}, width=3cm]{a}')}\r\n${g('[\r\n  width=3cm,\r\n]{b}')}\r\n${g('[alt=old]{c}')}\r\n`,
    `\\href{u}{${g('[]{a}')} t} \\iffalse ${g('{no}')} \\fi ${g('*{b}')}\n`,
  ]);
});

const fixtures = readReferenceCases().filter(({ languageId }) => languageId === 'latex');

void test('broken documents', () => {
  checkBrokenDocuments(parseLatex, 'latex', [...fixtures.map(({ text }) => text), ...documents.map(([text]) => text)]);
});

void test('large documents', () => {
  const usual = `\\section{S}\nText with $x^2$ and \\emph{words}. % c\n\\begin{figure}\n${g('[width=3cm]{a}')}\n\\caption{C}\n\\end{figure}\n\n`;
  checkLargeDocuments(parseLatex, 'latex', usual, [
    g(''),
    g('['),
    g('{'),
    g('[alt={'),
    `${g('{a}')} `,
    '{',
    '}',
    '\\',
    '%',
    '%\n',
    '\\verb',
    '\\verb|',
    '\\url{',
    '\\href{a}{',
    '\\iffalse ',
    '\\iftrue \\else ',
    '\\fi ',
    '\\begin{a}',
    '\\begin{a}\\end{b}',
    '\\begin{verbatim}',
    '\\newif\\ifx',
    '\\def\\a{\\a\\a}',
    '\\caption{',
    '\\subfloat[',
    '\\lstnewenvironment{a',
    '\\"',
    '\\graphicspath{{a}',
    `\\href{a}{${g('{a}')}`,
    `\\caption{a}${g('{a}')}`,
    '$',
    '[',
    '\\newcommand{\\a}{b}',
  ]);
});
