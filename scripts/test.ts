/**
 * Runs the tests: `npm test` all four tiers, `npm run test:unit` one; further words filter by file name.
 * The last line is `N passed, N failed`, with the skipped ones where there are any.
 */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tiers = ['unit', 'protocol', 'model', 'editor'] as const;
const words = process.argv.slice(2);
const chosen = tiers.filter((tier) => words.includes(tier));
const filters = words.filter((word) => !tiers.some((tier) => tier === word));

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Editor tests share one packed VSIX, and one VS Code at a time is what two cores can show without hurry. */
const flags: Readonly<Record<string, readonly string[]>> = {
  editor: ['--test-global-setup=test/support/editorSetup.ts', '--test-concurrency=1'],
};

function runFiles(tier: string, files: readonly string[]): Promise<Counts> {
  const reporter = new URL('testReporter.mjs', import.meta.url).href;
  const args = ['--test', `--test-reporter=${reporter}`, ...(flags[tier] ?? ['--test-concurrency=2']), ...files];
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve) => {
    let rest = '';
    let counts: Counts = { passed: 0, failed: 1, skipped: 0 };
    const line = (text: string): void => {
      const match = /^#counts (\d+) (\d+) (\d+)$/.exec(text);
      if (match === null) console.log(text);
      else counts = { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3]) };
    };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(line);
    });
    child.on('close', (code) => {
      if (rest !== '') line(rest);
      if (code !== 0 && counts.failed === 0) counts.failed = 1;
      resolve(counts);
    });
  });
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
for (const tier of chosen.length > 0 ? chosen : tiers) {
  const files = globSync(`test/${tier}/**/*.test.ts`, { cwd: root })
    .filter((file) => filters.every((word) => file.includes(word)))
    .toSorted();
  if (files.length === 0) continue;
  console.log(`— ${tier}: ${files.length} files`);
  const counts = await runFiles(tier, files);
  console.log(`  ${tier}: ${counts.passed} passed, ${counts.failed} failed`);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}
if (total.passed + total.failed === 0) total.failed = 1;
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 ? 1 : 0;
