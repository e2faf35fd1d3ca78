import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { parseDocument } from '../../server/src/documents/parse.ts';
import { findProblems } from '../../server/src/features/diagnostics.ts';
import { defaultSeverities } from '../../server/src/features/rules/rules.ts';
import { casesHeldWrong } from '../support/casesHeldWrong.ts';

/** `test/fixtures/cases/README.md` says what each field means. */
interface RuleCase {
  readonly id: string;
  readonly languageId: string;
  readonly text: string;
  readonly problems: readonly { readonly rule: string; readonly start: number; readonly end: number }[];
}

function readRuleCases(folder: string): RuleCase[] {
  const file = new URL(`../fixtures/${folder}/rules.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as RuleCase[];
}

suite('rules.json', () => {
  for (const { id, languageId, text, problems } of [...readRuleCases('cases'), ...readRuleCases('more-cases')]) {
    test(id, async () => {
      const parsed = await parseDocument(text, languageId, { imageComponents: [] });
      const found = findProblems({ text, languageId, parsed }, defaultSeverities);
      const shown = found.map(({ rule, range }) => ({ rule: rule as string, start: range.start, end: range.end }));
      const reason = casesHeldWrong.get(id);
      if (reason === undefined) assert.deepEqual(shown, problems, text);
      else assert.notDeepEqual(shown, problems, `held wrong (${reason}), but the answer is the same now`);
    });
  }
});
