import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { lineStarts } from '../../server/src/documents/lineStarts.ts';
import { TextSnapshot } from '../../server/src/textSnapshot.ts';

const pieces = fc.constantFrom('a', 'é', '😀', '\n', '\r', '\r\n', ' ', '\u2028', '![](a.png)');

test('places in a snapshot are those of the LSP library', () => {
  fc.assert(
    fc.property(
      fc.array(pieces, { maxLength: 30 }),
      fc.integer({ min: -2, max: 40 }),
      fc.integer({ min: -2, max: 40 }),
      (parts, a, b) => {
        const text = parts.join('');
        const library = TextDocument.create('file:///a.md', 'markdown', 1, text);
        const snapshot = new TextSnapshot({
          uri: 'file:///a.md',
          languageId: 'markdown',
          version: 1,
          text,
          lineStarts: lineStarts(text),
        });
        assert.equal(snapshot.lineCount, library.lineCount);
        assert.deepEqual(snapshot.positionAt(a), library.positionAt(a));
        const position = { line: Math.max(0, a), character: b };
        assert.equal(snapshot.offsetAt(position), library.offsetAt(position));
        const range = { start: { line: 0, character: 0 }, end: position };
        assert.equal(snapshot.getText(range), library.getText(range));
      },
    ),
  );
});
