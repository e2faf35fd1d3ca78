/** HTML and the template languages that write it: what the case files do not hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { altEdit } from '../../server/src/documents/altEdit.ts';
import { htmlReferences, parseHtml } from '../../server/src/documents/html.ts';
import type { ImageReference, TextEdit } from '../../server/src/documents/imageReference.ts';
import { checkBrokenDocuments, checkCaptions } from '../support/altProperty.ts';
import { cpuSeconds } from '../support/cpuTime.ts';
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
  [
    '<select><button><selectedcontent></selectedcontent></button><option><img src="a.png"> A</option></select>',
    'image img a.png null',
  ],
  ['<math><mtext><img src="a.png"></mtext></math>', 'image img a.png null'],
];

for (const [text, ...expected] of forms) {
  void test(`form ${text}`, () => assert.deepEqual(spelled(text), expected));
}

void test('a self-closed script of XHTML hides nothing', () => {
  const page =
    '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script src="x"/><img src="a.png"/></html>';
  assert.deepEqual(spelled(page, 'xhtml'), ['image img a.png null']);
  assert.deepEqual(spelled(page, 'html'), ['image img a.png null']);
});

/** Text → after inserting `W`, after removing the alt, after marking as decorative; null where there is no such edit. */
const edits: readonly (readonly [
  text: string,
  inserted: string | null,
  removed: string | null,
  decorative: string | null,
])[] = [
  ['<img src="a.png">', '<img src="a.png" alt="W">', null, '<img src="a.png" alt="">'],
  ["<img src='a.png'>", "<img src='a.png' alt='W'>", null, "<img src='a.png' alt=''>"],
  ['<img\n  src="a.png"\n/>', '<img\n  src="a.png" alt="W"\n/>', null, '<img\n  src="a.png" alt=""\n/>'],
  ['<img>', '<img alt="W">', null, '<img alt="">'],
  ['<img alt src=a.png>', '<img alt="W" src=a.png>', '<img src=a.png>', null],
  ['<img alt=x src=a.png>', '<img alt="W" src=a.png>', '<img src=a.png>', '<img alt="" src=a.png>'],
  [
    '<img src="a.png"\n     alt="x"\n>',
    '<img src="a.png"\n     alt="W"\n>',
    '<img src="a.png"\n>',
    '<img src="a.png"\n     alt=""\n>',
  ],
  [
    '<img ALT = \'x\' src="a.png">',
    '<img ALT = \'W\' src="a.png">',
    '<img src="a.png">',
    '<img ALT = \'\' src="a.png">',
  ],
  ['<img alt="x" alt="y">', '<img alt="W" alt="y">', null, '<img alt="" alt="y">'],
  ['<img aria-label="x">', '<img aria-label="W">', '<img>', null],
  [
    '<svg role="img"></svg>',
    '<svg role="img" aria-label="W"></svg>',
    null,
    '<svg role="img" aria-hidden="true"></svg>',
  ],
  [
    '<svg role="img" aria-label=""></svg>',
    '<svg role="img" aria-label="W"></svg>',
    null,
    '<svg role="img" aria-label="" aria-hidden="true"></svg>',
  ],
  [
    '<img src="a.png" role="none" alt="x">',
    '<img src="a.png" role="none" alt="W">',
    '<img src="a.png" role="none">',
    '<img src="a.png" role="none" alt="">',
  ],
  ['<object data="a.svg"></object>', '<object data="a.svg" aria-label="W"></object>', null, null],
  ['<img src="a.png" alt="{{ x }}">', null, null, null],
  [
    '<img src="a.png" {{#if a}}class="x"{{/if}}>',
    '<img alt="W" src="a.png" {{#if a}}class="x"{{/if}}>',
    null,
    '<img alt="" src="a.png" {{#if a}}class="x"{{/if}}>',
  ],
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
    [
      ['a.png', ['img/']],
      ['c d.png', ['img/']],
    ],
  );
});

void test('comments of HTML and of templates', () => {
  const text =
    '<!-- a --><?php // b ?>{{! c }}{{!-- d --}}{# e #}<%# f %>{% comment %} g {% endcomment %}<!doctype html><?xml h?>';
  const { comments } = parseHtml(text, 'html', options);
  assert.deepEqual(
    comments.map((comment) => comment.text.trim()),
    ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
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
  `<img [src]="'a.png'" [alt]="'old'"><img ngSrc="b.png" [attr.alt]='"old"'>`,
];

void test('no caption breaks a page', () => checkCaptions(parseHtml, 'html', written));

void test('no broken page breaks the parser', () => {
  const cases = readReferenceCases().filter(({ languageId }) => ['html', 'php', 'handlebars'].includes(languageId));
  checkBrokenDocuments(parseHtml, 'html', [...cases.map(({ text }) => text), ...written]);
});

void test('two megabytes are read in reasonable time', () => {
  const pages = [
    '<tr><td><a href="/"><img src="a.png" alt="x"></a> text {{ y }}</td></tr>\n'.repeat(28_000),
    `<a href="/">${'<img src="a.png"> '.repeat(60_000)}</a>`,
    `<p>${'{{ x }}'.repeat(280_000)}`,
    '<div>'.repeat(60_000) + '<img src="a.png">'.repeat(30_000),
    '<picture><figure>' + '<source srcset="b.png"><img src="a.png">'.repeat(30_000),
    ...['{{', '<%', '{%', '<?php ', '{#', '<a ', '<a "', '@if (', '@if {<a "', '<!--', '<style>'].map((open) =>
      open.repeat(60_000),
    ),
  ];
  for (const page of pages) {
    const seconds = cpuSeconds(() => references(page));
    assert.ok(seconds < 8, `${page.slice(0, 40)} took ${seconds} s`);
  }
});
