/**
 * A real VS Code for the editor tests: code-server (which carries a full VS Code server) and the system's Chromium.
 * Installed once into .editor-host/, by version; run as a script it only installs. Nothing is skipped silently: what
 * cannot be installed is an error that says what to do. `npm run test:electron` runs the suite in a desktop VS Code.
 */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface EditorHost {
  /** VS Code in a browser, with extensions installed from a VSIX. */
  readonly codeServer: string;
  /** The VS Code server inside, which runs a test suite in its extension host. */
  readonly vscodeServer: string;
  readonly chromium: string;
}

const codeServerVersion = '4.139.1';
const root = fileURLToPath(new URL('..', import.meta.url));
const browsers = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** kerberos, a dependency of VS Code, is compiled against it. */
const kerberosHeader = '/usr/include/gssapi/gssapi.h';

/** @throws Error saying what could not be installed, and what to do by hand */
export async function installEditorHost(): Promise<EditorHost> {
  const folder = path.join(root, '.editor-host', `code-server-${codeServerVersion}`);
  const codeServer = path.join(folder, 'node_modules', 'code-server');
  const vscode = path.join(codeServer, 'lib', 'vscode');
  const complete = path.join(folder, 'complete');
  const host = {
    codeServer: path.join(codeServer, 'out', 'node', 'entry.js'),
    vscodeServer: path.join(vscode, 'out', 'server-main.js'),
    chromium: '',
  };
  installSystemPackages(existsSync(complete) ? [] : [kerberosHeader]);
  if (!existsSync(complete)) {
    console.log(
      `Installing VS Code for the editor tests (code-server ${codeServerVersion}) into ${folder}: some minutes, once.`,
    );
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'package.json'), '{ "private": true }\n');
    npm(folder, 'install', '--ignore-scripts', '--no-save', `code-server@${codeServerVersion}`);
    npm(vscode, 'install', '--omit=dev');
    // TypeScript, which VS Code's own support for HTML, JavaScript and TypeScript loads.
    npm(path.join(vscode, 'extensions'), 'install', '--omit=dev', '--ignore-scripts');
    await writeFile(complete, '');
  }
  return { ...host, chromium: findBrowser() ?? fail('Chromium was installed, but none of its commands is on PATH.') };
}

function findBrowser(): string | undefined {
  const given = process.env['CHROMIUM'];
  const places = (process.env['PATH'] ?? '').split(path.delimiter);
  const candidates = browsers.flatMap((name) => places.map((place) => path.join(place, name)));
  return [...(given === undefined ? [] : [given]), ...candidates].find((file) => existsSync(file));
}

/** @param headers files of development packages that are needed as well */
function installSystemPackages(headers: readonly string[]): void {
  const missing = [
    ...(findBrowser() === undefined ? ['chromium'] : []),
    ...(headers.every((header) => existsSync(header)) ? [] : ['libkrb5-dev']),
  ];
  if (missing.length === 0) return;
  const byHand = `Install ${missing.join(' and ')} by hand (CHROMIUM names a browser elsewhere), then try again.`;
  if (!existsSync('/usr/bin/apt-get'))
    fail(`The editor tests need ${missing.join(' and ')}, and there is no apt-get. ${byHand}`);
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = (...words: readonly string[]): SpawnSyncReturns<Buffer> => {
    const [command = '', ...rest] = [...sudo, 'apt-get', ...words];
    return spawnSync(command, rest, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  };
  console.log(`Installing ${missing.join(' and ')} for the editor tests.`);
  const install = [
    'install',
    '-y',
    '--no-install-recommends',
    ...missing,
    'fonts-dejavu-core',
    'fonts-noto-color-emoji',
  ];
  if (apt(...install).status === 0) return;
  if (apt('update').status !== 0 || apt(...install).status !== 0) fail(`apt-get could not install them. ${byHand}`);
}

/** npm with this very Node first on PATH: native modules are built for the Node that will run VS Code. */
function npm(folder: string, ...words: readonly string[]): void {
  const PATH = `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH'] ?? ''}`;
  const { status } = spawnSync('npm', [...words, '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
    env: { ...process.env, PATH },
    shell: process.platform === 'win32',
  });
  if (status !== 0)
    fail(`npm ${words.join(' ')} failed in ${folder}. The editor tests need it; the lines above say why.`);
}

function fail(message: string): never {
  throw new Error(message);
}

if (import.meta.main) {
  const { codeServer, chromium } = await installEditorHost();
  console.log(`${codeServer}\n${chromium}`);
}
