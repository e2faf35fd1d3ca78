/** TypeScript: the templates in Angular's components; all else is code, to look at only. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { ParsedDocument } from '../../server/src/documents/imageReference.ts';
import { parseTypescript } from '../../server/src/documents/typescript.ts';
import { checkBrokenDocuments, checkCaptions } from '../support/altProperty.ts';

const parse = (text: string): ParsedDocument => parseTypescript(text, 'typescript', { imageComponents: [] });
const component = (template: string): string =>
  `import { Component } from '@angular/core';\n\n@Component({\n  selector: 'app-x',\n  template: ${template},\n})\nexport class X {}\n`;

/** File → kind, range, target as written and alt of each picture. */
const files: readonly (readonly [name: string, text: string, ...expected: string[]])[] = [
  ['a template literal', component('`\n  <img src="a.png">\n`'), 'image <img src="a.png"> a.png null'],
  ['a string', component(`'<img src="a.png" alt="A">'`), 'image <img src="a.png" alt="A"> a.png "A"'],
  [
    'escapes',
    component(String.raw`'<p>\u{1F389} it\'s</p>\n<img src="a\x20b.png" alt="It\'s">'`),
    String.raw`image <img src="a\x20b.png" alt="It\'s"> a\x20b.png "It's"`,
  ],
  [
    'a string in double quotes',
    component(String.raw`"<img src=\"a.png\" [alt]=\"'A'\">"`),
    String.raw`image <img src=\"a.png\" [alt]=\"'A'\"> a.png "A"`,
  ],
  [
    'bindings and blocks',
    component('`@if (a < b) { <img [src]="x" [alt]="y"> } @else { <img [ngSrc]="\'a.png\'"> }`'),
    'image <img [src]="x" [alt]="y"> x (computed)',
    'image <img [ngSrc]="\'a.png\'"> a.png null',
  ],
  ['CRLF', component('`\r\n<p>x</p>\r\n<img\r\n  src="a.png">`'), 'image <img\r\n  src="a.png"> a.png null'],
  ['holes', component('`<img src="a.png">${more}`'), 'css a.png a.png null'],
  [
    'a template elsewhere',
    component('html').replace('html', 'other') + 'const template = \'<img src="a.png">\';\n',
    'css a.png a.png null',
  ],
  ['another decorator', component(`'<img src="a.png">'`).replaceAll('Component', 'Directive'), 'css a.png a.png null'],
  ['a file beside it', component(`''`).replace('template:', 'templateUrl:')],
  [
    'pictures in the code',
    `import a from './a.png';\n${component('`<img src="b.png">`')}const c = 'c.png';\n`,
    'css ./a.png ./a.png null',
    'image <img src="b.png"> b.png null',
    'css c.png c.png null',
  ],
  [
    'a component in a test',
    `describe('x', () => {\n  @Component({ template: '<img src="a.png">', standalone: true })\n  class Host {}\n});\n`,
    'image <img src="a.png"> a.png null',
  ],
];

for (const [name, text, ...expected] of files) {
  void test(`component: ${name}`, () => {
    const spelled = parse(text).references.map(({ kind, range, target, alt, dynamicAlt }) => {
      const at = (place: { start: number; end: number }): string => text.slice(place.start, place.end);
      return [kind, at(range), at(target.range), dynamicAlt ? '(computed)' : JSON.stringify(alt)].join(' ');
    });
    assert.deepEqual(spelled, expected);
  });
}

const written = [
  component('`<p>a <img src="a.png"> b</p>`'),
  component(`'<p><img src="a.png" alt="old"> b</p>'`),
  component(String.raw`"<p><img src=\"a.png\" alt='old'> b</p>"`),
  component('`<img src=a.png alt>\r\n<img [src]="x">`'),
];
const bound = [
  component('`<img src="a.png" [alt]="\'old\'">`'),
  component(String.raw`'<img src="a.png" [alt]="\'old\'">'`),
];

void test('no caption breaks a component', () => {
  checkCaptions(parseTypescript, 'typescript', written, (words) => words.replace(/\{(?=\{)/g, '{ '));
  checkCaptions(parseTypescript, 'typescript', bound);
});

void test('broken components', () => checkBrokenDocuments(parseTypescript, 'typescript', [...written, ...bound]));

void test('comments of the program and of the template', () => {
  const text = `// one\n${component('`<!-- two --><img src="a.png">`')}`;
  assert.deepEqual(
    parse(text).comments.map((each) => each.text.trim()),
    ['one', 'two'],
  );
});
