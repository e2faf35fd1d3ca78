/** What was found in an earlier version of a document is used again: nothing but time may depend on that. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ChunkedText } from '../../server/src/documents/chunkedText.ts';
import type { ImageReference } from '../../server/src/documents/imageReference.ts';
import type { LocatedImage } from '../../server/src/documents/locatedImage.ts';
import { parseDocument } from '../../server/src/documents/parse.ts';
import { parsedChange, withParsedChange } from '../../server/src/documents/parsedChange.ts';
import {
  findProblems,
  problemSteps,
  type CheckedDocument,
  type KnownFindings,
} from '../../server/src/features/diagnostics.ts';
import { defaultSeverities } from '../../server/src/features/rules/rules.ts';
import { captionRounds, seed } from '../support/captions.ts';

const options = { imageComponents: [] };
// oxfmt-ignore
const parts = [
  '![](a.png)', '![a shape](b.png)', '![a shape](c.png)', '![a.png](a.png)', '![image](d.png)', '[![](e.png)](x.html)', '\n\n', '\n', ' ', 'a shape',
  '<!-- image-captioner-disable alt-missing -->', '<!-- image-captioner-enable -->', '<!-- image-captioner-disable-next-line -->\n',
];
const page = fc.array(fc.constantFrom(...parts), { minLength: 5, maxLength: 40 });
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.oneof(fc.constant(0), fc.nat(20)),
  added: fc.constantFrom(...parts),
});

const missing: LocatedImage = { kind: 'missing', candidates: ['/a.png'], otherCase: null };
const located = ({ target }: ImageReference): LocatedImage | null => (target.written === 'a.png' ? missing : null);

void test('problems found with what is known are those found anew', async () => {
  const property = fc.asyncProperty(page, fc.array(edit, { maxLength: 6 }), async (chosen, edits) => {
    const known: KnownFindings = new WeakMap();
    let text = ChunkedText.of(chosen.join(''));
    let parsed = await parseDocument(text.toString(), 'markdown', options);
    for (const each of [null, ...edits]) {
      if (each !== null) {
        const start = Math.floor(each.at * text.length);
        const end = Math.min(text.length, start + each.removed);
        const next = text.withEdit({ range: { start, end }, newText: each.added });
        const made = next.editFrom(text);
        const anew = await parseDocument(next.toString(), 'markdown', options);
        parsed = withParsedChange(parsed, parsedChange(parsed, anew, made), made);
        text = next;
      }
      const document: CheckedDocument = {
        text,
        languageId: 'markdown',
        parsed,
        located: parsed.references.map(located),
      };
      const steps = problemSteps(document, defaultSeverities, known);
      let step = steps.next();
      while (step.done !== true) step = steps.next();
      assert.deepEqual(step.value, findProblems(document, defaultSeverities));
    }
  });
  await fc.assert(property, { numRuns: Math.ceil(captionRounds / 2), seed });
});
