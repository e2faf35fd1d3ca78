/** Template languages that write HTML: what their fragments hide, and what only the program then knows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHtml } from '../../server/src/documents/html.ts';
import { checkBrokenDocuments, checkCaptions } from '../support/altProperty.ts';

function spelled(text: string): string[] {
  return parseHtml(text, 'php', { imageComponents: [] }).references.map(({ kind, element, target, alt, dynamicAlt }) =>
    [kind, element, target.written, dynamicAlt ? '(computed)' : JSON.stringify(alt)].join(' '),
  );
}

/** Template fragments: what they hide, and what is then known only to the program. */
const templates: readonly (readonly [text: string, ...expected: string[]])[] = [
  ['<?php if ($a > 1) { echo "<img src=\'no.png\'>"; } ?><img src="a.png">', 'image img a.png null'],
  ['<?php // it\'s > <img src="no.png"> ?><img src="a.png">', 'image img a.png null'],
  ['<?php $x = <<<EOT\nit\'s ?> <img src="no.png">\nEOT;\n?><img src="a.png">', 'image img a.png null'],
  ['<? if ($a->b) { ?><img src="<? echo $a->b ?>" alt="x"><? } ?>', 'image img  "x"'],
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
  ['{{-- {{ $x }} <img src="no.png"> --}}{% # <img src="no.png"> %}<img src="a.png">', 'image img a.png null'],
  ['<img src="${base}/a.png"><img src="%PUBLIC_URL%/b.png">', 'image img  null', 'image img  null'],
  ['<p>{{</p><img src="a.png">', 'image img a.png null'],
];

for (const [text, ...expected] of templates) {
  void test(`template ${text}`, () => assert.deepEqual(spelled(text), expected));
}

void test('only a PHP file ends within its code', () => {
  const spoken = '<p>&lt;?php begins <?php <b>x</b></p><img src="a.png">';
  assert.equal(parseHtml(spoken, 'html', { imageComponents: [] }).references.length, 1);
  assert.equal(parseHtml(spoken, 'php', { imageComponents: [] }).references.length, 0);
});

void test('a name in braces opens no comment', () => {
  assert.deepEqual(spelled('<h1>A {#a}</h1><img src="a.png"><h2>B {#b} {# c #}</h2>'), ['image img a.png null']);
});

const written = [
  '{{#if a}}<img src="a.png" {{#if b}}class="c"{{/if}}>{{/if}}<?= $x ?><% if (a) { %><img src="b.png"><% } %>',
  "<?php foreach ($xs as $x): ?><a href='<?= $x ?>'><img src='a.png' alt='old'></a><?php endforeach ?>",
];

void test('no caption breaks a template', () => checkCaptions(parseHtml, 'php', written));

void test('no broken template breaks the parser', () => {
  checkBrokenDocuments(parseHtml, 'php', [...templates.map(([text]) => text), ...written]);
});
