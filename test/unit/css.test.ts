import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCode } from '../../server/src/documents/code.ts';
import { parseCss } from '../../server/src/documents/css.ts';
import type { DocumentParser } from '../../server/src/documents/imageReference.ts';
import { checkBrokenDocuments } from '../support/altProperty.ts';
import { cpuSeconds } from '../support/cpuTime.ts';
import { readReferenceCases } from '../support/referenceCases.ts';

/** Source → what is looked at, as `whole → target as written → target as read`. */
type Row = readonly [source: string, ...expected: string[]];

function found(parse: DocumentParser, source: string, languageId: string): string[] {
  return parse(source, languageId, { imageComponents: [] }).references.map(({ kind, range, target, altSlot }) => {
    assert.equal(kind, 'css');
    assert.equal(altSlot, null);
    const whole = source.slice(range.start, range.end);
    const written = source.slice(target.range.start, target.range.end);
    return [whole, written, target.written ?? '?'].filter((part, index, all) => part !== all[index - 1]).join(' → ');
  });
}

function table(name: string, parse: DocumentParser, languageId: string, rows: readonly Row[]): void {
  for (const [source, ...expected] of rows) {
    test(`${name}: ${source}`, () => assert.deepEqual(found(parse, source, languageId), expected));
  }
}

// oxfmt-ignore
table('CSS', parseCss, 'css', [
  ['a{b:url(a.png)}', 'url(a.png) → a.png'],
  ["a{b:URL( 'my a.png' ) x}", "URL( 'my a.png' ) → my a.png"],
  ['a{b:url(a\\20 b.png)}', 'url(a\\20 b.png) → a\\20 b.png → a b.png'],
  ['a{b:url(a.png),url(b.svg#c)}', 'url(a.png) → a.png', 'url(b.svg#c) → b.svg#c'],
  ['a{b:url(\n  a.png\n)}', 'url(\n  a.png\n) → a.png'],
  ['a{b:url(https://x.org/a?b)}', 'url(https://x.org/a?b) → https://x.org/a?b'],
  ['a{b:url(data:image/gif;base64,R0lG)}', 'url(data:image/gif;base64,R0lG) → data:image/gif;base64,R0lG'],
  ['a{b:image-set("a.png" 1x, url(b.png) 2x, "c.avif" type("image/avif"))}', '"a.png" → a.png', 'url(b.png) → b.png', '"c.avif" → c.avif'],
  ['a{b:-webkit-image-set(url("a.png") 1x)}', 'url("a.png") → a.png'],
  ['a{--b: url(a.png)} @media x { c { d: url(b.png) } }', 'url(a.png) → a.png', 'url(b.png) → b.png'],
  ['a{cursor:url(x.cur) 2 2,auto;filter:url(#f)}', 'url(x.cur) → x.cur'],
  ['@import url(a.png);@namespace url(b.png);@font-face{src:url(c.svg)}d{e:url(f.png)}', 'url(f.png) → f.png'],
  ['a{b:url(c.woff2) url(d.css) url() url(data:font/woff;base64,AA)}'],
  ['/* url(a.png) */ a::b{content:"url(c.png)"}'],
  ['// url(a.png)', 'url(a.png) → a.png'],
  ['a{b:url(a.png'],
  ['a{b:url("a.png'],
  ['a{b:url("a.png"; c:url(d.png)}', 'url(d.png) → d.png'],
  ['.😀{b:url(a.png)}', 'url(a.png) → a.png'],
]);

// oxfmt-ignore
table('Sass', parseCss, 'scss', [
  ["// don't url(a.png) /* \na{b:url(b.png)}", 'url(b.png) → b.png'],
  ['a{b:url(//x.org/a.png)}', 'url(//x.org/a.png) → //x.org/a.png'],
  ['a{b:url(#{$dir}/a.png)}', 'url(#{$dir}/a.png) → #{$dir}/a.png → ?'],
  ['a{b:url("#{$dir}/a.png")}', 'url("#{$dir}/a.png") → #{$dir}/a.png → ?'],
  ['@use "a.png"; a{b:url(~pkg/b.png)}', 'url(~pkg/b.png) → ~pkg/b.png'],
  ['$a: url(a.png);\r\n// x\r\n.b{c:url($d)}', 'url(a.png) → a.png', 'url($d) → $d → ?'],
]);
table('Less', parseCss, 'less', [
  ['a{b:url("@{dir}/a.png"); .c(); d:~"url(e.png)"} // url(f.png)', 'url("@{dir}/a.png") → @{dir}/a.png → ?'],
]);

// oxfmt-ignore
table('any other language', parseCode, 'python', [
  ['open("img/a.png")', 'img/a.png'],
  ["x = 'a.JPG' + `b.webp`", 'a.JPG', 'b.webp'],
  ['{"icon": "https://x.org/a.svg?v=2#x"}', 'https://x.org/a.svg?v=2#x'],
  ["icon: 'my logo.png'", 'my logo.png'],
  ['"*.png" ".png" "a.{png,jpg}" "see the picture a.png" "a.txt" "{name}.png" "png"'],
  ['"a.png', ],
  ['\'<img src="a.png">\'', 'a.png'],
  ['"b\\u00fc.png" "\\ud83c\\udf89.png"', 'b\\u00fc.png → bü.png', '\\ud83c\\udf89.png → 🎉.png'],
  ['"a\\\\b.png" "C:/x/a.png" "img\\/c.png"', 'a\\\\b.png → a\\b.png', 'C:/x/a.png', 'img\\/c.png → img/c.png'],
]);

test('webpack’s ~ is an import', () => {
  const { references } = parseCss('a{b:url(~pkg/b.png)}', 'scss', { imageComponents: [] });
  assert.equal(references[0]?.target.resolution, 'module');
});

test('broken documents', () => {
  const cases = readReferenceCases().filter(({ languageId }) => /^(?:css|scss|less)$/.test(languageId));
  const texts = [...cases.map(({ text }) => text), 'a{b:image-set("a.png" 1x)} @font-face{src:url(c.svg)} // x\n'];
  checkBrokenDocuments(parseCss, 'scss', texts);
  checkBrokenDocuments(parseCode, 'json', texts);
});

test('two megabytes', () => {
  const seconds = cpuSeconds(() => {
    const text = ".a { b: url('a.png') } // don't\n".repeat(60_000);
    assert.equal(parseCss(text, 'scss', { imageComponents: [] }).references.length, 60_000);
    for (const hostile of ['url(', 'url("', '/*', "'", '//', '("'])
      parseCss(hostile.repeat(500_000), 'less', { imageComponents: [] });
    for (const hostile of ['"', "'a", '"a.png" ']) parseCode(hostile.repeat(500_000), 'json', { imageComponents: [] });
  });
  assert.ok(seconds < 10, `${seconds.toFixed(1)} s`);
});
