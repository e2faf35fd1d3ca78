/** Runs the mocha suite of test/editor/extensionHost inside the extension host of a real VS Code. */
import { build } from 'esbuild';
import { globSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { format } from 'node:util';
import { fileURLToPath } from 'node:url';
import { installEditorHost } from '../../scripts/editorHost.ts';
import { freePort, launchBrowser, startServer } from './vscodeServer.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface SuiteRun {
  readonly exitCode: number;
  /** What mocha printed. */
  readonly output: string;
}

/** Bundles the suite as @vscode/test-electron and VS Code's server load it. @returns the path of its entry */
export async function buildSuite(): Promise<string> {
  const outdir = path.join(root, 'out', 'test');
  await rm(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: [
      'test/editor/extensionHost/index.ts',
      ...globSync('test/editor/extensionHost/*.suite.ts', { cwd: root }),
    ],
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22.15',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  await writeFile(path.join(outdir, 'package.json'), '{ "type": "commonjs" }\n');
  return path.join(outdir, 'index.js');
}

/** @param extension the unpacked extension; `workspace` is copied, so that the suite may write into it */
export async function runSuite(extension: string, workspace: string): Promise<SuiteRun> {
  const host = await installEditorHost();
  const suite = await buildSuite();
  const home = await mkdtemp(path.join(tmpdir(), 'image-captioner-suite-'));
  const folder = path.join(home, 'workspace');
  await cp(workspace, folder, { recursive: true });
  await mkdir(path.join(home, 'extensions'));
  const port = await freePort();
  const flags = '--host 127.0.0.1 --without-connection-token --accept-server-license-terms --enable-smoke-test-driver';
  const folders = ['--server-data-dir', path.join(home, 'data'), '--extensions-dir', path.join(home, 'extensions')];
  const env = { ...process.env, HOME: home, IMAGE_CAPTIONER_CACHE: path.join(home, 'cache') };
  const words = [...flags.split(' '), '--port', String(port), ...folders];
  const server = await startServer(host.vscodeServer, words, env, 'Extension host agent listening');
  const browser = await launchBrowser(host.chromium);
  try {
    const page = await browser.newPage();
    const remote = (file: string): string => `vscode-remote://127.0.0.1:${port}${file}`;
    const payload = JSON.stringify([
      ['extensionDevelopmentPath', remote(extension)],
      ['extensionTestsPath', remote(suite)],
    ]);
    const lines: string[] = [];
    const { promise: exitCode, resolve: exit } = Promise.withResolvers<number>();
    await page.exposeFunction(
      'codeAutomationLog',
      (_type: string, args: readonly unknown[]) => void lines.push(format(...args)),
    );
    await page.exposeFunction('codeAutomationExit', (code: number) => exit(code));
    await page.goto(
      `http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(payload)}`,
      { waitUntil: 'commit' },
    );
    const code = await exitCode;
    // VS Code's own log comes on the same way, most of it before the suite begins.
    const begin = lines.findIndex((line) => line.includes('Image Captioner in the extension host'));
    return {
      exitCode: code,
      output: lines
        .slice(Math.max(0, begin))
        .filter((line) => !/^\[\w+[\]:]/.test(line))
        .join('\n'),
    };
  } finally {
    await browser.close();
    await server.stop();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
