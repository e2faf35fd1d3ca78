/**
 * `npm run package`: image-captioner-<platform>-<version>.vsix for the platform that it runs on. Builds for production,
 * gathers what .vscodeignore names in out/vsix, adds the native runtime, and has vsce pack it. Needs no network.
 */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyNativeRuntime, runtimePackages, thisPlatform } from './packaging/nativeRuntime.ts';
import { bundledPackages, thirdPartyNotices } from './packaging/thirdPartyNotices.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const stage = path.join(root, 'out', 'vsix');
const largestBytes = 80 * 1024 * 1024;
const platform = thisPlatform();

run(root, path.join(root, 'esbuild.mjs'), '--production');
await writeFile(path.join(root, 'THIRD_PARTY_NOTICES.md'), notices());
await rm(stage, { recursive: true, force: true });
for (const file of allowedFiles()) {
  await mkdir(path.dirname(path.join(stage, file)), { recursive: true });
  await cp(path.join(root, file), path.join(stage, file));
}
await writeFile(path.join(stage, 'package.json'), shippedManifest());
await copyNativeRuntime(path.join(root, 'node_modules'), platform, path.join(stage, 'dist', 'node_modules'));
await writeFile(path.join(stage, '.vscodeignore'), '# All that lies here is packed.\n');
refuseSources();
const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Record<string, string>;
const vsix = path.join(root, `${name}-${platform}-${version}.vsix`);
const vsce = createRequire(import.meta.url).resolve('@vscode/vsce/vsce');
// Links of the README stay as they are: there is no repository address to put before them.
const options = ['--no-dependencies', '--no-rewrite-relative-links', '--allow-missing-repository'];
run(stage, vsce, 'package', '--target', platform, '--out', vsix, ...options);
const bytes = statSync(vsix).size;
console.log(`${path.relative(root, vsix)}: ${(bytes / 1024 / 1024).toFixed(1)} MB`);
if (bytes > largestBytes) throw new Error(`${vsix} is larger than ${largestBytes / 1024 / 1024} MB.`);

function run(cwd: string, script: string, ...words: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [script, ...words], { cwd, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${path.basename(script)} ${words.join(' ')} failed.`);
}

function allowedFiles(): readonly string[] {
  const lines = readFileSync(path.join(root, '.vscodeignore'), 'utf8').split('\n');
  const patterns = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1).trim());
  return globSync(patterns, { cwd: root }).filter((file) => statSync(path.join(root, file)).isFile());
}

/** Without what is for building: scripts, development packages; the runtime lies beside the bundles already. */
function shippedManifest(): string {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
  // `type` would make VS Code load the client as a module; each folder of dist/ says what it holds.
  for (const field of ['private', 'type', 'scripts', 'allowScripts', 'dependencies', 'devDependencies'])
    delete manifest[field];
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function notices(): string {
  const metafiles = JSON.parse(readFileSync(path.join(root, 'out', 'metafile.json'), 'utf8')) as Parameters<
    typeof bundledPackages
  >[0];
  const runtime = runtimePackages(platform).map((one) => `node_modules/${one.name}`);
  return thirdPartyNotices(root, new Set([...bundledPackages(metafiles), ...runtime]));
}

function refuseSources(): void {
  const sources = globSync('**/*.{map,ts,mts,cts,tsx}', { cwd: stage });
  if (sources.length > 0) throw new Error(`The VSIX must not carry ${sources.join(', ')}.`);
}
