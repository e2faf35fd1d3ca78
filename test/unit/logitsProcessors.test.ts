/** What is done to scores, against what Transformers' processors of the same names do. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  noBadWords,
  noRepeatNgram,
  repetitionPenalty,
  type LogitsProcessor,
} from '../../server/src/blip/generation/logitsProcessors.ts';

const out = -Infinity;
const cases: readonly [string, LogitsProcessor, ids: readonly number[], expected: readonly number[]][] = [
  [
    'repetition: positive scores are divided, negative ones multiplied',
    repetitionPenalty(2),
    [0, 3, 0],
    [0.5, 2, 3, -8],
  ],
  ['repetition below 1: repeating becomes likelier', repetitionPenalty(0.5), [1, 3], [1, 4, 3, -2]],
  ['1-grams: nothing twice', noRepeatNgram(1), [0, 2], [out, 2, out, -4]],
  ['2-grams: what followed the last id before', noRepeatNgram(2), [1, 2, 0, 1], [1, 2, out, -4]],
  ['3-grams: needs both ids before', noRepeatNgram(3), [1, 2, 3, 0, 2], [1, 2, 3, -4]],
  ['3-grams: both ids are there', noRepeatNgram(3), [1, 2, 3, 1, 2], [1, 2, 3, out]],
  ['n-grams longer than the text: nothing', noRepeatNgram(3), [1], [1, 2, 3, -4]],
  ['a banned token: always', noBadWords([[2]]), [], [1, 2, out, -4]],
  ['a banned word of two tokens: only after its first', noBadWords([[0, 2]]), [2], [1, 2, 3, -4]],
  ['… there its last', noBadWords([[0, 2]]), [1, 0], [1, 2, out, -4]],
  ['a banned word longer than the text: nothing', noBadWords([[0, 1, 2]]), [1], [1, 2, 3, -4]],
  ['several banned words', noBadWords([[0], [1, 3], []]), [1], [out, 2, 3, out]],
];

describe('processors', () => {
  for (const [name, process, ids, expected] of cases) {
    it(name, () => {
      const scores = Float32Array.of(1, 2, 3, -4);
      process(scores, ids);
      assert.deepEqual([...scores], expected);
    });
  }
});
