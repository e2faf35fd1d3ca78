/** Typst: what the case files do not hold. Reading was compared with Typst 0.15's over documents made of such pieces. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTypst } from '../../server/src/documents/typst.ts';
import { checkBrokenDocuments, checkCaptions } from '../support/altProperty.ts';
import { checkLargeDocuments } from '../support/largeDocuments.ts';
import { readReferenceCases } from '../support/referenceCases.ts';
import { edited, summaries } from '../support/referenceSummary.ts';

/** Document → its pictures. */
const documents: readonly (readonly [text: string, ...expected: string[]])[] = [
  // Where code is.
  ['Text image("no.png") #image("a.png"); text \\#image("no.png")', 'image a.png {following: text #image("no.png")}'],
  ['#{ let x = 1\n  image("a.png") }', 'image a.png'],
  [
    '#if a == "x" { image("a.png") } else if b [#image("b.png")] else [image("no.png")] after',
    'image a.png {following: after}',
    'image b.png',
  ],
  ['#for x in (1, 2) [#image("a.png")] image("no.png")', 'image a.png'],
  ['#let pic = image("a.png", width: 3cm)\nimage("no.png") #pic', 'image a.png'],
  ['#show heading: it => [#image("a.png") #it.body]', 'image a.png'],
  ['$ x #image("a.png") "#image(1)" $ #image("b.png")', 'image a.png', 'image b.png'],
  ['#grid(columns: 2, image("a.png"), [#image("b.png")])', 'image a.png', 'image b.png'],
  ['#table.cell(image("a.png")) #box(image("b.png"), width: 1em)[t]', 'image a.png', 'image b.png'],
  ['#context image("a.png")', 'image a.png'],
  // Where it is not.
  ['#set image(width: 3cm)\n#show image: set align(center)\n#show image.where(width: auto): it => it'],
  ['https://x.org//#image("a.png"\n// #image("a.png")\n/* /* #image("a.png") */ #image("a.png") */'],
  [
    '`` #image("a.png") `x #image("no.png")` ```#image("no.png")```',
    'image a.png {following: x #image("no.png") #image("no.png")}',
  ],
  ['#raw("#image(\\"a.png\\")") #"image(1)" #image.width #image'],
  ['#image("a.png"'],
  ['#f(a\n] #image("b.png")', 'image b.png'],
  // Which picture.
  ['#image("a\\"b\\\\c\\u{41}.png")', 'image a"b\\cA.png'],
  ['#let dir = "img/"\n#let logo = dir + "a.png"\n#image(logo)', 'image img/a.png'],
  ['#let f(path) = image(path)\n#let path = "a.png"\n#image(path)', 'image ?', 'image a.png'],
  ['#{ let p = "a.png"\n image(p) }\n#{ let p = "b.png"\n image(p) }', 'image a.png', 'image b.png'],
  ['#{ let p = "a.png"\n p = "b.png"\n image(p) }', 'image ?'],
  [
    '#let g = (p, q: 1) => image(p)\n#for p in ("a.png",) { image(p) }\n#import "x.typ": p\n#image(p)',
    'image ?',
    'image ?',
    'image ?',
  ],
  ['#let a = a + "x"\n#image(a) #image(data) #image(..args)', 'image ?', 'image ?', 'image ? (dynamic)'],
  ['#image(read("a.svg", encoding: none), alt: "A") #image.decode(bytes)', 'image ? = "A"', 'image ? (follows)'],
  ['#std.image("a.png") #image(("b.png"))', 'image a.png', 'image b.png'],
  // Which picture, of a name for `image.with`.
  [
    '#let pic = image.with(width: 50%)\n#pic("a.png") #pic("b.png", alt: "B")',
    'image a.png',
    'image b.png = "B" (follows)',
  ],
  ['#let image = image.with(width: 50%)\n#image("a.png")', 'image a.png'],
  [
    '#let logo = image.with("a.png", alt: "A")\n#logo() #logo(width: 1em)',
    'image a.png = "A"',
    'image a.png = "A" (follows)',
  ],
  [
    '#let pic = image.with(alt: "A")\n#pic("a.png", alt: "B") #pic("b.png", alt: none)',
    'image a.png = "B"',
    'image b.png (follows)',
  ],
  ['#let pic = image.with(alt: words)\n#pic("a.png")', 'image a.png (dynamic)'],
  ['#let pic = image.with(..given)\n#pic("a.png")', 'image ? (dynamic)'],
  ['#let pic = image.with(width: 1em)\n#{ pic = x }\n#pic("a.png")', 'image ? (dynamic)'],
  ['#let pic = image.with("a.png")\n#pic("b.png")', 'image ?'],
  ['#let pic = image.with(width: 1em)\n#let f(pic) = pic("a.png")\n#{ let pic = text; pic("a.png") }'],
  ['#let pic(x) = x\n#pic("a.png")'],
  // Which picture, of a function that shows one.
  [
    '#let fig(path, ..args) = figure(image(path), ..args)\n#fig("a.png") #fig("b.png", alt: "B", caption: [C])',
    'image ? (dynamic)',
    'image a.png',
    'image b.png = "B" (follows)',
  ],
  ['#let f(path) = image(path)\n#f("a.png")', 'image ?', 'image a.png (dynamic)'],
  [
    '#let f(words, path) = align(center)[#image(path, alt: words)]\n#f("A", "a.png") #f(x, "b.png")',
    'image ? (dynamic)',
    'image a.png = "A"',
    'image b.png (dynamic) (follows)',
  ],
  [
    '#let f(p, alt: none, w: 50%) = box(image(p, alt: alt, width: w))\n#f("a.png") #f("b.png", alt: "B") #f("c.png", alt: none)',
    'image ? (dynamic)',
    'image a.png',
    'image b.png = "B" (follows)',
    'image c.png (follows)',
  ],
  [
    '#let f(p, alt: "D") = image(p, alt: alt)\n#f("a.png") #f(..given)',
    'image ? (dynamic)',
    'image a.png (dynamic) (follows)',
    'image ? (dynamic) (follows)',
  ],
  [
    '#let f(p, alt: none, ..args) = image(p, ..args)\n#f("a.png", alt: "A")',
    'image ? (dynamic)',
    'image a.png (dynamic)',
  ],
  ['#let f(p) = { let p = "b.png"\n image(p) }\n#f("a.png")', 'image b.png'],
  ['#let f(p) = if p == none { image("x.png") } else { image(p) }\n#f("a.png")', 'image x.png', 'image ?'],
  ['#let f(p) = [#image(p) #image(p)]\n#f("a.png")', 'image ?', 'image ? (follows)'],
  [
    '#let f(p, ..rest) = image(p, ..rest)\n#figure(f("a.png"), alt: "Fig") #figure(f("b.png", alt: "B"), alt: "Fig")',
    'image ? (dynamic)',
    'image a.png = "Fig"',
    'image b.png = "B"',
  ],
  ['#let f(p) = image("img/" + p)\n#f("a.png")', 'image ?'],
  // Its alt.
  ['#image("a.png", alt: "A \\u{1F600} \\n\\x")', 'image a.png = "A 😀 \\n\\\\x"'],
  ['#image("a.png", alt: "") #image("b.png", alt: none)', 'image a.png', 'image b.png'],
  ['#image("a.png", alt: " ")', 'image a.png = " "'],
  [
    '#image("a.png", alt: words) #image("a.png", alt: "a" + b)',
    'image a.png (dynamic)',
    'image a.png (dynamic) (follows)',
  ],
  [
    '#image("a.png", ..args) #image("b.png", alt: "B", ..args)',
    'image a.png (dynamic)',
    'image b.png = "B" (replaceable)',
  ],
  ['#figure(image("a.png"), alt: "Fig", caption: "C")', 'image a.png = "Fig" {caption: C}'],
  ['#figure(image("a.png", alt: "Own"), alt: "Fig")', 'image a.png = "Own"'],
  ['#pdf.artifact(image("a.png", alt: "A"))', 'decorative a.png = "A" (hidden)'],
  // What stands around.
  [
    '#figure(caption: [The *big* #emph[one] \\#1 ~ `x`])[#image("a.png")] <fig>',
    'image a.png {caption: The big one #1 x}',
  ],
  [
    '#figure(grid(image("a.png"), figure(image("b.png"), caption: [B])), caption: [AB])',
    'image a.png {caption: AB}',
    'image b.png {caption: B} {caption: AB}',
  ],
  ['#figure([t], caption: [#image("a.png")])', 'image a.png'],
  ['#link("https://x.org")[#image("a.png")]', 'link-only a.png <https://x.org null>'],
  [
    '#link("u", image("a.png")) #link(<l>)[#box(image("b.png")) Home]',
    'link-only a.png <u null>',
    'image b.png <? "Home"> {link: Home}',
  ],
  [
    '#link("u")[#image("a.png", alt: "A")#image("b.png")]',
    'link-only a.png = "A" <u null>',
    'link-only b.png (follows) <u "A">',
  ],
  ['- #image("a.png") Save\n- #image("b.png")\n\nText', 'image a.png {following: Save}', 'image b.png'],
  [
    '#image("a.png") \\ #image("b.png")\n\n#image("c.png") and',
    'image a.png',
    'image b.png (follows)',
    'image c.png (follows) {following: and}',
  ],
];

for (const [text, ...expected] of documents) {
  void test(`document ${JSON.stringify(text)}`, () => {
    assert.deepEqual(withoutRows(summaries(parseTypst, text, 'typst'), expected), expected);
  });
}

/** Neighbours matter in some rows of the table only. */
function withoutRows(found: readonly string[], expected: readonly string[]): string[] {
  const rowsMatter = expected.some((line) => line.includes('(follows)'));
  return found.map((line) => (rowsMatter ? line : line.replace(' (follows)', '')));
}

/** Document, what is written, the document afterwards. */
const written: readonly (readonly [text: string, how: Parameters<typeof edited>[3], expected: string | null])[] = [
  ['#image("a.png",)', { alt: 'x' }, '#image("a.png", alt: "x",)'],
  [
    '#image(\r\n  "a.png", // c\r\n  width: 80%, // d\r\n)',
    { alt: 'x' },
    '#image(\r\n  "a.png", // c\r\n  width: 80%,\r\n  alt: "x", // d\r\n)',
  ],
  ['#image("a.png", width: 80% /* c */)', { alt: 'x' }, '#image("a.png", width: 80%, alt: "x" /* c */)'],
  ['#image("a.png", alt: none)', { alt: 'x' }, '#image("a.png", alt: "x")'],
  ['#image(alt: "", "a.png")', { alt: 'a \\ "b"' }, '#image(alt: "a \\\\ \\"b\\"", "a.png")'],
  ['#figure(image("a.png"), alt: "old")', { alt: 'x' }, '#figure(image("a.png"), alt: "x")'],
  ['#image("a.png", alt: words)', { alt: 'x' }, null],
  ['#image("a.png", ..args)', { alt: 'x' }, null],
  ['#image("a.png", alt: "x", width: 1em)', 'removeAlt', '#image("a.png", width: 1em)'],
  ['#image(alt: "x", "a.png")', 'removeAlt', '#image("a.png")'],
  ['#image("a.png")', 'markDecorative', null],
];

for (const [text, how, expected] of written) {
  void test(`${JSON.stringify(how)} in ${JSON.stringify(text)}`, () => {
    assert.equal(edited(parseTypst, text, 'typst', how), expected);
  });
}

void test('comments, language and prose', () => {
  const text =
    '#set text(size: 10pt)\n#set text(lang: "DE", region: "CH")\n// one\r\n= Titel\nEin #strong[Satz] /* two */ mit `Code`. #let x = "no"\n';
  const { comments, declaredLanguage, prose } = parseTypst(text);
  assert.deepEqual(
    comments.map(({ range, text: words }) => [text.slice(range.start, range.end), words]),
    [
      ['// one', ' one'],
      ['/* two */', ' two '],
    ],
  );
  assert.equal(declaredLanguage, 'de');
  assert.equal(prose, 'Titel Ein Satz mit Code.');
});

void test('a caption cannot break a document', () => {
  checkCaptions(parseTypst, 'typst', [
    '= T\n\n#image("a.png") text #image("b.png", alt: "old") // c\n',
    '#figure(\r\n  image(\r\n    "a.png", // c\r\n  ),\r\n  caption: [C],\r\n)\r\n#link("u")[#image("b.png", width: 80%)]\r\n',
    '#let pic = image.with("a.png", alt: "shared")\n#pic() #pic( /* c */ ) #pic(width: 1em,) #pic(alt: "own")\n',
    '#let fig(path, ..args) = figure(image(path), ..args)\n#fig("a.png") #fig("b.png",) #fig("c.png", alt: "C")[d]\n',
    '#let f(p, words: none, t) = image(p, alt: words)\n#f("a.png", 1) #f("b.png", words: none, 2)\n',
    '#let f(words, p) = image(p, alt: words)\n#f("", "a.png") #f("B", "b.png")\n',
    '#let pic = image.with(width: 1em)\n#pic("a.png") #figure(pic("b.png", alt: none))\n',
    '#let p = "a.png"\n#{ image(p, alt: none) }\n$ #image("b.png") $ `#image("no.png")`\n',
  ]);
});

const fixtures = readReferenceCases().filter(({ languageId }) => languageId === 'typst');

void test('broken documents', () => {
  checkBrokenDocuments(parseTypst, 'typst', [...fixtures.map(({ text }) => text), ...documents.map(([text]) => text)]);
});

void test('large documents', () => {
  const usual =
    '= S\nSome *text* with #emph[words]. // c\n#figure(\n  image("a.png", width: 80%),\n  caption: [C],\n)\n\n';
  checkLargeDocuments(parseTypst, 'typst', usual, [
    '#image("a.png") ',
    '#image(',
    '(',
    '#(',
    '#{',
    '#[',
    '[',
    '{',
    '"',
    '#"',
    '`',
    '#`',
    '$',
    '#$',
    '$#',
    '#f[',
    '#f(f(',
    '#let ',
    '#let x = "a"; #image(x)\n',
    '#let a = a + a\n',
    '#if ',
    '#if x {} else ',
    '#for ',
    '#set ',
    '#context ',
    '/*',
    '//',
    '/* */',
    '<',
    '<a',
    '@',
    '\\',
    '#link("u")[#image("a")',
    '#link("u")[#image("a")]',
    '#image("a"),',
    'https://',
    '#import "',
    '#f(a: ',
    '#a.b',
    '#x => ',
    '#{p = 1\n',
    '\n- ',
  ]);
});
