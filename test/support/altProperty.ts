import assert from 'node:assert/strict';
import fc from 'fast-check';
import { altEdit, altWords } from '../../server/src/documents/altEdit.ts';
import type { DocumentParser, ImageReference } from '../../server/src/documents/imageReference.ts';
import { captionRounds, mutationRounds, mutations, nastyCaptions, seed } from './captions.ts';
import { cpuSeconds } from './cpuTime.ts';
import { applyEdit } from './referenceCases.ts';

const options = { imageComponents: [] };

/** What must stay the same of every reference but the one that is written to. */
function others(references: readonly ImageReference[], text: string, index: number): string[] {
  return references
    .filter((_, place) => place !== index)
    .map(({ range, target, alt, kind }) =>
      JSON.stringify([text.slice(range.start, range.end), target.written, alt, kind]),
    );
}

/** Characters that one syntax cannot hold, and the near one that stands in. */
export type NearWords = (words: string) => string;

/**
 * The promise "a caption cannot break a document": for every reference of every document, with thousands of captions, the
 * document afterwards parses to the same pictures, this one with exactly the caption's words.
 */
export function checkCaptions(
  parse: DocumentParser,
  languageId: string,
  documents: readonly string[],
  near: NearWords = (words) => words,
): void {
  const places = documents.flatMap((text) => {
    const references = parse(text, languageId, options).references;
    const writable = references.filter(({ altSlot }) => altSlot !== null);
    assert.ok(writable.length > 0, `no place for an alt in ${text}`);
    return writable.map((reference) => ({ text, references, index: references.indexOf(reference) }));
  });
  const property = fc.property(fc.constantFrom(...places), nastyCaptions, ({ text, references, index }, caption) => {
    const reference = references[index]!;
    const edit = altEdit(reference, caption)!;
    const result = applyEdit(text, edit);
    const after = parse(result, languageId, options).references;
    assert.equal(after.length, references.length, result);
    assert.equal(after[index]?.alt, near(altWords(caption)), result);
    assert.equal(after[index]?.target.written, reference.target.written, result);
    assert.deepEqual(others(after, result, index), others(references, text, index), result);
    assert.ok(edit.range.start >= reference.range.start && edit.range.end <= reference.range.end, result);
  });
  fc.assert(property, { numRuns: captionRounds, seed });
}

/** Seconds that one broken document may take. */
const patience = 1;

/** Cut off, spliced and spoilt documents: nothing throws or hangs, and every range lies in the text. */
export function checkBrokenDocuments(parse: DocumentParser, languageId: string, documents: readonly string[]): void {
  const property = fc.property(mutations(documents), (text) => {
    let references: readonly ImageReference[] = [];
    const seconds = cpuSeconds(() => ({ references } = parse(text, languageId, options)));
    assert.ok(seconds < patience, `took ${seconds.toFixed(1)} s: ${text}`);
    let last = 0;
    for (const { range, target } of references) {
      assert.ok(range.start >= last && range.end > range.start && range.end <= text.length, text);
      assert.ok(target.range.start <= target.range.end && target.range.end <= text.length, text);
      last = range.start;
    }
  });
  fc.assert(property, { numRuns: mutationRounds, seed });
}
