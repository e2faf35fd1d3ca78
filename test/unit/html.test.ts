/** HTML and the template languages that write it: what the case files do not hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { altEdit } from '../../server/src/documents/altEdit.ts';
import { htmlReferences, parseHtml } from '../../server/src/documents/html.ts';
import type { ImageReference, TextEdit } from '../../server/src/documents/imageReference.ts';
import { checkBrokenDocuments, checkCaptions } from '../support/altProperty.ts';
import { applyEdit, readReferenceCases } from '../support/referenceCases.ts';

const options = { imageComponents: [] };

function references(text: string, languageId = 'html'): readonly ImageReference[] {
  return parseHtml(text, languageId, options).references;
}

/** The one picture of the text. */
function only(text: string, languageId = 'html'): ImageReference {
  const found = references(text, languageId);
  assert.equal(found.length, 1, text);
  return found[0]!;
}

function spelled(text: string, languageId = 'html'): string[] {
  return references(text, languageId).map(({ kind, element, target, alt, dynamicAlt }) =>
    [kind, element, target.written, dynamicAlt ? '(computed)' : JSON.stringify(alt)].join(' '),
  );
}

/** Text → kind, element, target and alt of each picture. */
const forms: readonly (readonly [text: string, ...expected: string[]])[] = [
  ['<svg role="img"><title>A  line</title></svg>', 'image svg  "A line"'],
  ['<svg role="img" aria-label="A line"/>', 'image svg  "A line"'],
  ['<svg><path d="M0 0"/></svg>'],
  ['<svg><image href="a.png"/><image xlink:href="b.png"/></svg>', 'image image a.png null', 'image image b.png null'],
  ['<image src="a.png">', 'image img a.png null'],
  ['<video poster="a.png" src="a.mp4"></video>', 'image video a.png null'],
  ['<object data="a.svg"></object><object data="a.pdf"></object>', 'image object a.svg null'],
  ['<map><area href="x" alt="X"><area></map>', 'link-only area  "X"', 'image area  null'],
  ['<input type="IMAGE" src="a.png" alt="Go"><input type="text" src="b.png">', 'link-only input a.png "Go"'],
  ['<td><img src=a.png><td>x', 'image img a.png null'],
  ['<tr><td><img src="a.png"></td></tr>', 'image img a.png null'],
  ['<table><img src="a.png"></table>', 'image img a.png null'],
  ['<img src="a.png"alt=x class="c"/>', 'image img a.png "x"'],
  ['<img alt=x\tsrc=a.png>', 'image img a.png "x"'],
  ['<img src="  a.png ">', 'image img a.png null'],
  ['<img src="a&amp.png" alt="&copy 2020 &nbsp;">', 'image img a&.png "© 2020 \u00a0"'],
  ['<img src="a.png" alt="a\r\nb">', 'image img a.png "a\\nb"'],
  ['<img>', 'image img  null'],
  ['<img src="">', 'image img  null'],
  ['<img data-src="a.png">', 'image img  null'],
  ['<noscript><img src="a.png"></noscript>', 'image img a.png null'],
  ['<template><img src="a.png"></template>', 'image img a.png null'],
  ['<!--[if IE]><img src="a.png"><![endif]-->'],
  ['<![if !IE]><img src="a.png"><![endif]>', 'image img a.png null'],
  ['<svg><foreignObject><img src="a.png"></foreignObject></svg>', 'image img a.png null'],
  ['<img src="a.png" role="none">', 'decorative img a.png null'],
  ['<div aria-hidden="true"><p><img src="a.png"></div>', 'decorative img a.png null'],
  ['<amp-img src="a.png" alt="x"></amp-img><my-card src="b.png"></my-card>', 'image amp-img a.png "x"'],
  ['<picture><picture><img src="a.png"></picture></picture>', 'image img a.png null'],
  ['<details><summary><img src="a.png"></summary></details>', 'image img a.png null'],
  ['<math><mtext><img src="a.png"></mtext></math>', 'image img a.png null'],
];

for (const [text, ...expected] of forms) {
  void test(`form ${text}`, () => assert.deepEqual(spelled(text), expected));
}

/** Template fragments: what they hide, and what is then known only to the program. */
const templates: readonly (readonly [text: string, ...expected: string[]])[] = [
  ['<?php if ($a > 1) { echo "<img src=\'no.png\'>"; } ?><img src="a.png">', 'image img a.png null'],
  ['<?php // it\'s > <img src="no.png"> ?><img src="a.png">', 'image img a.png null'],
  ['<?php $x = <<<EOT\nit\'s ?> <img src="no.png">\nEOT;\n?><img src="a.png">', 'image img a.png null'],
  ['<img src="<?= $src ?>" alt="<?php echo h($alt > 1); ?>">', 'image img  (computed)'],
  // What is written there may be an alt.
  ['<img src="a.png" <?= $attributes ?>>', 'image img a.png (computed)'],
  ['<img src="{{ x }}" alt="{{t "a > b"}}">', 'image img  (computed)'],
  ['<img src="a.png" alt="{{#if a}}Red{{/if}}">', 'image img a.png (computed)'],
  ['{{!-- <img src="no.png"> --}}<img src="a.png">', 'image img a.png null'],
  ['{% if a > b %}<img src="{% static "a.png" %}">{% endif %}', 'image img  null'],
  ['{% comment %}<img src="no.png">{% endcomment %}{# <img src="no.png"> #}'],
  ['<% if (a > b) { %><img src="<%= src %>" alt="<%- alt %>"><% } %>', 'image img  (computed)'],
  ['<%-- <img src="no.png"> --%>'],
  ['<img src="${base}/a.png"><img src="%PUBLIC_URL%/b.png">', 'image img  null', 'image img  null'],
  ['<p>{{</p><img src="a.png">', 'image img a.png null'],
];

for (const [text, ...expected] of templates) {
  void test(`template ${text}`, () => assert.deepEqual(spelled(text), expected));
}

void test('a self-closed script of XHTML hides nothing', () => {
  const page = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script src="x"/><img src="a.png"/></html>';
  assert.deepEqual(spelled(page, 'xhtml'), ['image img a.png null']);
  assert.deepEqual(spelled(page, 'html'), ['image img a.png null']);
});

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
    const found = only(text);
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
  ['<a href="/x" title="Home"><img src="a.png"></a>', 'link-only', 'Home', '/x'],
  ['<a href="/x"><img src="a.png" alt="Home"><img src="b.png" alt=""></a>', 'link-only decorative', null, '/x'],
  ['<a href="/x"><img src="a.png" alt="Home"><img src="b.png"></a>', 'link-only image', null, '/x'],
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

void test('an anchor without a destination is no link', () => assert.equal(only('<a id="x"><img src="a.png"></a>').link, null));

/** Text → `source: words` for all that stands near the first picture. */
const near: readonly (readonly [text: string, ...expected: string[]])[] = [
  ['<figure><img src="a.png"><figcaption>Sales by <b>month</b></figcaption></figure>', 'caption: Sales by month'],
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

/** Text → after inserting `W`, after removing the alt, after marking as decorative; null where there is no such edit. */
const edits: readonly (readonly [text: string, inserted: string | null, removed: string | null, decorative: string | null])[] = [
  ['<img src="a.png">', '<img src="a.png" alt="W">', null, '<img src="a.png" alt="">'],
  ["<img src='a.png'>", "<img src='a.png' alt='W'>", null, "<img src='a.png' alt=''>"],
  ['<img\n  src="a.png"\n/>', '<img\n  src="a.png" alt="W"\n/>', null, '<img\n  src="a.png" alt=""\n/>'],
  ['<img>', '<img alt="W">', null, '<img alt="">'],
  ['<img alt src=a.png>', '<img alt="W" src=a.png>', '<img src=a.png>', null],
  ['<img alt=x src=a.png>', '<img alt="W" src=a.png>', '<img src=a.png>', '<img alt="" src=a.png>'],
  ['<img src="a.png"\n     alt="x"\n>', '<img src="a.png"\n     alt="W"\n>', '<img src="a.png"\n>', '<img src="a.png"\n     alt=""\n>'],
  ['<img ALT = \'x\' src="a.png">', '<img ALT = \'W\' src="a.png">', '<img src="a.png">', '<img ALT = \'\' src="a.png">'],
  ['<img alt="x" alt="y">', '<img alt="W" alt="y">', null, '<img alt="" alt="y">'],
  ['<img aria-label="x">', '<img aria-label="W">', '<img>', null],
  ['<svg role="img"></svg>', '<svg role="img" aria-label="W"></svg>', null, '<svg role="img" aria-hidden="true"></svg>'],
  ['<svg role="img" aria-label=""></svg>', '<svg role="img" aria-label="W"></svg>', null, '<svg role="img" aria-label="" aria-hidden="true"></svg>'],
  ['<object data="a.svg"></object>', '<object data="a.svg" aria-label="W"></object>', null, null],
  ['<img src="a.png" alt="{{ x }}">', null, null, null],
  ['<img src="a.png" {{#if a}}class="x"{{/if}}>', '<img alt="W" src="a.png" {{#if a}}class="x"{{/if}}>', null, '<img alt="" src="a.png" {{#if a}}class="x"{{/if}}>'],
  ['<a href="/"><img src="a.png"></a>', '<a href="/"><img src="a.png" alt="W"></a>', null, null],
  ['<area href="x">', '<area href="x" alt="W">', null, null],
];

for (const [text, inserted, removed, decorative] of edits) {
  void test(`edit ${text}`, () => {
    const found = only(text);
    const after = (edit: TextEdit | null): string | null => edit && applyEdit(text, edit);
    assert.deepEqual(
      [after(altEdit(found, 'W')), after(found.removeAlt), after(found.markDecorative)],
      [inserted, removed, decorative],
    );
  });
}

void test('other files of the picture, in document order', () => {
  const page =
    '<picture><source srcset="a.webp, b.webp 2x"><source srcset="c.avif"><img src="d.png" srcset="e.png 2x"></picture><img src="f.png">';
  assert.deepEqual(
    references(page).map(({ others }) => others.map(({ written }) => written)),
    [['a.webp', 'b.webp', 'c.avif', 'e.png'], []],
  );
});

void test('the base of a page, its language and its words', () => {
  const page = parseHtml(
    '<html lang="DE-at"><head><title>T</title><base href="img/"></head><body><p>Hallo <b>Welt</b><code>x</code><img src="a.png" style="background:url(&quot;c d.png&quot;)"></body></html>',
    'html',
    options,
  );
  assert.equal(page.declaredLanguage, 'de-at');
  assert.equal(page.prose, 'Hallo Welt');
  assert.deepEqual(
    page.references.map(({ target }) => [target.written, target.prefixes]),
    [['a.png', ['img/']], ['c d.png', ['img/']]],
  );
});

void test('comments of HTML and of templates', () => {
  const text = '<!-- a --><?php // b ?>{{! c }}{{!-- d --}}{# e #}<%# f %><!doctype html><?xml g?>';
  const { comments } = parseHtml(text, 'html', options);
  assert.deepEqual(
    comments.map((comment) => comment.text.trim()),
    ['a', 'b', 'c', 'd', 'e', 'f'],
  );
});

void test('a picture follows another where only white space stands between', () => {
  const found = references('<img src="a.png" style="background: url(x.png)">\n <img src="b.png"> x <img src="c.png"><br><img src="d.png">');
  assert.deepEqual(
    found.filter(({ kind }) => kind !== 'css').map(({ followsPrevious }) => followsPrevious),
    [false, true, false, false],
  );
});

void test('HTML in another language: offsets are turned into the document’s', () => {
  const found = htmlReferences('<!-- x --><img src="a.png">', (offset) => offset * 2, options);
  assert.deepEqual(found.references[0]!.range, { start: 20, end: 54 });
  assert.deepEqual(found.comments[0]!.range, { start: 0, end: 20 });
});

const written = [
  '<p>a <img src="a.png"> b</p>',
  "<p>a <img src='a.png' alt='old'> b</p>",
  '<img alt=old src=a.png><img src="b.png" alt="B">',
  '<img alt src="a.png"/><img aria-label="x" src="b.png">',
  '<a href="/"><img src="a.png"></a><svg role="img"></svg><object data="a.svg"></object>',
  '<form><input type=image src=a.png></form><map name="m"><area href="x" alt="X"></map>',
  '{{#if a}}<img src="a.png" {{#if b}}class="c"{{/if}}>{{/if}}<?= $x ?><% if (a) { %><img src="b.png"><% } %>',
  `<img [src]="'a.png'" [alt]="'old'"><img ngSrc="b.png" [attr.alt]='"old"'>`,
];

void test('no caption breaks a page', () => checkCaptions(parseHtml, 'html', written));

void test('no broken page breaks the parser', () => {
  const cases = readReferenceCases().filter(({ languageId }) => ['html', 'php', 'handlebars'].includes(languageId));
  checkBrokenDocuments(parseHtml, 'html', [...cases.map(({ text }) => text), ...written, ...templates.map(([text]) => text)]);
});

void test('two megabytes are read in reasonable time', () => {
  const pages = [
    '<tr><td><a href="/"><img src="a.png" alt="x"></a> text {{ y }}</td></tr>\n'.repeat(28_000),
    `<a href="/">${'<img src="a.png"> '.repeat(100_000)}</a>`,
    `<p>${'{{ x }}'.repeat(280_000)}`,
    '<div>'.repeat(100_000) + '<img src="a.png">'.repeat(50_000),
  ];
  for (const page of pages) {
    const began = performance.now();
    assert.ok(references(page).length >= 0);
    assert.ok(performance.now() - began < 10_000, `${page.slice(0, 40)} took ${performance.now() - began} ms`);
  }
});
