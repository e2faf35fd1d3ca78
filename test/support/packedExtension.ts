/** The extension as `npm run package` leaves it. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { thisPlatform } from '../../scripts/packaging/nativeRuntime.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Unpacked, as in the VSIX. */
export const extensionFolder = path.join(root, 'out', 'vsix');
export const samples = path.join(root, 'samples');

/** @throws Error with all that the packer said */
export function packExtension(): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, 'scripts', 'package.ts')]);
  if (status !== 0) throw new Error(`The VSIX was not packed:\n${stdout.toString()}${stderr.toString()}`);
}

/** @throws Error where it was not packed yet */
export function vsixFile(): string {
  const [vsix] = globSync(`image-captioner-${thisPlatform()}-*.vsix`, { cwd: root });
  if (vsix === undefined) throw new Error('There is no VSIX: run `npm run package` first.');
  return path.join(root, vsix);
}
