/**
 * `npm run test:electron`: the suite of test/editor/extensionHost in a desktop VS Code, which is downloaded the first time.
 * For contributors with internet; CI runs the same suite in a VS Code server (`npm run test:editor`).
 */
import { runTests } from '@vscode/test-electron';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSuite } from '../test/support/extensionHost.ts';
import { extensionFolder, packExtension, samples } from '../test/support/packedExtension.ts';

packExtension();
const extensionTestsPath = await buildSuite();
const home = await mkdtemp(path.join(tmpdir(), 'image-captioner-electron-'));
const workspace = path.join(home, 'workspace');
await cp(samples, workspace, { recursive: true });
try {
  process.exitCode = await runTests({
    extensionDevelopmentPath: extensionFolder,
    extensionTestsPath,
    launchArgs: [
      workspace,
      '--disable-extensions',
      '--disable-workspace-trust',
      '--user-data-dir',
      path.join(home, 'data'),
    ],
    extensionTestsEnv: { IMAGE_CAPTIONER_CACHE: path.join(home, 'cache') },
  });
} finally {
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
}
