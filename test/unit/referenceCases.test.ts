/**
 * Every case of references.json in test/fixtures/cases and test/fixtures/more-cases: what is a reference, where it
 * points, how an alt is put into it.
 * `REFERENCE_CASES=html,vue` runs those languages only.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageReference, ParseOptions, TextEdit } from '../../server/src/documents/imageReference.ts';
import { casesHeldWrong } from '../support/casesHeldWrong.ts';
import {
  applyEdit,
  describe,
  readMoreReferenceCases,
  readReferenceCases,
  spelledOut,
} from '../support/referenceCases.ts';
import type { ReferenceCase } from '../support/referenceCases.ts';

const languages = process.env['REFERENCE_CASES']?.split(',');
const cases = [...readReferenceCases(), ...readMoreReferenceCases()].filter(
  ({ languageId }) => languages?.includes(languageId) ?? true,
);
const options: ParseOptions = { imageComponents: [] };

/** Loaded by the case that needs them: one parser that does not load fails its own cases only. */
async function parse(text: string, languageId: string): Promise<readonly ImageReference[]> {
  const { parseDocument } = await import('../../server/src/documents/parse.ts');
  return (await parseDocument(text, languageId, options)).references;
}

/** What must not change about a picture when the alt of another does. */
function identity(reference: ImageReference, text: string): string {
  const { start, end } = reference.range;
  return JSON.stringify([text.slice(start, end), reference.target.written, reference.alt, reference.kind]);
}

const oneSpaced = (words: string | null): string | null => words && words.replace(/\s+/g, ' ').trim();

async function checkReferences(given: ReferenceCase): Promise<void> {
  const found = await parse(given.text, given.languageId);
  assert.deepEqual(await describe(found, given), spelledOut(given.references));
}

async function checkInsertion(given: ReferenceCase, insertAlt: NonNullable<ReferenceCase['insertAlt']>): Promise<void> {
  const { altEdit, altWords } = await import('../../server/src/documents/altEdit.ts');
  const before = await parse(given.text, given.languageId);
  const reference = before[insertAlt.reference];
  assert.ok(reference, 'the reference is found');
  const edit = altEdit(reference, insertAlt.caption);
  assert.ok(edit, 'words can be written');
  const result = applyEdit(given.text, edit);
  const after = await parse(result, given.languageId);
  const accepted = (await parse(insertAlt.result, given.languageId))[insertAlt.reference]?.alt ?? null;
  // Another result is as right where it is read back as the caption and leaves everything else as it was.
  const alt = oneSpaced(after[insertAlt.reference]?.alt ?? null);
  assert.ok(
    result === insertAlt.result || alt === altWords(insertAlt.caption) || alt === oneSpaced(accepted),
    `read back as ${JSON.stringify(alt)} from ${JSON.stringify(result)}`,
  );
  if (result !== insertAlt.result) checkRest(given.text, before, result, after, insertAlt.reference, edit);
}

function checkRest(
  text: string,
  before: readonly ImageReference[],
  result: string,
  after: readonly ImageReference[],
  index: number,
  edit: TextEdit,
): void {
  const rest = (references: readonly ImageReference[], of: string): string[] =>
    references.filter((_, place) => place !== index).map((reference) => identity(reference, of));
  assert.deepEqual(rest(after, result), rest(before, text), 'the other references stay');
  assert.equal(after[index]?.target.written, before[index]?.target.written, 'the target stays');
  const { start, end } = before[index]!.range;
  assert.ok(edit.range.start >= start && edit.range.end <= end, 'the edit lies inside the reference');
}

async function checkOtherEdits(given: ReferenceCase): Promise<void> {
  const before = await parse(given.text, given.languageId);
  for (const [index, reference] of before.entries()) {
    if (reference.removeAlt !== null) {
      const result = applyEdit(given.text, reference.removeAlt);
      const after = await parse(result, given.languageId);
      assert.equal(after[index]?.alt ?? null, null, `alt is gone from ${JSON.stringify(result)}`);
      assert.equal(after[index]?.target.written, reference.target.written);
      assert.equal(after.length, before.length);
    }
    if (reference.markDecorative !== null) {
      const result = applyEdit(given.text, reference.markDecorative);
      const after = await parse(result, given.languageId);
      assert.ok(
        after[index]?.alt === '' || after[index]?.kind === 'decorative',
        `decorative: ${JSON.stringify(result)}`,
      );
      assert.equal(after[index]?.target.written, reference.target.written);
      assert.equal(after.length, before.length);
    }
    if (reference.altRange !== null && reference.altSlot !== null) {
      const { start, end } = reference.altSlot.range;
      // Quarto's figure keeps its caption, which was its alt too, and gets an attribute.
      const stays = start === end && start >= reference.altRange.end;
      assert.ok(
        stays || (start <= reference.altRange.start && reference.altRange.end <= end),
        'the slot covers the alt as written',
      );
    }
  }
}

for (const given of cases) {
  const name = `${given.languageId} ${given.id}`;
  const heldWrong = casesHeldWrong.get(given.id);
  if (heldWrong !== undefined) {
    test(`${name} (held wrong: ${heldWrong})`, async () => {
      await assert.rejects(async () => {
        await checkReferences(given);
        if (given.insertAlt !== undefined) await checkInsertion(given, given.insertAlt);
      });
    });
    continue;
  }
  test(`${name}: references`, () => checkReferences(given));
  if (given.insertAlt !== undefined) {
    const { insertAlt } = given;
    test(`${name}: insertion`, () => checkInsertion(given, insertAlt));
  }
  test(`${name}: other edits`, () => checkOtherEdits(given));
}

test('every case held wrong is a case', () => {
  const ids = new Set(readReferenceCases().map(({ id }) => id));
  assert.deepEqual(
    [...casesHeldWrong.keys()].filter((id) => !ids.has(id)),
    [],
  );
});
