/** The entry that VS Code loads in its extension host: mocha over the suites beside this file. */
import Mocha from 'mocha';
import { globSync } from 'node:fs';
import path from 'node:path';

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'tdd', timeout: 180_000, color: false, reporter: 'spec' });
  for (const file of globSync('*.suite.js', { cwd: __dirname })) mocha.addFile(path.join(__dirname, file));
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} tests failed in the extension host.`);
}
