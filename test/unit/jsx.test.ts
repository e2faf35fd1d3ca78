import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJsx } from '../../server/src/documents/jsx.ts';
import { parseTypescript } from '../../server/src/documents/typescript.ts';
import { checkBrokenDocuments, checkCaptions } from '../support/altProperty.ts';
import { cpuSeconds } from '../support/cpuTime.ts';
import { readReferenceCases } from '../support/referenceCases.ts';
import { edited, summaries } from '../support/referenceSummary.ts';

/** Source (an expression, or a whole file) → its references in one line each. */
type Row = readonly [source: string, ...expected: string[]];

function table(
  name: string,
  rows: readonly Row[],
  languageId = 'typescriptreact',
  imageComponents: string[] = [],
): void {
  for (const [source, ...expected] of rows) {
    test(`${name}: ${source}`, () => {
      assert.deepEqual(summaries(parseJsx, source, languageId, imageComponents), expected);
    });
  }
}

// oxfmt-ignore
table('elements', [
  ['x = <img src="a.png" alt="A gull" />', 'image a.png = "A gull"'],
  ["x = <img alt='A gull' src='a.png'></img>", 'image a.png = "A gull"'],
  ['x = <img src="a.png" srcSet="b.png 1x, c.png 2x" />', 'image a.png + b.png + c.png'],
  ['x = <img srcSet={`b.png 1x, c.png 2x`} />', 'image b.png + c.png'],
  ['x = <picture><source srcSet="d.webp" /><img src="a.png" /></picture>', 'image a.png + d.webp'],
  ['x = <map><area href="/x" alt="" /></map>', 'link-only ? = "" </x null>'],
  ['x = <input type="image" src="go.png" />', 'link-only go.png <? null>'],
  ['x = <input type="text" src="go.png" />'],
  ['x = <svg role="img"><path /></svg>', 'image ?'],
  ['x = <svg role="img"><title>Rising</title></svg>', 'image ? = "Rising" (optional)'],
  ['x = <svg role="img" aria-label="Rising" />', 'image ? = "Rising"'],
  ['x = <svg><path /></svg>'],
  ['x = <object data="a.svg" type="image/svg+xml" />', 'image a.svg'],
  ['x = <video poster="a.png" />', 'image a.png (optional)'],
  ['x = <video src="a.mp4" />'],
  ['x = <Image src="/a.png" />', 'image /a.png'],
  ['x = <Img src="/a.png" />', 'image /a.png'],
  ['x = <Photo src="/a.png" />'],
  ['import Photo from "next/image"; x = <Photo src="/a.png" />', 'image /a.png'],
  ['import { LazyLoadImage as L } from "react-lazy-load-image-component"; x = <L src="/a.png" />', 'image /a.png'],
  ['const P = styled.img`x`; const Q = styled(P)``; x = <><P src="a.png" /><Q src="b.png" /></>', 'image a.png', 'image b.png (follows)'],
  ['const P = styled("img").attrs({})({ width: 1 }); x = <P src="a.png" />', 'image a.png'],
  ['const P = styled.div`x`; x = <P src="a.png" />'],
  ['x = <motion.img src="a.png" />', 'image a.png'],
  ['import { GatsbyImage as G } from "gatsby-plugin-image"; x = <G image={require("./a.png")} />', 'image ./a.png*'],
  ['x = <Area dataKey="a" /> && <Input type="image" /> && <Video poster="a.png" />'],
  ['x = <div style={{ color: "red", backgroundImage: `url("b.png")` }}><img src="a.png" /></div>', 'css b.png', 'image a.png'],
  ['x = <style>{`.a { background: url(b.png) } .c { background: url(${x}) }`}</style>', 'css b.png', 'css ?'],
]);

table('the setting names components', [['x = <Photo src="a.png" />', 'image a.png']], 'javascriptreact', ['Photo']);

// oxfmt-ignore
table('targets', [
  ['import logo from "./logo.png"; x = <img src={logo} />', 'image ./logo.png*'],
  ['import { default as logo } from "./logo.png"; x = <img src={logo.src} />', 'image ./logo.png*'],
  ['import logo = require("./logo.png"); x = <img src={logo} />', 'image ./logo.png*'],
  ['import logo from "./logo.svg?url"; x = <img src={logo} />', 'image ./logo.svg?url*'],
  ['import { logo } from "./pictures"; x = <img src={logo} />', 'image ?'],
  ['import logo from "./logo"; x = <img src={logo} />', 'image ?'],
  ['import type logo from "./logo.png"; x = <img src={logo} />', 'image ?'],
  ['import logo from "./logo.png"; const A = ({ logo }) => <img src={logo} />', 'image ?'],
  ['import logo from "./logo.png"; function A() { let logo = f(); return <img src={logo} />; }', 'image ?'],
  ['import logo from "./logo.png"; function A() { const src = logo; return <img src={src} />; }', 'image ./logo.png*'],
  ['function A() { const src = "a.png"; return () => <img src={src} />; }', 'image a.png'],
  ['const a = b, b = a; x = <img src={a} />', 'image ?'],
  ['let a = "a.png"; x = <img src={a} />', 'image ?'],
  ['const base = "/img"; x = <img src={`${base}/a.png`} />', 'image /img/a.png'],
  ['const base = "/img/"; x = <img src={base + "a.png"} />', 'image /img/a.png'],
  ['x = <img src={`/img/${name}.png`} />', 'image ?'],
  ['x = <img src={dark ? "a.png" : "b.png"} />', 'image ?'],
  ['x = <img src={dark ? "a.png" : `a.png`} />', 'image a.png'],
  ['x = <img src={("a.png" as const)!} />', 'image a.png'],
  ['x = <img src={"a.png" satisfies string} />', 'image a.png'],
  ['x = <img src={require("./a.png").default} />', 'image ./a.png*'],
  ['x = <img src={new URL("a.png", import.meta.url).href} />', 'image a.png'],
  ['x = <img src={new URL("a.png", base).href} />', 'image ?'],
  ['x = <img src={useBaseUrl("/img/a.png")} />', 'image /img/a.png'],
  ['x = <img src={f("a.png")} />', 'image ?'],
  ['x = <img src="a&amp;b.png" />', 'image a&b.png'],
  ['x = <img src={"a&amp;b.png"} />', 'image a&amp;b.png'],
  ['x = <img src="a.png" src="b.png" />', 'image b.png'],
  ['x = <img src=" a.png " />', 'image a.png'],
  ['x = <img alt="A gull" />', 'image ? = "A gull"'],
]);

// oxfmt-ignore
table('alts', [
  ['x = <img src="a.png" alt />', 'image a.png'],
  ['x = <img src="a.png" alt={undefined} />', 'image a.png'],
  ['x = <img src="a.png" alt={null} />', 'image a.png'],
  ['x = <img src="a.png" alt={} />', 'image a.png'],
  ['x = <img src="a.png" alt={false} />', 'image a.png'],
  ["x = <img src='a.png' alt={''} />", 'decorative a.png = ""'],
  ['x = <img src="a.png" alt={`A gull`} />', 'image a.png = "A gull"'],
  ['x = <img src="a.png" alt={("A gull" as const)} />', 'image a.png = "A gull"'],
  ['x = <img src="a.png" alt={"A\\u0020gull"} />', 'image a.png = "A gull"'],
  ['x = <img src="a.png" alt={`A ${bird}`} />', 'image a.png (dynamic)'],
  ['x = <img src="a.png" alt={a ? "A" : "B"} />', 'image a.png (dynamic)'],
  ['const t = "A gull"; x = <img src="a.png" alt={t} />', 'image a.png (dynamic)'],
  ['x = <img src="a.png" alt={t("gull")} />', 'image a.png (dynamic)'],
  ['x = <img src="a.png" aria-label="A gull" />', 'image a.png = "A gull"'],
  ['x = <img src="a.png" aria-label="" />', 'image a.png'],
  ['x = <img src="a.png" aria-labelledby="x" />', 'image a.png (optional)'],
  ['x = <img src="a.png" title="A gull" />', 'image a.png {title: A gull}'],
  ['x = <img src="a.png" {...rest} />', 'image a.png (dynamic)'],
  ['x = <img {...rest} />', 'image ? (dynamic)'],
  ['x = <img src="a.png" alt="A gull" {...rest} />', 'image a.png = "A gull" (replaceable)'],
  ['x = <img {...rest} src="a.png" alt="A gull" />', 'image a.png = "A gull"'],
  ['x = <img src="a.png" role="presentation" />', 'decorative a.png (hidden)'],
  ['x = <img src="a.png" aria-hidden alt="A gull" />', 'decorative a.png = "A gull" (hidden)'],
  ['x = <img src="a.png" aria-hidden={false} />', 'image a.png'],
  ['x = <img src="a.png" aria-hidden={maybe} />', 'image a.png (optional)'],
  ['x = <div aria-hidden="true"><p><img src="a.png" /></p></div>', 'decorative a.png (hidden)'],
  ['x = <div hidden><img src="a.png" /></div>', 'image a.png (optional)'],
]);

// oxfmt-ignore
table('contexts', [
  ['x = <a href="/"><img src="a.png" /></a>', 'link-only a.png </ null>'],
  ['x = <a href={to}>\n  <img src="a.png" />\n</a>', 'link-only a.png <? null>'],
  ['x = <NextLink href="/"><img src="a.png" /></NextLink>', 'link-only a.png </ null>'],
  ['x = <a><img src="a.png" /></a>', 'image a.png'],
  ['x = <Link to="/"><img src="a.png" alt="" /></Link>', 'link-only a.png = "" </ null>'],
  ['x = <button><img src="a.png" /></button>', 'link-only a.png <? null>'],
  ['x = <div role="button"><img src="a.png" /></div>', 'link-only a.png <? null>'],
  ['x = <a href="/"><img src="a.png" alt="" /> Home</a>', 'decorative a.png = "" </ "Home"> {link: Home}'],
  ['x = <a href="/"><img src="a.png" alt="" />{"Home"}</a>', 'decorative a.png = "" </ "Home"> {link: Home}'],
  ['x = <a href="/"><img src="a.png" alt="" />{t("home")}</a>', 'decorative a.png = "" </ null>'],
  ['x = <a href="/"><img src="a.png" alt="" />{/* nothing */}</a>', 'link-only a.png = "" </ null>'],
  ['x = <a href="/" aria-label="Home"><img src="a.png" alt="" /></a>', 'decorative a.png = "" </ "Home">'],
  ['x = <a href="/">{icon && <img src="a.png" />}</a>', 'link-only a.png </ null>'],
  ['x = <a href="/">{dark ? <img src="a.png" /> : <img src="b.png" />}</a>', 'link-only a.png </ null>', 'link-only b.png </ null>'],
  ['x = <a href="/"><>{[<img key="a" src="a.png" />]}</></a>', 'link-only a.png </ null>'],
  ['x = <a href="/">{list.map((each) => <img src="a.png" />)}</a>', 'link-only a.png </ null>'],
  ['x = <a href="/"><Icon /><img src="a.png" alt="" /></a>', 'decorative a.png = "" </ null>'],
  ['x = <figure><img src="a.png" /><figcaption>Sales by <b>month</b></figcaption></figure>', 'image a.png {caption: Sales by month}'],
  ['x = <p><img src="a.png" /> Paris</p>', 'image a.png {following: Paris}'],
  ['x = <p><img src="a.png" />{" "}<img src="b.png" /></p>', 'image a.png', 'image b.png (follows)'],
  ['const a = <img src="a.png" />; const b = <img src="b.png" />', 'image a.png', 'image b.png'],
  ['x = <Card icon={<img src="a.png" />} render={() => <img src="b.png" />}>Home</Card>', 'image a.png', 'image b.png'],
  ['const icon = <img src="a.png" />; x = <a href="/">{icon}</a>', 'image a.png'],
]);

// oxfmt-ignore
table('languages within the language', [
  ['const A = <T,>(p: P<T>) => <img src="a.png" />', 'image a.png'],
  ['@observer class A extends B<C> { @x y?: string; render(): Z { return <img src="a.png" /> } }', 'image a.png'],
  ['enum A { B } declare module "x"; export = <img src="a.png" />', 'image a.png'],
  ['const s = "<img src=\'a.png\'>"; // <img src="b.png" />\nconst t = `<img src="a.png">`; /* <img src="c.png" /> */'],
  ['x = <p>{/* <img src="a.png" /> */}</p>'],
]);
table(
  'Flow',
  [
    ['// @flow\nimport type { A } from "x"; const B = (p: {| a: ?string |}): A => <img src="a.png" />', 'image a.png'],
    ['type A = { b: string } as any; const x = (y: string) => <img src="a.png" />', 'image a.png'],
  ],
  'javascriptreact',
);

// oxfmt-ignore
table('files that do not parse', [
  ['return (<div>\n<a href="/"><img src="a.png"></a>\n<p>don\'t</p>\n', 'link-only a.png </ null>'],
  ['import a from "./a.png";\nx = <div><img src={a} /><img src="b.png" alt=', 'image ./a.png*'],
  ['x = <div><a href="/"><img src="a.png" alt="Home" /> Home</a>', 'image a.png = "Home" </ "Home"> {link: Home}'],
  ['// <img src="c.png">\nx = "<img src=\'d.png\'>"; y = <ul>{list.map((i) => <li key={i}><img src="a.png" />{i}</li>)', 'image a.png'],
  ['import Photo from "next/image"\nif (a <b && c> d) { x = <Photo src="a.png" ', ],
  ['x = {{{ <img src="a.png" />', 'image a.png'],
]);

// oxfmt-ignore
test('without JSX: like any other code', () => {
  assert.deepEqual(summaries(parseTypescript, 'import a from "./a.png"; const b = <T>c;', 'typescript'), ['css ./a.png']);
  assert.deepEqual(summaries(parseJsx, 'const a = "./a.png";', 'javascript'), ['css ./a.png']);
  assert.deepEqual(summaries(parseJsx, 'const a = "./a.png"; x = a < b;', 'javascript'), ['css ./a.png']);
  assert.deepEqual(summaries(parseJsx, 'const a = "./a.png"; x = <img src={a} />;', 'javascript'), ['image ./a.png']);
  assert.deepEqual(summaries(parseJsx, 'const a = "./a.png";', 'javascriptreact'), []);
});

test('comments', () => {
  const text = '// one\nx = <p>{/* two */}<img src="a.png" /* three */ /></p>';
  const { comments } = parseJsx(text, 'javascriptreact', { imageComponents: [] });
  assert.deepEqual(
    comments.map(({ text: words }) => words),
    [' one', ' two ', ' three '],
  );
  assert.deepEqual(
    comments.map(({ range }) => text.slice(range.start, range.end)),
    ['// one', '/* two */', '/* three */'],
  );
});

// oxfmt-ignore
test('edits keep the author’s quotes, order and indentation', () => {
  const rows: readonly (readonly [source: string, inserted: string, removed: string | null, decorative: string | null])[] = [
    ['x = <img src="a.png" />', 'x = <img src="a.png" alt="w" />', null, 'x = <img src="a.png" alt="" />'],
    ["x = <img src='a.png'/>", "x = <img src='a.png' alt='w'/>", null, "x = <img src='a.png' alt=''/>"],
    ['x = <img\n  src="a.png"\n/>', 'x = <img\n  src="a.png" alt="w"\n/>', null, 'x = <img\n  src="a.png" alt=""\n/>'],
    ['x = <img/>', 'x = <img alt="w"/>', null, 'x = <img alt=""/>'],
    ['x = <Image<T> />', 'x = <Image<T> />', null, null],
    ['x = <img alt={"old"} src="a.png" />', 'x = <img alt={"w"} src="a.png" />', 'x = <img src="a.png" />', 'x = <img alt={""} src="a.png" />'],
    ['x = <img\n  alt="old"\n  src="a.png"\n/>', 'x = <img\n  alt="w"\n  src="a.png"\n/>', 'x = <img\n  src="a.png"\n/>', 'x = <img\n  alt=""\n  src="a.png"\n/>'],
    ['x = <img alt src="a.png" />', 'x = <img alt="w" src="a.png" />', null, 'x = <img alt="" src="a.png" />'],
    ['x = <img alt={undefined} src="a.png" />', 'x = <img alt="w" src="a.png" />', null, 'x = <img alt="" src="a.png" />'],
    ['x = <svg role="img"><path /></svg>', 'x = <svg role="img" aria-label="w"><path /></svg>', null, 'x = <svg role="img" aria-hidden="true"><path /></svg>'],
  ];
  for (const [source, inserted, removed, decorative] of rows) {
    assert.equal(edited(parseJsx, source, 'typescriptreact', { alt: 'w' }) ?? source, inserted);
    assert.equal(edited(parseJsx, source, 'typescriptreact', 'removeAlt'), removed);
    assert.equal(edited(parseJsx, source, 'typescriptreact', 'markDecorative'), decorative);
  }
  assert.equal(edited(parseJsx, 'x = <img src="a.png" alt={t} />', 'typescriptreact', { alt: 'w' }), null);
  assert.equal(edited(parseJsx, 'x = <img src="a.png" {...rest} />', 'typescriptreact', { alt: 'w' }), null);
});

const documents = [
  "const A = () => <p><img src=\"a.png\" /> b <img src='b.png' alt='old'/></p>;",
  'const A = () => <a href="/"><img src="a.png" alt={"old"} /><Image alt={\'old\'} src={x} /><img alt={`old`} /></a>;',
  'const A = () => <><img alt src="a.png" /><svg role="img"><path /></svg><img src="b.png" alt={undefined} /></>;',
];

test('a caption cannot break a document', () => checkCaptions(parseJsx, 'typescriptreact', documents));

test('broken documents', () => {
  const cases = readReferenceCases()
    .filter(({ languageId }) => languageId.endsWith('react'))
    .map(({ text }) => text);
  checkBrokenDocuments(parseJsx, 'javascriptreact', [...cases, ...documents]);
});

test('a megabyte, whole and cut off', () => {
  const text = `x = <div>${'<p>a {b} <img src="a.png" /> it is</p>\n'.repeat(25_000)}</div>`;
  for (const source of [text, text.slice(0, -1)]) {
    const seconds = cpuSeconds(() =>
      assert.equal(parseJsx(source, 'javascriptreact', { imageComponents: [] }).references.length, 25_000),
    );
    assert.ok(seconds < 10, `${seconds.toFixed(1)} s`);
  }
});
