import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the example of the docs does what it says', () => {
  const args = ['docs/examples/caption.ts', 'test/fixtures/mini-blip-eval/001-emoji.png'];
  const lines = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' }).trim().split('\n');
  assert.match(lines[0]!, /^a magic wand emoji \(confidence 0\.92; encoded in \d+ ms\)$/);
  assert.deepEqual(
    lines.slice(1, -1).map((line) => line.split(' ')[0]),
    ['a', 'magic', 'wand', 'emoji', '[SEP]'],
  );
  assert.match(lines[2]!, /^magic +magic \d+ %, (?:\S+ \d+ %(?:, )?){4}$/);
  assert.match(lines.at(-1)!, /mean log-probability of -\d/);
});
