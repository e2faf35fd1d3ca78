import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSuite } from '../support/extensionHost.ts';
import { extensionFolder, samples } from '../support/packedExtension.ts';

test('the suite passes inside the extension host of a real VS Code', { timeout: 600_000 }, async () => {
  const { exitCode, output } = await runSuite(extensionFolder, samples);
  console.log(output);
  assert.equal(exitCode, 0, output);
  assert.match(output, /\d+ passing/);
});
