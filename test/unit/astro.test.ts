/** Astro components: what the case files do not hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { altEdit } from '../../server/src/documents/altEdit.ts';
import { parseAstro } from '../../server/src/documents/astro.ts';
import type { ImageReference } from '../../server/src/documents/imageReference.ts';
import { checkBrokenDocuments, checkCaptions } from '../support/altProperty.ts';
import { cpuSeconds } from '../support/cpuTime.ts';
import { applyEdit, readReferenceCases } from '../support/referenceCases.ts';

const options = { imageComponents: [] };

function references(text: string): readonly ImageReference[] {
  return parseAstro(text, 'astro', options).references;
}

function spelled(text: string): string[] {
  return references(text).map(({ kind, element, target, alt, dynamicAlt }) =>
    [kind, element, target.written, dynamicAlt ? '(computed)' : JSON.stringify(alt)].join(' '),
  );
}

const front = "---\nimport { Image } from 'astro:assets';\nimport hero from './hero.png';\n---\n";

/** Component → kind, element, target and alt of each picture. */
const components: readonly (readonly [text: string, ...expected: string[]])[] = [
  ['<img src="/a.png" alt="A &amp; {b}">', 'image img /a.png "A & {b}"'],
  [
    `${front}<Image src={hero} alt="x" /><Picture src={hero} formats={['avif']} alt={\`y\`} />`,
    'image Image ./hero.png "x"',
    'image Picture ./hero.png "y"',
  ],
  ["<Image src={import('./a.png')} alt='' />", 'decorative Image ./a.png ""'],
  [`${front}<img {...rest} src={hero.src}>`, 'image img ./hero.png (computed)'],
  ['---\nconst src = "./a.png"; const { alt } = Astro.props;\n---\n<img {src} {alt}>', 'image img ./a.png (computed)'],
  ['<img src="a.png" alt=`A`><img src="b.png" alt=`${b}`>', 'image img a.png "A"', 'image img b.png (computed)'],
  [`${front}{shown && <img src={hero.src}>}`, 'image img ./hero.png null'],
  [`${front}{shown ? <img src="a.png"> : <><img src="b.png"/></>}`, 'image img a.png null', 'image img b.png null'],
  [`${front}{xs.map((x) => <li><img src={x.src} alt={x.alt}></li>)}`, 'image img  (computed)'],
  [
    `${front}{heroes.map((hero) => <img src={hero.src}>)}<img src={hero.src}>`,
    'image img  null',
    'image img ./hero.png null',
  ],
  [`${front}{xs.map(({ hero }) => { return (<img src={hero}>); })}`, 'image img  null'],
  [`${front}{xs.map((x) => { const hero = x.y; return <img src={hero} /> })}`, 'image img  null'],
  [`${front}{xs.map((x) => <p>{x.a < x.b && <img src={hero.src}>} text</p>)}`, 'image img ./hero.png null'],
  ['{/* <img src="no.png"> */}<!-- <img src="no.png"> -->{"<img src=\'no.png\'>"}{`<img src="no.png">`}'],
  ['<script>const s = `<img src="no.png">`;</script><p is:raw>{<img src="no.png">}</p>'],
  ['<Fragment set:html={x}/><Fragment><img src="a.png"></Fragment>', 'image img a.png null'],
  ['<a href="/">{x && <img src="a.png" alt="">}</a>', 'link-only img a.png ""'],
  [
    '<a href="/">{title}<img src="a.png"></a><a href="/"><slot/><img src="b.png"></a>',
    'image img a.png null',
    'image img b.png null',
  ],
  ['<a href="/" set:text={x}><img src="a.png"></a>', 'image img a.png null'],
  ['<style>p { background: url(a.png) }</style>', 'css url a.png null'],
  ['<ul><li><img src="a.png"><li>b</ul>', 'image img a.png null'],
  ['<div class:list={["a", { b: 1 > 0 }]}><img src="a.png" aria-hidden={true}></div>', 'decorative img a.png null'],
  ['<!-- c -->\n---\nconst x = "---";\n---\n<img src={x}>', 'image img --- null'],
  // Documents with errors in them.
  ['---\nconst { = ;\n---\n<img src={hero}>', 'image img  null'],
  ['---\nconst a = 1;\n<img src="no.png">'],
  ['<p>{x && <img src="a.png"'],
  ['<p>{xs.map(x => <img src="a.png"></p><img src="b.png">', 'image img a.png null', 'image img b.png null'],
  ['<img src={a b} alt="x"></p></div><img src="b.png">', 'image img  "x"', 'image img b.png null'],
];

for (const [text, ...expected] of components) {
  void test(`component ${text}`, () => assert.deepEqual(spelled(text), expected));
}

void test('comments of the front matter, of HTML and of expressions', () => {
  const text = '---\n// a\n/* b */\n---\n<!-- c -->{/* d */}<p>{x /* no */}</p>';
  const { comments } = parseAstro(text, 'astro', options);
  assert.deepEqual(
    comments.map(({ text: words, range }) => [words, text.slice(range.start, range.end)]),
    [
      [' a', '// a'],
      [' b ', '/* b */'],
      [' c ', '<!-- c -->'],
      [' d ', '{/* d */}'],
    ],
  );
});

void test('the language of a layout', () => {
  assert.equal(
    parseAstro('---\n---\n<html lang="fr"><body><slot/></body></html>', 'astro', options).declaredLanguage,
    'fr',
  );
});

/** An attribute → the same with `W` in its alt. */
const insertions: readonly (readonly [before: string, after: string])[] = [
  ['<img src="a.png"/>', '<img src="a.png" alt="W"/>'],
  ['<Image {src} />', '<Image {src} alt="W" />'],
  ["<img src='a.png' alt='x'>", "<img src='a.png' alt='W'>"],
  ["<img src={x} alt={'x'}>", "<img src={x} alt={'W'}>"],
  ['<img src={x} alt=`x`>', '<img src={x} alt=`W`>'],
  ['<img src={x} alt={null}>', '<img src={x} alt="W">'],
  ['<img src={x} alt=x>', '<img src={x} alt="W">'],
];

for (const [before, after] of insertions) {
  void test(`insertion ${before}`, () => {
    assert.equal(applyEdit(before, altEdit(references(before)[0]!, 'W')!), after);
  });
}

const written = [
  '---\n---\n<p>a <img src="./a.png"> b</p>',
  `${front}<Image src={hero} alt='old' />{x && <img src="b.png" alt={"old"}>}`,
  '{xs.map((x) => <a href="/"><img src={x} alt={`old`}></a>)}<img src="b.png" alt=`old`>',
];

void test('no caption breaks a component', () => checkCaptions(parseAstro, 'astro', written));

void test('no broken component breaks the parser', () => {
  const cases = readReferenceCases().filter(({ languageId }) => languageId === 'astro');
  const all = [...cases.map(({ text }) => text), ...components.map(([text]) => text)];
  checkBrokenDocuments(parseAstro, 'astro', [...all, ...written]);
});

void test('two megabytes are read in reasonable time', () => {
  const row = '{xs.map((x) => <p><img src={x.src} alt="x"> text {a}</p>)}\n';
  const broken = ['{', '<a b="', '<a {', '<script>', '{x && <p>', '`', '{`${', "{'", '{/', '{x => '].map((open) =>
    open.repeat(60_000),
  );
  for (const text of [row.repeat(34_000), ...broken]) {
    const seconds = cpuSeconds(() => references(text));
    assert.ok(seconds < 8, `${text.slice(0, 20)} took ${seconds} s`);
  }
});
