/** Vue's single-file components: what the case files do not hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { altEdit } from '../../server/src/documents/altEdit.ts';
import type { ImageReference } from '../../server/src/documents/imageReference.ts';
import { parseVue } from '../../server/src/documents/vue.ts';
import { checkBrokenDocuments, checkCaptions } from '../support/altProperty.ts';
import { cpuSeconds } from '../support/cpuTime.ts';
import { applyEdit, readReferenceCases } from '../support/referenceCases.ts';

const options = { imageComponents: ['MyPicture'] };

function references(text: string): readonly ImageReference[] {
  return parseVue(text, 'vue', options).references;
}

function spelled(text: string): string[] {
  return references(text).map(({ kind, element, target, alt, dynamicAlt }) =>
    [kind, element, target.resolution, target.written, dynamicAlt ? '(computed)' : JSON.stringify(alt)].join(' '),
  );
}

/** What stands in `<template>` → kind, element, resolution, target and alt of each picture. */
const templates: readonly (readonly [text: string, ...expected: string[]])[] = [
  ['<img src="./a.png" alt="A &amp; {{b}}">', 'image img url ./a.png "A & {{b}}"'],
  [
    '<img src="@/assets/a.png"><img src="~@/a.png"><img src="~pkg/a.png">',
    'image img url @/assets/a.png null',
    'image img module @/a.png null',
    'image img module pkg/a.png null',
  ],
  [`<img :src="'./a.png'" :alt="'A'">`, 'image img url ./a.png "A"'],
  [`<img v-bind:src='"./a.png"' v-bind:alt='\`A\`'>`, 'image img url ./a.png "A"'],
  ['<img :src="`./${name}.png`" :alt="`${name}`">', 'image img url  (computed)'],
  [`<img :src="require('./a.png')">`, 'image img module ./a.png null'],
  [`<img :src="new URL('./a.png', import.meta.url).href">`, 'image img url ./a.png null'],
  ['<img :src="unknown" :alt="$t(\'x\')">', 'image img url  (computed)'],
  [
    '<img src="a.png" :alt="undefined"><img src="b.png" :alt="null">',
    'image img url a.png null',
    'image img url b.png null',
  ],
  ['<img src="a.png" :alt="\'\'">', 'decorative img url a.png ""'],
  ['<img src="a.png" alt>', 'decorative img url a.png ""'],
  ['<img src="a.png" alt="x" :alt="y">', 'image img url a.png (computed)'],
  ['<img src="a.png" :[key]="y">', 'image img url a.png (computed)'],
  ['<img src="a.png" v-bind="$attrs">', 'image img url a.png (computed)'],
  ['<img src="a.png" :aria-hidden="true">', 'decorative img url a.png null'],
  [
    '<NuxtImg src="/a.png" alt="x"/><nuxt-img src="/b.png"/><v-img src="c.png"/>',
    'image NuxtImg url /a.png "x"',
    'image nuxt-img url /b.png null',
    'image v-img url c.png null',
  ],
  [
    '<MyPicture src="a.png"/><my-picture src="b.png"/><MyCard src="c.png"/>',
    'image MyPicture url a.png null',
    'image my-picture url b.png null',
  ],
  ['<!-- <img src="a.png"> -->{{ \'<img src="b.png">\' }}'],
  ['<p v-if="a < b"><img src="a.png"></p><p v-else>x</p>', 'image img url a.png null'],
  ['<a :href="to"><template v-if="x"><img src="a.png" alt=""></template></a>', 'link-only img url a.png ""'],
  ['<router-link to="/x"><img src="a.png"></router-link>', 'link-only img url a.png null'],
  ['<a href="/"><slot/><img src="a.png"></a>', 'image img url a.png null'],
  ['<a href="/"><Icon/><img src="a.png"></a>', 'image img url a.png null'],
  ['<button v-text="x"><img src="a.png"></button>', 'image img url a.png null'],
  ['<div style="background: url(a.png)" :style="x"></div>', 'css url url a.png null'],
  ['<svg role="img"><title>{{ t }}</title></svg>', 'image svg url  (computed)'],
  ['<component :is="img" src="a.png"/>'],
];

for (const [text, ...expected] of templates) {
  void test(`template ${text}`, () => assert.deepEqual(spelled(`<template>${text}</template>`), expected));
}

const logo = "import logo from './logo.png';";

/** Script and template → what `<img :src="logo">` points at. */
const scripts: readonly (readonly [script: string, template: string, target: string | null])[] = [
  [`<script setup>${logo}</script>`, '<img :src="logo">', './logo.png'],
  [`<script setup lang="ts">${logo} const x = <T,>(y: T) => y;</script>`, '<img :src="logo">', './logo.png'],
  [`<script setup>${logo}</script>`, '<img :src>', null],
  ["<script setup>import src from './a.png'</script>", '<img :src>', './a.png'],
  ["<script setup>const logo = './a.png'</script>", '<img :src="logo">', './a.png'],
  ["<script setup>let logo = './a.png'</script>", '<img :src="logo">', null],
  ["<script setup>const logo = ref('./a.png')</script>", '<img :src="logo">', null],
  [`<script setup>${logo}</script>`, '<img v-for="logo in logos" :src="logo">', null],
  [`<script setup>${logo}</script>`, '<p v-for="(x, { logo }) of logos"><img :src="logo"></p>', null],
  [`<script setup>${logo}</script>`, '<List #item="{ logo }"><img :src="logo"></List>', null],
  [`<script>${logo} export default { data() { return { logo } } }</script>`, '<img :src="logo">', './logo.png'],
  [
    `<script>${logo} export default defineComponent({ data: () => ({ logo }) })</script>`,
    '<img :src="logo">',
    './logo.png',
  ],
  [`<script>${logo} export default { setup() { return { logo } } }</script>`, '<img :src="logo">', './logo.png'],
  ["<script>export default { data: () => ({ logo: require('./a.png') }) }</script>", '<img :src="logo">', './a.png'],
  [`<script>export default { data: () => ({ logo: './a.png' }) }</script>`, '<img :src="logo">', null],
  [`<script>${logo}</script>`, '<img :src="logo">', null],
  ['<script setup>const a = b; const b = a;</script>', '<img :src="a">', null],
  ['<script setup>import { broken from</script>', '<img :src="logo">', null],
];

for (const [script, template, target] of scripts) {
  void test(`script ${script} ${template}`, () => {
    const found = references(`${script}<template>${template}</template>`);
    assert.deepEqual(
      found.map((reference) => reference.target.written),
      [target],
    );
  });
}

void test('a picture of another language of templates is not read', () => {
  assert.deepEqual(spelled('<template lang="pug">img(src="a.png")</template>'), []);
});

void test('comments of the template and beside it', () => {
  const { comments } = parseVue('<!-- a --><template><!-- b --><img src="x.png"></template>', 'vue', options);
  assert.deepEqual(
    comments.map(({ text }) => text),
    [' a ', ' b '],
  );
});

/** An attribute → the same with `W` in its alt. */
const insertions: readonly (readonly [before: string, after: string])[] = [
  ['<img src="a.png"/>', '<img src="a.png" alt="W"/>'],
  ["<img :src='x'>", "<img :src='x' alt='W'>"],
  [`<img src="a.png" :alt="'x'">`, `<img src="a.png" :alt="'W'">`],
  ['<img src="a.png" :alt="`x`">', '<img src="a.png" :alt="`W`">'],
  ['<img src="a.png" :alt="undefined">', '<img src="a.png" alt="W">'],
  ['<img v-if="x > 1" src="a.png" alt>', '<img v-if="x > 1" src="a.png" alt="W">'],
];

for (const [before, after] of insertions) {
  void test(`insertion ${before}`, () => {
    const text = `<template>${before}</template>`;
    assert.equal(applyEdit(text, altEdit(references(text)[0]!, 'W')!), `<template>${after}</template>`);
  });
}

const written = [
  '<template><p>a <img src="./a.png"> b</p></template>',
  `<template><img :src="'a.png'" :alt="'old'"><img src='b.png' alt='B'></template>`,
  '<template><img src="a.png" :alt="`old`"/><img src="b.png" :alt=\'"old"\'></template>',
  `<script setup>${logo}</script><template><a href="/"><NuxtImg :src="logo" alt=old /></a></template>`,
];

void test('no caption breaks a component', () => checkCaptions(parseVue, 'vue', written));

void test('no broken component breaks the parser', () => {
  const cases = readReferenceCases().filter(({ languageId }) => languageId === 'vue');
  const all = [
    ...cases.map(({ text }) => text),
    ...scripts.map(([script, template]) => `${script}<template>${template}</template>`),
  ];
  checkBrokenDocuments(parseVue, 'vue', [...all, ...written]);
});

void test('two megabytes are read in reasonable time', () => {
  const row = '<p v-for="x in y"><img :src="x.src" alt="x"> text {{ a }}</p>\n';
  const seconds = cpuSeconds(() =>
    assert.equal(references(`<template>${row.repeat(32_000)}</template>`).length, 32_000),
  );
  assert.ok(seconds < 8, `${seconds} s`);
});
