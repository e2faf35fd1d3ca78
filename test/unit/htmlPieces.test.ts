/** After an edit a page is read from what was known of it: nothing but time may depend on that. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseHtml } from '../../server/src/documents/html.ts';
import { htmlEncodings } from '../../server/src/documents/htmlAttributes.ts';
import { HtmlMarks } from '../../server/src/documents/htmlMarks.ts';
import { HtmlMemory, type MarkedTree } from '../../server/src/documents/htmlMemory.ts';
import { type KnownHtml, patchedHtml } from '../../server/src/documents/htmlPatch.ts';
import { parsePage } from '../../server/src/documents/htmlParser.ts';
import { maskTemplates } from '../../server/src/documents/htmlTemplates.ts';
import { type HtmlSource, htmlTree } from '../../server/src/documents/htmlTree.ts';
import type { DocumentParser, TextRange } from '../../server/src/documents/imageReference.ts';
import type { MarkupNode } from '../../server/src/documents/markup.ts';
import { captionRounds, seed } from '../support/captions.ts';

/** Parts of pages, right and wrong. */
// oxfmt-ignore
const parts = [
  '<p>text <em>and</em> more</p>', '<p>open', '</p>', '<div>', '</div>', '<section class="x">', '</section>', '<ul><li>a<li>b</ul>',
  '<img src="a.png">', '<img src=b.png alt=B>', "<a href='/'><img src='c.png' alt=''></a>", '<a href="/">', '</a>', '<b>', '</b>',
  '<i><b>x</i>y</b>', '<table><tr><td>a<td>b</table>', '<table>', 'stray', '<tr><td><img src="d.png">', '</table>', '<td>', '<tbody>',
  '<!-- a comment -->', '<!--', '-->', '<script>if (a < b) "<img>"</script>', '<script>', '</script>', '<style>.a { background: url(e.png) }</style>',
  '<textarea>', '</textarea>', '<pre>\n', '</pre>', '<form>', '</form>', '<svg role="img"><title>x</title></svg>', '<svg>', '</svg>',
  '<template><img src="f.png"></template>', '<template>', '</template>', '<select><option>a</select>', '<button><img src="g.png"></button>',
  '<app-icon name="x" />', '<my-card>', '</my-card>', '{{ output }}', '{% if x %}', '{% endif %}', '{{', '}}', '@if (a < b) {', '}',
  '<body class="y">', '</body>', '<html lang="de">', '</html>', '<head>', '<title>x</title>', '<base href="x/">', '<h1>Head</h1>',
  '&amp;', '&', '<', '>', '"', "'", '=', '/', ' ', '\n', '\n', '\r\n', '🎉', 'x', '<noscript>', '</noscript>', '<plaintext>', '<object data="h.png">', '</object>',
];
const usual = [
  '<p>text <em>and</em> more</p>\n',
  '<div><p>a</p>\n<img src="i.png" alt="x"></div>\n',
  '<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n',
];
const starts = [
  '',
  '<!doctype html>\n<html lang="en"><head><title>x</title></head>\n<body>\n',
  '<html><body><main>\n',
  '<table><tr><td>x</td></tr>\n',
  '<form><div>\n',
];

function sourceOf(text: string): HtmlSource {
  return { original: text, masked: maskTemplates(text, { isXhtml: false, isPhp: false }), encodings: htmlEncodings };
}

function knownPage(text: string): KnownHtml {
  const source = sourceOf(text);
  const isPage = text.includes('<body');
  const { nodes, waypoints } = parsePage(source.masked.text, isPage);
  return { ...source, ...htmlTree(source, nodes, 0), isPage, waypoints, marks: HtmlMarks.ofPage(text.length) };
}

interface Edit {
  readonly at: number;
  readonly removed: number;
  readonly added: string;
}

const ends = [
  '',
  '\n',
  '</main>\n</body></html>\n',
  '</div></form>\n',
  '</body>\n</html>',
  '</table>',
  '</body><!-- x --></html>y',
];

/** A page is long enough for some waypoints. */
const page = fc
  .tuple(
    fc.constantFrom(...starts),
    fc.array(
      fc.oneof(
        { weight: 30, arbitrary: fc.constantFrom(...usual) },
        { weight: 1, arbitrary: fc.constantFrom(...parts) },
      ),
      { minLength: 150, maxLength: 500 },
    ),
    fc.constantFrom(...ends),
  )
  .map(([start, chosen, end]) => start + chosen.join('') + end);
const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 0.05, noNaN: true }),
    fc.double({ min: 0.95, max: 1, noNaN: true }),
  ),
  removed: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(12), fc.nat(3000)),
  added: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...parts) },
    fc.array(fc.constantFrom(...parts), { maxLength: 3 }).map((all) => all.join('')),
  ),
});

function edited(text: string, { at, removed, added }: Edit): string {
  const start = Math.floor(at * text.length);
  return text.slice(0, start) + added + text.slice(start + removed);
}

function wholly(source: HtmlSource): { nodes: unknown; comments: unknown } {
  const isPage = /<!doctype|<html[\s>]|<head[\s>]|<body[\s>]/i.test(source.masked.text);
  return htmlTree(source, parsePage(source.masked.text, isPage).nodes, 0);
}

/** A tree with the offsets that its marks stand for. */
function standing({ nodes, comments, marks }: MarkedTree): unknown {
  const at = (mark: number): number => marks.offsetOf(mark);
  const rangeOf = ({ start, end }: TextRange): TextRange => ({ start: at(start), end: at(end) });
  const within = <T extends { readonly range: TextRange }>(part: T): T => ({ ...part, range: rangeOf(part.range) });
  const node = (each: MarkupNode): MarkupNode =>
    each.kind !== 'element'
      ? each
      : {
          ...within(each),
          attributes: each.attributes.map((attribute) => ({
            ...within(attribute),
            valueRange: rangeOf(attribute.valueRange),
            slot: attribute.slot && within(attribute.slot),
          })),
          spreads: each.spreads.map(at),
          end: at(each.end),
          insertAt: at(each.insertAt),
          children: each.children.map(node),
          style: each.style && { ...each.style, start: at(each.style.start) },
        };
  return { nodes: nodes.map(node), comments: comments.map(within) };
}

void test('a page read after edits is the page read anew', () => {
  const property = fc.property(page, fc.array(edit, { minLength: 1, maxLength: 6 }), (first, edits) => {
    const memory = new HtmlMemory(0);
    memory.read(sourceOf(first));
    let text = first;
    for (const each of edits) {
      text = edited(text, each);
      const source = sourceOf(text);
      assert.deepEqual(standing(memory.read(source)), wholly(source), JSON.stringify({ first, edits }).slice(0, 200));
    }
  });
  fc.assert(property, { numRuns: Math.ceil(captionRounds / 4), seed });
});

let modules = 0;

/** The parser with nothing remembered. */
async function freshParser(): Promise<DocumentParser> {
  const module: string = `../../server/src/documents/html.ts?${modules++}`;
  return ((await import(module)) as { readonly parseHtml: DocumentParser }).parseHtml;
}

void test('references read after edits are those of the page read anew', async () => {
  const options = { imageComponents: [] };
  const long = fc.tuple(page, page).map(([one, other]) => `${one}${'<p>x</p>\n'.repeat(4000)}${other}`);
  const property = fc.asyncProperty(long, fc.array(edit, { minLength: 1, maxLength: 4 }), async (first, edits) => {
    let text = first;
    for (const each of [null, ...edits]) {
      if (each !== null) text = edited(text, each);
      assert.deepEqual(parseHtml(text, 'html', options), (await freshParser())(text, 'html', options));
    }
  });
  await fc.assert(property, { numRuns: Math.ceil(captionRounds / 50), seed });
});

void test('lines are taken away without reading the rest of the page', () => {
  const lines = Array.from({ length: 500 }, (_, index) => `<p>Line ${index} with <em>some</em> text.</p>\n`);
  const without = (first: number): string => lines.toSpliced(first, 10).join('');
  for (const around of [
    (all: string): string => all,
    (all: string): string => `<html><body><main>\n${all}</main></body></html>`,
  ]) {
    const known = knownPage(around(lines.join('')));
    for (const first of [5, 250, 485]) assert.ok(patchedHtml(known, sourceOf(around(without(first)))), `line ${first}`);
  }
});

void test('a keystroke is read without the rest of the page', () => {
  const line = '<p>Line with <em>some</em> text.</p>\n';
  const cell = '<tr><td>one</td><td><img src="a.png"></td></tr>\n';
  const section = `<section>\n${line.repeat(20)}</section>\n`;
  const pages = {
    'a fragment': line.repeat(500),
    'a page': `<!doctype html><html><head><title>x</title></head><body>\n${line.repeat(500)}</body></html>\n`,
    'an element around all': `<body><div id="app"><main>\n${section.repeat(30)}</main></div></body>`,
    'a form around all': `<html><body><form><div>${line.repeat(500)}</div></form></body></html>`,
    'a table': `<body><table><tbody>\n${cell.repeat(500)}</tbody></table></body>`,
    'a list': `<ul>\n${'<li>one <img src="a.png"></li>\n'.repeat(800)}</ul>`,
    templates: `{% for x in y %}\n${`<p>{{ x }} ${line}</p>\n`.repeat(500)}{% endfor %}`,
  };
  for (const [name, text] of Object.entries(pages)) {
    const known = knownPage(text);
    const middle = text.length / 2;
    const word = text.indexOf('one', middle) === -1 ? 'text' : 'one';
    const second = text.indexOf(word, text.indexOf(word) + 1);
    for (const at of [second + 1, text.indexOf(word, middle) + 1, text.lastIndexOf(word) + 1]) {
      for (const added of ['x', '\n', '&amp;', '<b>y</b>', '<!-- y -->', '<img src=z.png>', line.repeat(3)]) {
        const patched = patchedHtml(known, sourceOf(text.slice(0, at) + added + text.slice(at)));
        assert.ok(patched, `${name}: ${added} at ${at} of ${text.length}`);
      }
    }
    const tag = text.indexOf('<', middle) + 2;
    for (const added of [' class="x"', ' x']) {
      const inTag = text.slice(0, tag) + text.slice(tag).replace(/^\w*/, (rest) => rest + added);
      assert.ok(patchedHtml(known, sourceOf(inTag)), `${name}: ${added} in a tag`);
    }
  }
});
