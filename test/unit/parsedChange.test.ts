/** What crosses from the parse worker after an edit is what changed: put together, it is the document parsed anew. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { fileURLToPath } from 'node:url';
import { ChunkedText } from '../../server/src/documents/chunkedText.ts';
import { parseDocument } from '../../server/src/documents/parse.ts';
import { ParseClient } from '../../server/src/documents/parseClient.ts';
import { parsedChange, withParsedChange } from '../../server/src/documents/parsedChange.ts';
import { captionRounds, seed } from '../support/captions.ts';

const options = { imageComponents: [] };
// oxfmt-ignore
const parts: Readonly<Record<string, readonly string[]>> = {
  markdown: ['![](a.png)', '![a shape](b.png)', '\n\n', ' ', 'words', '<!-- a comment -->', '[![x](c.png)](d.html)', '<img src="e.png">', '# ', '\n> ', '`', '---\nlang: de\n---\n'],
  html: ['<img src="a.png">', '<a href="x"><img src="b.png"></a>', '<p>', '</p>', 'words', '<!-- a comment -->', '<picture><source srcset="c.png 2x"><img src="d.png" alt="x"></picture>', '<a href="y">', '</a>', '"', '<figure>', '<figcaption>z</figcaption>', '<div style="background: url(e.png)">', '<base href="f/">'],
  latex: ['\\includegraphics{a.png}', '\\begin{figure}', '\\caption{x}', '\\end{figure}', '\n', '% a comment\n', '{', '}', 'words'],
  typescriptreact: ['<img src="a.png" />', '<div>', '</div>', ';\n', 'const a = ', '"b.png"', '/* a comment */', '{', '}', '<Image src={a} alt="x" />'],
};
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.oneof(fc.constant(0), fc.nat(30)),
  part: fc.nat(20),
});

function edited(
  text: ChunkedText,
  { at, removed, part }: { at: number; removed: number; part: number },
  some: readonly string[],
): ChunkedText {
  const start = Math.floor(at * text.length);
  const end = Math.min(text.length, start + removed);
  return text.withEdit({ range: { start, end }, newText: some[part % some.length]! });
}

const page = fc.array(fc.nat(20), { minLength: 5, maxLength: 60 });
const worker = new ParseClient(fileURLToPath(new URL('../../server/src/documents/parseWorker.ts', import.meta.url)));
after(() => worker.close());

for (const [languageId, some] of Object.entries(parts)) {
  void test(`what an edit changed of ${languageId} makes the new document of the old one`, async () => {
    const property = fc.asyncProperty(page, fc.array(edit, { minLength: 1, maxLength: 6 }), async (chosen, edits) => {
      let text = ChunkedText.of(chosen.map((part) => some[part % some.length]).join(''));
      let parsed = await parseDocument(text.toString(), languageId, options);
      for (const each of edits) {
        const next = edited(text, each, some);
        const change = next.editFrom(text);
        const wanted = await parseDocument(next.toString(), languageId, options);
        const crossed = structuredClone(parsedChange(parsed, wanted, change));
        assert.deepEqual(withParsedChange(parsed, crossed, change), wanted);
        [text, parsed] = [next, wanted];
      }
    });
    await fc.assert(property, { numRuns: Math.ceil(captionRounds / 4), seed });
  });
}

void test('versions of open documents parsed in the worker are those parsed here', async () => {
  const property = fc.asyncProperty(
    fc.constantFrom(...Object.keys(parts)),
    page,
    fc.array(edit, { maxLength: 6 }),
    async (languageId, chosen, edits) => {
      const some = parts[languageId]!;
      const uri = `file:///a/${languageId}`;
      let chunks = ChunkedText.of(chosen.map((part) => some[part % some.length]).join(''));
      for (const each of [null, ...edits]) {
        if (each !== null) chunks = edited(chunks, each, some);
        const { parsed } = await worker.parse({ uri, chunks }, languageId, options, new AbortController().signal);
        assert.deepEqual(parsed, await parseDocument(chunks.toString(), languageId, options));
      }
      if (edits.length % 2 === 0) worker.forget(uri);
    },
  );
  await fc.assert(property, { numRuns: 60, seed });
});

void test('of a keystroke before 500 pictures nothing but the keystroke crosses', async () => {
  const was = ChunkedText.of(`words\n\n${'![](a.png) ![a shape](b.png)\n\n'.repeat(250)}`);
  const is = was.withEdit({ range: { start: 2, end: 2 }, newText: 'x' });
  const parsed = await Promise.all([was, is].map((text) => parseDocument(text.toString(), 'markdown', options)));
  const { references } = parsedChange(parsed[0]!, parsed[1]!, is.editFrom(was));
  assert.deepEqual(references, { first: 500, last: 0, between: [] });
});
