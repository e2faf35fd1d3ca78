/** Angular's templates, which are HTML files: bindings, control flow, and captions as Angular's own compiler reads them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiteralPrimitive, parseTemplate, TmplAstElement, type TmplAstNode } from '@angular/compiler';
import fc from 'fast-check';
import { altEdit, altWords } from '../../server/src/documents/altEdit.ts';
import { parseHtml } from '../../server/src/documents/html.ts';
import type { ImageReference } from '../../server/src/documents/imageReference.ts';
import { checkCaptions } from '../support/altProperty.ts';
import { captionRounds, nastyCaptions, seed } from '../support/captions.ts';
import { applyEdit } from '../support/referenceCases.ts';

const options = { imageComponents: [] };

function references(text: string): readonly ImageReference[] {
  return parseHtml(text, 'html', options).references;
}

/** Template → kind, target, alt and name of the link of each picture. */
const templates: readonly (readonly [text: string, ...expected: string[]])[] = [
  [`<img [src]="'a.png'" [alt]="'A'">`, 'image a.png "A"'],
  ['<img [src]="`a.png`" [attr.alt]=\'"A"\'>', 'image a.png "A"'],
  ['<img [src]="`${x}.png`" [alt]="title | translate">', 'image  (computed)'],
  ['<img bind-src="\'a.png\'" bind-attr.alt="t">', 'image a.png (computed)'],
  ['<img ngSrc="a.png" width="1" height="1" priority>', 'image a.png null'],
  ['<img [ngSrc]="\'a.png\'" alt="">', 'decorative a.png ""'],
  ['<img src="{{ x }}/a.png" alt="a {{ b }}">', 'image  (computed)'],
  ['<img src="a.png" alt="x" [alt]="y">', 'image a.png (computed)'],
  ['<img src="a.png" [attr.alt]="null">', 'image a.png null'],
  ['<img src="a.png" [attr.aria-hidden]="true">', 'decorative a.png null'],
  ['<img *ngIf="a < b" src="a.png" (click)="go(\'>\')">', 'image a.png null'],
  ['<a [routerLink]="[\'/x\']"><img src="a.png"></a>', 'link-only a.png null'],
  ['<a href="/"><app-icon name="x" /><img src="a.png"></a>', 'image a.png null'],
  ['<app-x aria-hidden="true" /><img src="a.png">', 'image a.png null'],
  [
    '<a href="/">@if (a <b && c) { <img src="a.png"> } @else { <img src="b.png"> }</a>',
    'link-only a.png null',
    'link-only b.png null',
  ],
  ['@for (x of xs; track x.id) {<img [src]="x.src" alt="X">} @empty {<p>no</p>}', 'image  "X"'],
  [
    '@switch (m) { @case (1) { <img src="a.png"> } @default { <img src="b.png"> } }',
    'image a.png null',
    'image b.png null',
  ],
  ['@defer (on viewport) { <img src="a.png"> } @placeholder { <p>{{ {a: 1}.a }}</p> }', 'image a.png null'],
  ['<ng-container *ngTemplateOutlet="t"><img src="a.png"></ng-container>', 'image a.png null'],
  ['<p>mail@if.org { x }</p><img src="a.png">', 'image a.png null'],
];

for (const [text, ...expected] of templates) {
  void test(`template ${text}`, () => {
    const spelled = references(text).map(({ kind, target, alt, dynamicAlt }) =>
      [kind, target.written, dynamicAlt ? '(computed)' : JSON.stringify(alt)].join(' '),
    );
    assert.deepEqual(spelled, expected);
  });
}

const written = [
  '<p>a <img ngSrc="a.png" width="1" height="1"> b</p>',
  `<img [src]="'a.png'" alt='old'>`,
  `<img [src]="'a.png'" [alt]="'old'">`,
  '<img [src]="x" [attr.alt]=\'"old"\'>',
  '@if (a < b) { <img [src]="x" alt> }',
];

/** Angular looks for `{{` after entities are resolved, so that no plain attribute can hold it. */
const near = (words: string): string => words.replace(/\{(?=\{)/g, '{ ');

void test('no caption breaks a template', () => {
  const [, , literal, , ...rest] = written;
  checkCaptions(parseHtml, 'html', [written[0]!, written[1]!, ...rest], near);
  checkCaptions(parseHtml, 'html', [literal!, written[3]!]);
});

/** The alt of the template's one image as Angular's compiler reads it; null: none, or computed. */
function altForAngular(template: string): string | null {
  const { nodes, errors } = parseTemplate(template, 'x.html', {});
  assert.deepEqual(errors ?? [], [], template);
  const image = imageIn(nodes);
  assert.ok(image, template);
  const plain = image.attributes.find(({ name }) => name === 'alt');
  if (plain !== undefined) return plain.value;
  const bound = image.inputs.find(({ name }) => name === 'alt')?.value;
  const value: unknown =
    bound !== undefined && 'ast' in bound && bound.ast instanceof LiteralPrimitive ? bound.ast.value : null;
  return typeof value === 'string' ? value : null;
}

function imageIn(nodes: readonly TmplAstNode[]): TmplAstElement | null {
  for (const node of nodes) {
    if (node instanceof TmplAstElement && node.name === 'img') return node;
    const inner = 'children' in node ? node.children : 'branches' in node ? node.branches : [];
    const found = imageIn(inner as TmplAstNode[]);
    if (found !== null) return found;
  }
  return null;
}

void test('Angular’s compiler reads the captions as they were meant', () => {
  const property = fc.property(fc.constantFrom(...written), nastyCaptions, (text, caption) => {
    const result = applyEdit(text, altEdit(references(text)[0]!, caption)!);
    const words = altWords(caption);
    const isBound = /\[(?:attr\.)?alt\]/.test(text);
    assert.equal(altForAngular(result), isBound ? words : near(words), result);
  });
  fc.assert(property, { numRuns: captionRounds, seed });
});
