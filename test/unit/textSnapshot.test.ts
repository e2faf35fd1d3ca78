import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { TextSnapshot } from '../../server/src/textSnapshot.ts';
import { captionRounds, seed } from '../support/captions.ts';

const uri = 'file:///a.md';
const piece = fc.constantFrom('a', 'é', '😀', '\n', '\r', '\r\n', '\n', ' ', '\u2028', '![](a.png)');
const short = fc.array(piece, { maxLength: 30 }).map((parts) => parts.join(''));
/** Of several chunks. */
const long = fc.tuple(short, fc.integer({ min: 200, max: 1500 })).map(([text, times]) => text.repeat(times));
const place = fc.record({ line: fc.nat(40), character: fc.integer({ min: -2, max: 40 }) });
const farPlace = fc.record({ line: fc.nat(3000), character: fc.nat(5000) });
const change = fc.record({
  range: fc.tuple(fc.oneof(place, farPlace), fc.oneof(place, farPlace)).map(([start, end]) => ({ start, end })),
  text: fc.oneof({ weight: 4, arbitrary: short }, long),
});

void test('places in a snapshot are those of the LSP library', () => {
  fc.assert(
    fc.property(fc.oneof(short, long), fc.integer({ min: -2, max: 40 }), fc.nat(20_000), place, (text, a, b, at) => {
      const library = TextDocument.create(uri, 'markdown', 1, text);
      const snapshot = TextSnapshot.create(uri, 'markdown', 1, text);
      assert.equal(snapshot.lineCount, library.lineCount);
      for (const offset of [a, b]) assert.deepEqual(snapshot.positionAt(offset), library.positionAt(offset));
      assert.equal(snapshot.offsetAt(at), library.offsetAt(at));
      assert.equal(snapshot.offsetAt({ line: -1, character: 3 }), library.offsetAt({ line: -1, character: 3 }));
      const range = { start: { line: 0, character: 0 }, end: at };
      assert.equal(snapshot.getText(range), library.getText(range));
    }),
    { seed },
  );
});

void test('a snapshot after edits is the text that the LSP library makes of them', () => {
  const edits = fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { maxLength: 8 });
  const property = fc.property(long, edits, fc.nat(20_000), (text, versions, offset) => {
    let library = TextDocument.create(uri, 'markdown', 1, text);
    let snapshot = TextSnapshot.create(uri, 'markdown', 1, text);
    for (const [index, changes] of versions.entries()) {
      for (const each of changes) {
        TextDocument.update(library, [each], index + 2);
        // After a change past the last line the library's own count is wrong.
        library = TextDocument.create(uri, 'markdown', index + 2, library.getText());
      }
      const before = snapshot;
      const wasText = before.getText();
      snapshot = TextSnapshot.update(before, changes, index + 2);
      assert.equal(snapshot.getText(), library.getText());
      assert.equal(snapshot.version, library.version);
      assert.equal(snapshot.lineCount, library.lineCount);
      assert.deepEqual(snapshot.positionAt(offset), library.positionAt(offset));
      const { range, newText } = snapshot.chunks.editFrom(before.chunks);
      assert.equal(wasText.slice(0, range.start) + newText + wasText.slice(range.end), snapshot.getText());
      assert.equal(before.getText(), wasText);
    }
  });
  fc.assert(property, { numRuns: Math.max(50, captionRounds), seed });
});

void test('a change without a range is the whole text', () => {
  const snapshot = TextSnapshot.update(TextSnapshot.create(uri, 'markdown', 1, 'old'), [{ text: 'new\n' }], 2);
  assert.deepEqual([snapshot.getText(), snapshot.lineCount, snapshot.version], ['new\n', 2, 2]);
});
