/** Svelte components: what the case files do not hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'svelte/compiler';
import { altEdit } from '../../server/src/documents/altEdit.ts';
import type { ImageReference } from '../../server/src/documents/imageReference.ts';
import { parseSvelte } from '../../server/src/documents/svelte.ts';
import { checkBrokenDocuments, checkCaptions } from '../support/altProperty.ts';
import { cpuSeconds } from '../support/cpuTime.ts';
import { applyEdit, readReferenceCases } from '../support/referenceCases.ts';

const options = { imageComponents: [] };

function references(text: string): readonly ImageReference[] {
  return parseSvelte(text, 'svelte', options).references;
}

function spelled(text: string): string[] {
  return references(text).map(({ kind, element, target, alt, dynamicAlt }) =>
    [kind, element, target.written, dynamicAlt ? '(computed)' : JSON.stringify(alt)].join(' '),
  );
}

const logo = "<script>import logo from './logo.png';</script>";

/** Component → kind, element, target and alt of each picture. */
const components: readonly (readonly [text: string, ...expected: string[]])[] = [
  ['<img src="./a.png" alt="A &amp; B">', 'image img ./a.png "A & B"'],
  ['<img src=./a.png alt=A/>', 'image img ./a.png "A"'],
  ["<img src={'./a.png'} alt={'A'}>", 'image img ./a.png "A"'],
  ['<img src="{`./a.png`}" alt="{\'A > "b"\'}">', 'image img ./a.png "A > \\"b\\""'],
  [`${logo}<img src="{logo}" alt="x {y}">`, 'image img ./logo.png (computed)'],
  [`${logo}<img src={logo} {...rest}>`, 'image img ./logo.png (computed)'],
  [`${logo}{#each logos as logo}<img src={logo}>{/each}`, 'image img  null'],
  [`${logo}{#each logos as { logo }, i (i)}<img src={logo}>{/each}`, 'image img  null'],
  [
    `${logo}{#await p then logo}<img src={logo}>{/await}<img src={logo}>`,
    'image img  null',
    'image img ./logo.png null',
  ],
  [`${logo}{#snippet row(logo)}<img src={logo}>{/snippet}{@render row(1)}`, 'image img  null'],
  [`${logo}<List let:logo><img src={logo}></List>`, 'image img  null'],
  ['<script>let src = "./a.png"</script><img {src}>', 'image img  null'],
  ['<script>const base = "./img"</script><img src="{base}/a.png">', 'image img ./img/a.png null'],
  ['<script lang="ts">const src: string = "./a.png"</script><img {src}>', 'image img ./a.png null'],
  [
    '<script context="module">import src from "./a.png"</script><script>let x</script><img {src}>',
    'image img ./a.png null',
  ],
  ['<img src="a.png" alt={undefined}>', 'image img a.png null'],
  ['<img src="a.png" alt>', 'decorative img a.png ""'],
  ['<img src="a.png" aria-hidden={true}>', 'decorative img a.png null'],
  [
    '<enhanced:img src="./a.png" alt="x" /><Image src="b.png"/><Card src="c.png"/>',
    'image enhanced:img ./a.png "x"',
    'image Image b.png null',
  ],
  ['{#if a < b}<img src="a.png">{:else}<img src="b.png">{/if}', 'image img a.png null', 'image img b.png null'],
  [
    '{#key x}<img src="a.png">{/key}{#await p}<img src="b.png">{/await}',
    'image img a.png null',
    'image img b.png null',
  ],
  ['<a href="/">{#if x}<img src="a.png" alt="">{/if}</a>', 'link-only img a.png ""'],
  ['<a href={to}>{title}<img src="a.png"></a>', 'image img a.png null'],
  ['<a href="/">{" "}<img src="a.png"></a>', 'link-only img a.png null'],
  ['<a href="/"><slot/><img src="a.png"></a>', 'image img a.png null'],
  ['<a href="/">{@html x}<img src="a.png"></a>', 'image img a.png null'],
  ['{@html `<img src="a.png">`}{"<img src=\'b.png\'>"}'],
  [
    '<svelte:head><link href="x"></svelte:head><svelte:fragment><img src="a.png"></svelte:fragment>',
    'image img a.png null',
  ],
  ['<style lang="scss">// url(x.png)\n p { background: url(a.png) }</style>', 'css url a.png null'],
  ['<img src="a.png" on:click|once={() => go("}")} class:big={a > b} style:color="red">', 'image img a.png null'],
  ['<picture><source srcset="b.webp 1x"><img src="a.png"></picture>', 'image img a.png null'],
  // Svelte's own parser gives nothing for these.
  ['<p><img src="a.png"'],
  ['<p></div><img src="a.png"><p>', 'image img a.png null'],
  ['{#if x}<img src="a.png" alt="{y}">', 'image img a.png (computed)'],
  [`${logo}{#each logos as logo}<img src={logo}><img src={a b}>`, 'image img  null', 'image img  null'],
  [`${logo}<img src={logo} src={logo} alt="x">{`, 'image img ./logo.png "x"'],
  ['<ul><li><a href="/"><img src="a.png"></a><li>text</ul></section>', 'link-only img a.png null'],
  ['<script>const { = </script><img src="a.png"><style>p {', 'image img a.png null'],
];

for (const [text, ...expected] of components) {
  void test(`component ${text}`, () => assert.deepEqual(spelled(text), expected));
}

/** An attribute → the same with `W` in its alt. */
const insertions: readonly (readonly [before: string, after: string])[] = [
  ['<img src="a.png"/>', '<img src="a.png" alt="W"/>'],
  ['<img {src}>', '<img {src} alt="W">'],
  ["<img src='a.png' alt='x'>", "<img src='a.png' alt='W'>"],
  ["<img src={x} alt={'x'}>", "<img src={x} alt={'W'}>"],
  ['<img src={x} alt="{`x`}">', '<img src={x} alt="{`W`}">'],
  ['<img src={x} alt={null}>', '<img src={x} alt="W">'],
  ['<img src={x} alt=x>', '<img src={x} alt="W">'],
];

for (const [before, after] of insertions) {
  void test(`insertion ${before}`, () => {
    assert.equal(applyEdit(before, altEdit(references(before)[0]!, 'W')!), after);
  });
}

const written = [
  '<p>a <img src="./a.png"> b</p>',
  "<img src='./a.png' alt='old'><img {src} alt={'old'}>",
  '{#each xs as x}<img src={x} alt={"old"}>{/each}<img src="b.png" alt="{`old`}">',
  `${logo}<a href="/"><enhanced:img src={logo} alt=old /></a>`,
];
/** The same in documents that Svelte's parser refuses. */
const broken = written.map((text) => `${text}</section>`);

void test('no caption breaks a component, sound or not', () => {
  for (const text of written) assert.doesNotThrow(() => parse(text, { modern: true }), text);
  for (const text of broken) assert.throws(() => parse(text, { modern: true }), text);
  checkCaptions(parseSvelte, 'svelte', [...written, ...broken]);
});

void test('sound and broken documents are read alike', () => {
  const cases = readReferenceCases().filter(({ languageId }) => languageId === 'svelte');
  for (const { text } of cases) assert.deepEqual(spelled(`${text}</section>`), spelled(text), text);
});

void test('no broken component breaks the parser', () => {
  const cases = readReferenceCases().filter(({ languageId }) => languageId === 'svelte');
  const all = [...cases.map(({ text }) => text), ...components.map(([text]) => text)];
  checkBrokenDocuments(parseSvelte, 'svelte', [...all, ...written]);
});

void test('two megabytes are read in reasonable time', () => {
  const broken = ['{', '<a b="', '<a {', '<script>', '<p>`${', '{#if x}<p>', "'", '{/'].map((open) =>
    open.repeat(60_000),
  );
  const row = '{#each y as x}<p><img src={x.src} alt="x"> text {a}</p>{/each}\n';
  for (const text of [row.repeat(32_000), `${row.repeat(32_000)}</p>`, ...broken]) {
    const seconds = cpuSeconds(() => references(text));
    assert.ok(seconds < 8, `${text.slice(0, 20)} took ${seconds} s`);
  }
});
