/** A VS Code window as a person sees it: opened in a browser, used by mouse and keyboard, read by what is on screen. */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { installEditorHost } from '../../scripts/editorHost.ts';
import { eventually } from './eventually.ts';
import { freePort, launchBrowser, startServer } from './vscodeServer.ts';

export interface EditorWindowOptions {
  /** Copied to a temporary folder, which the window opens: tests may write into it. */
  readonly workspace: string;
  /** Installed before the window opens, where one is given. */
  readonly vsix?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly size?: { readonly width: number; readonly height: number };
  /** Device pixels a CSS pixel. */
  readonly scale?: number;
}

/** How long a step of a test waits for what it expects: machines of CI are busy, and a failure is looked at once. */
const patienceMs = 60_000;

/** How long one try waits before it is made again, where VS Code may not have been ready for it. */
const stepMs = 10_000;

/** The first caption prepares the model. */
const firstCaptionMs = 120_000;

/** What would only be in the way of a test or on a screenshot. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.enabled': false,
  'git.enabled': false,
  'editor.minimap.enabled': false,
  'editor.hover.delay': 100,
  'files.simpleDialog.enable': true,
  'files.autoSave': 'off',
};

export class EditorWindow implements AsyncDisposable {
  readonly page: Page;
  /** The folder that is open; a copy of the one asked for. */
  readonly workspace: string;
  readonly #close: () => Promise<void>;

  private constructor(page: Page, workspace: string, close: () => Promise<void>) {
    this.page = page;
    this.workspace = workspace;
    this.#close = close;
  }

  static async open(options: EditorWindowOptions): Promise<EditorWindow> {
    const host = await installEditorHost();
    const home = await mkdtemp(path.join(tmpdir(), 'image-captioner-editor-'));
    const workspace = path.join(home, 'workspace');
    const [userData, extensions] = [path.join(home, 'user-data'), path.join(home, 'extensions')];
    await cp(options.workspace, workspace, { recursive: true });
    await mkdir(path.join(userData, 'User'), { recursive: true });
    const settings = { ...quietSettings, ...options.settings };
    await writeFile(path.join(userData, 'User', 'settings.json'), JSON.stringify(settings));
    const port = await freePort();
    const folders = ['--user-data-dir', userData, '--extensions-dir', extensions];
    // Models that the machine has, or other tests fetched, are none of this editor's.
    const caches = { XDG_CACHE_HOME: path.join(home, '.cache'), HF_HOME: '', HF_HUB_CACHE: '' };
    const env = { ...process.env, ...caches, HOME: home, IMAGE_CAPTIONER_CACHE: path.join(home, 'cache') };
    if (options.vsix !== undefined) {
      const command = [host.codeServer, ...folders, '--install-extension', options.vsix];
      const { status, stderr, stdout } = spawnSync(process.execPath, command, { env });
      if (status !== 0) throw new Error(`The VSIX did not install: ${stderr.toString()}${stdout.toString()}`);
    }
    const flags =
      '--auth none --disable-telemetry --disable-update-check --disable-workspace-trust --disable-getting-started-override';
    const words = [...flags.split(' '), '--bind-addr', `127.0.0.1:${port}`, ...folders, workspace];
    const server = await startServer(host.codeServer, words, env, 'HTTP server listening');
    let browser: Browser | undefined;
    const close = async (): Promise<void> => {
      await browser?.close();
      await server.stop();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    };
    try {
      browser = await launchBrowser(host.chromium);
      const page = await browser.newPage({
        viewport: options.size ?? { width: 1280, height: 800 },
        deviceScaleFactor: options.scale ?? 1,
      });
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      page.setDefaultTimeout(patienceMs);
      await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(workspace)}`, { waitUntil: 'commit' });
      await page.locator('.monaco-workbench .part.editor').waitFor({ timeout: 120_000 });
      return new EditorWindow(page, workspace, close);
    } catch (error) {
      await close();
      throw error;
    }
  }

  /** Opens a text file of the workspace by its name, as with Ctrl+P. */
  async openFile(file: string): Promise<void> {
    const name = path.basename(file);
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first();
    await this.#choose('Control+P', file, row);
    await this.page.locator('.tab.active', { hasText: name }).waitFor();
    await this.page.locator('.editor-instance .view-line').first().waitFor();
  }

  async runCommand(title: string): Promise<void> {
    await this.#choose(
      'F1',
      `>${title}`,
      this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first(),
    );
  }

  /** Installs an extension into the window as it is open. */
  async installVsix(file: string): Promise<void> {
    await this.runCommand('Extensions: Install from VSIX');
    const dialogue = this.page.locator('.quick-input-widget:visible', { hasText: 'Install from VSIX' });
    await dialogue.locator('.monaco-list-row', { hasText: '..' }).first().waitFor();
    // The dialogue writes its own folder over a path that comes too early.
    await eventually(async () => {
      await dialogue.locator('input').first().fill(file);
      await this.page.waitForTimeout(500);
      await dialogue.getByRole('button', { name: 'Install' }).click();
      await dialogue.waitFor({ state: 'hidden', timeout: 2_000 });
    });
    await this.notification(/Completed installing/).waitFor({ timeout: firstCaptionMs });
  }

  /** All of the text in the active editor. */
  async wholeText(): Promise<string> {
    await this.page.locator('.editor-instance .view-line').first().click();
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.press('Control+C');
    return this.clipboard();
  }

  /** Puts the cursor at a place, both from 1. */
  async goTo(line: number, column: number): Promise<void> {
    await eventually(async () => {
      await this.#quickInput('Control+G', `:${line}:${column}`);
      await this.page.keyboard.press('Enter');
      await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: stepMs });
    });
  }

  /** Points at words in the document, again and again as a person would, until a hover says `expected`. */
  async hover(words: string, expected: string | RegExp): Promise<Locator> {
    const place = this.page.locator('.editor-instance .view-line span', { hasText: words }).last();
    const hover = this.page.locator('.monaco-hover:not(.hidden)', { hasText: expected }).first();
    await eventually(async () => {
      await this.page.mouse.move(1, 1);
      await place.hover();
      await hover.waitFor({ timeout: stepMs });
    }, firstCaptionMs);
    return hover;
  }

  /** Presses the quick-fix key until its menu offers `title`. */
  async quickFix(title: string): Promise<Locator> {
    const action = this.page.locator('.action-widget .monaco-list-row.action', { hasText: title }).first();
    await eventually(async () => {
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('Control+.');
      await action.waitFor({ timeout: stepMs });
    });
    return action;
  }

  /** Picks from the context menu that is open. A click right after it opened counts as the end of the opening one. */
  async chooseInMenu(title: string): Promise<void> {
    const item = this.page.locator('.monaco-menu .action-item', { hasText: title });
    await eventually(async () => {
      await item.click({ timeout: stepMs });
      await item.waitFor({ state: 'hidden', timeout: 1_000 });
    });
  }

  /** Drags something to the end of a line of the document; with Shift held it is dropped into the text. */
  async dropIntoText(dragged: Locator, line: Locator): Promise<void> {
    const [from, to] = [await dragged.boundingBox(), await line.boundingBox()];
    if (from === null || to === null) throw new Error('What is dragged, or where to, is not on the screen.');
    const { mouse, keyboard } = this.page;
    await mouse.move(from.x + 30, from.y + from.height / 2);
    await mouse.down();
    await mouse.move(from.x + 60, from.y + from.height / 2, { steps: 5 });
    await mouse.move(to.x + 10, to.y + to.height / 2, { steps: 10 });
    await keyboard.down('Shift');
    await mouse.move(to.x + 14, to.y + to.height / 2, { steps: 5 });
    await mouse.up();
    await keyboard.up('Shift');
  }

  /** A line of the document; VS Code draws its spaces as no-break ones. */
  line(words: string): Locator {
    return this.page.locator('.editor-instance .view-line', { hasText: words });
  }

  notification(words: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: words });
  }

  async save(): Promise<void> {
    await this.page.locator('.tab.active.dirty').waitFor();
    await this.page.keyboard.press('Control+S');
    await this.page.locator('.tab.active:not(.dirty)').waitFor();
  }

  /** What was copied last. */
  clipboard(): Promise<string> {
    return this.page.evaluate<string>('navigator.clipboard.readText()');
  }

  /** The user's settings. */
  async userSettings(): Promise<Record<string, unknown>> {
    const file = path.join(this.workspace, '..', 'user-data', 'User', 'settings.json');
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  }

  /** What a file of the workspace holds on disk. */
  read(file: string): Promise<string> {
    return readFile(path.join(this.workspace, file), 'utf8');
  }

  /** Picks a row; extensions that are still loading and searches that still run get another chance. */
  async #choose(key: string, words: string, row: Locator): Promise<void> {
    await eventually(async () => {
      await this.#quickInput(key, words);
      await row.click({ timeout: stepMs });
    });
  }

  async #quickInput(key: string, words: string): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.page.keyboard.press(key);
    const input = this.page.locator('.quick-input-widget:visible input').first();
    await input.waitFor({ timeout: stepMs });
    await input.fill(words, { timeout: stepMs });
  }

  /** For a test that failed: what the person would have seen. */
  async keepScreenshot(name: string): Promise<void> {
    const file = path.join('out', 'editor-failures', `${name.replaceAll(/\W+/g, '-')}.png`);
    await this.page.screenshot({ path: file });
    console.log(`screenshot: ${file}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}
