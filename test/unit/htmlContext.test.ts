/** What stands around a picture in HTML: links, captions, text, what hides it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHtml } from '../../server/src/documents/html.ts';
import type { ImageReference } from '../../server/src/documents/imageReference.ts';

function references(text: string): readonly ImageReference[] {
  return parseHtml(text, 'html', { imageComponents: [] }).references;
}

/** Whether a missing alt is a problem, and whether readers meet the picture. */
const expectations: readonly (readonly [text: string, altExpected: boolean, hidden: boolean])[] = [
  ['<img src="a.png">', true, false],
  ['<img src="a.png" aria-label="">', true, false],
  ['<img src="a.png" title="x">', true, false],
  ['<img src="a.png" aria-hidden="false">', true, false],
  ['<img src="a.png" aria-hidden="true">', false, true],
  ['<img src="a.png" hidden>', false, true],
  ['<img src="a.png" role="presentation">', false, true],
  ['<div aria-hidden="true"><img src="a.png"></div>', false, true],
  ['<section hidden><img src="a.png"></section>', false, false],
  ['<img src="a.png" aria-labelledby="t">', false, false],
  ['<img src="a.png" {{attributes}}>', false, false],
  ['<area href="x">', true, false],
  ['<area>', false, false],
  ['<video poster="a.png"></video>', false, false],
  ['<object data="a.svg"></object>', true, false],
  ['<object data="a.svg">A chart</object>', false, false],
  ['<svg role="img"></svg>', true, false],
  ['<app-icon aria-hidden="true" /><img src="a.png">', true, false],
  ['<img src="a.png" [attr.aria-hidden]="x">', false, false],
  ['<img src="a.png" [attr.aria-hidden]="true">', false, true],
];

for (const [text, altExpected, hidden] of expectations) {
  void test(`expects an alt or is hidden: ${text}`, () => {
    const found = references(text)[0]!;
    assert.deepEqual([found.altExpected, found.hidden], [altExpected, hidden]);
  });
}

/** Kind of each picture in a link, and the link's name and destination as the first one sees it. */
const links: readonly (readonly [text: string, kinds: string, name: string | null, destination: string | null])[] = [
  ['<a href="/x"><img src="a.png"></a>', 'link-only', null, '/x'],
  ['<a href="/x"><img src="a.png" alt=""></a>', 'link-only', null, '/x'],
  ['<a href="/x"><img src="a.png" alt=""> Home</a>', 'decorative', 'Home', '/x'],
  ['<a href="/x"><img src="a.png"> Home</a>', 'image', 'Home', '/x'],
  ['<a href="/x" aria-label="Home"><img src="a.png" alt=""></a>', 'decorative', 'Home', '/x'],
  ['<a href="/x" [attr.aria-label]="home"><img src="a.png" alt=""></a>', 'decorative', 'home', '/x'],
  ['<a href="/x" aria-labelledby="t"><img src="a.png"></a>', 'link-only', 't', '/x'],
  ['<a {{attributes}}><img src="a.png" alt=""></a>', 'decorative', null, null],
  ['<a href="/x" title="Home"><img src="a.png"></a>', 'link-only', 'Home', '/x'],
  ['<a href="/x"><img src="a.png" alt="Home"><img src="b.png" alt=""></a>', 'link-only decorative', null, '/x'],
  ['<a href="/x"><img src="a.png" alt="Home"><img src="b.png"></a>', 'link-only link-only', null, '/x'],
  ['<a href="/x"><img src="a.png" alt=""><img src="b.png"></a>', 'decorative link-only', null, '/x'],
  ['<a href="/x"><svg><path/></svg><img src="a.png"></a>', 'link-only', null, '/x'],
  ['<a href="/x"><i class="icon"></i><span aria-hidden="true">→</span><img src="a.png"></a>', 'link-only', null, '/x'],
  ['<a href="/x">{{ title }}<img src="a.png"></a>', 'image', null, '/x'],
  ['<a href="/x">{{#if a}}<img src="a.png">{{/if}}</a>', 'link-only', null, '/x'],
  ['<a href="/x"><my-icon></my-icon><img src="a.png"></a>', 'image', null, '/x'],
  ['<button type="button"><img src="a.png"></button>', 'link-only', null, null],
  ['<div role="button"><img src="a.png"></div>', 'link-only', null, null],
  ['<a routerLink="/x"><img src="a.png"></a>', 'link-only', null, '/x'],
  ['<a [routerLink]="to"><img src="a.png"></a>', 'link-only', null, null],
  ['<a href="/x"><picture><source srcset="b.webp"><img src="a.png"></picture></a>', 'link-only', null, '/x'],
  ['<a href="/x"><p><img src="a.png"></a> after', 'link-only', null, '/x'],
];

for (const [text, kinds, name, destination] of links) {
  void test(`link ${text}`, () => {
    const found = references(text);
    assert.equal(found.map(({ kind }) => kind).join(' '), kinds);
    assert.equal(found[0]!.link?.name ?? null, name);
    assert.equal(found[0]!.link?.destination ?? null, destination);
  });
}

void test('an anchor without a destination is no link', () =>
  assert.equal(references('<a id="x"><img src="a.png"></a>')[0]!.link, null));

/** Text → `source: words` for all that stands near the first picture. */
const near: readonly (readonly [text: string, ...expected: string[]])[] = [
  ['<figure><img src="a.png"><figcaption>Sales by <b>month</b></figcaption></figure>', 'caption: Sales by month'],
  ['<figure><div><img src="a.png"></div><div><figcaption>Sales</figcaption></div></figure>', 'caption: Sales'],
  ['<figure><a href="x"><img src="a.png"></a><figcaption>{{ caption }}</figcaption></figure>'],
  ['<img src="a.png" title="Paris">', 'title: Paris'],
  ['<a href="/"><img src="a.png"> Home</a>', 'link: Home', 'following: Home'],
  ['<p><img src="a.png"> <b>Par</b>is</p> x', 'following: Paris'],
  ['<p><img src="a.png"></p><p>Paris</p>'],
  ['<td><img src="a.png"><br>Paris<br>France</td>', 'following: Paris'],
  ['<td><img src="a.png"><div>Paris</div><div>France</div></td>', 'following: Paris'],
  ['<li><a href="x"><img src="a.png"></a> Paris<ul><li>x</ul>', 'following: Paris'],
  ['<div><img src="a.png"><p>Paris</p></div>'],
  ['<p><img src="a.png"> Paris <img src="b.png"> x</p>', 'following: Paris'],
  ['<p><img src="a.png"> Paris {{ x }}</p>'],
];

for (const [text, ...expected] of near) {
  void test(`near ${text}`, () => {
    assert.deepEqual(
      references(text)[0]!.nearby.map(({ source, text: words }) => `${source}: ${words}`),
      expected,
    );
  });
}

void test('a picture follows another where only white space stands between', () => {
  const found = references(
    '<img src="a.png" style="background: url(x.png)">\n <img src="b.png"> x <img src="c.png"><br><img src="d.png">',
  );
  assert.deepEqual(
    found.filter(({ kind }) => kind !== 'css').map(({ followsPrevious }) => followsPrevious),
    [false, true, false, false],
  );
});
