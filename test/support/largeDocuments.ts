import assert from 'node:assert/strict';
import type { DocumentParser } from '../../server/src/documents/imageReference.ts';

const options = { imageComponents: [] };
const large = 2_000_000;
/** What 2 MB may take on a slow machine that does other things as well; twice the time for twice the text is a tenth of it. */
const patience = 4_000;

/** 2 MB of each piece, one after another: none may take the time that a search begun anew at every place takes. */
export function checkLargeDocuments(parse: DocumentParser, languageId: string, pieces: readonly string[]): void {
  for (const piece of pieces) {
    const text = piece.repeat(Math.ceil(large / piece.length));
    const began = performance.now();
    parse(text, languageId, options);
    const taken = performance.now() - began;
    assert.ok(taken < patience, `${Math.round(taken)} ms for 2 MB of ${JSON.stringify(piece)}`);
  }
}
