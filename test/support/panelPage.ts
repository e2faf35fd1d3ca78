/** The panel inside a VS Code window, as a person sees and uses it. */
import type { Frame, FrameLocator, Locator, Page } from 'playwright-core';
import type { EditorWindow } from './editorWindow.ts';
import { eventually } from './eventually.ts';

/** A webview is a page in a frame in a frame. */
export function panelFrame(page: Page): FrameLocator {
  return page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
}

export class PanelPage {
  readonly window: EditorWindow;
  readonly frame: FrameLocator;

  constructor(window: EditorWindow) {
    this.window = window;
    this.frame = panelFrame(window.page);
  }

  /** Opens it by the palette. */
  static async open(window: EditorWindow): Promise<PanelPage> {
    await window.runCommand('Image Captioner: Open Caption Panel');
    const panel = new PanelPage(window);
    await panel.frame.locator('main').waitFor();
    return panel;
  }

  button(name: string | RegExp): Locator {
    return this.frame.getByRole('button', { name });
  }

  parameter(name: string): Locator {
    return this.frame.locator(`#${name}`);
  }

  /** The caption of a column, from 0. */
  caption(column = 0): Locator {
    return this.frame.locator('.output .caption').nth(column);
  }

  /** Waits until a column has its caption; the first one prepares the model. */
  async captioned(words: string | RegExp, column = 0): Promise<void> {
    await this.frame
      .locator(`.column:nth-child(${column + 1}) .caption[data-status="done"]`, { hasText: words })
      .waitFor({ timeout: 120_000 });
  }

  /** Folds a part open. */
  async unfold(part: 'parameters' | 'inside' | 'history'): Promise<void> {
    const details = this.frame.locator(`details.${part}`);
    await eventually(async () => {
      if ((await details.getAttribute('open')) === null) await details.locator('> summary').click();
      await details.locator('> :nth-child(2)').waitFor({ timeout: 1000 });
    });
  }

  /** The document itself, for what is asked of it as a whole. */
  async document(): Promise<Frame> {
    const main = await this.frame.locator('main').elementHandle();
    const frame = await main?.ownerFrame();
    if (frame === null || frame === undefined) throw new Error('The panel is not on screen.');
    return frame;
  }

  /** Drops a file on the panel, or pastes it, as the browser tells a page of it. */
  async give(how: 'drop' | 'paste', name: string, bytes: Uint8Array): Promise<void> {
    const frame = await this.document();
    await frame.evaluate(dispatchFile, { how, name, base64: Buffer.from(bytes).toString('base64') });
  }

  /** Presses Tab through the whole panel. @returns what has no focus on the way, by its words */
  async unreachedByTab(): Promise<readonly string[]> {
    const frame = await this.document();
    const count = await frame.evaluate(markControls);
    await this.button(/Follow cursor/).focus();
    const reached = new Set<string>();
    for (let press = 0; press <= count; press += 1) {
      reached.add(await frame.evaluate(focusedMark));
      await this.window.page.keyboard.press('Tab');
    }
    const words = await frame.evaluate(markedControls);
    return words.filter(([mark]) => !reached.has(mark)).map(([, label]) => label);
  }

  /** Chooses a file in the browser's dialogue that a button opens. */
  async chooseFile(button: Locator, file: string): Promise<void> {
    const dialogue = this.window.page.waitForEvent('filechooser');
    await button.click();
    await (await dialogue).setFiles(file);
  }

  async useTheme(name: string): Promise<void> {
    await this.window.runCommand('Preferences: Color Theme');
    const row = this.window.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first();
    await eventually(async () => {
      await this.window.page.keyboard.type(name);
      await row.waitFor({ timeout: 3000 });
    });
    await this.window.page.keyboard.press('Enter');
    await row.waitFor({ state: 'hidden' });
  }
}

// What follows runs inside the page.

interface GivenFile {
  readonly how: 'drop' | 'paste';
  readonly name: string;
  readonly base64: string;
}

/** The browser's own objects, which Node's types do not know. */
interface BrowserWindow {
  readonly document: {
    dispatchEvent(event: object): void;
    readonly activeElement: MarkedElement | null;
    querySelectorAll(selector: string): Iterable<MarkedElement>;
  };
  readonly DataTransfer: new () => { readonly items: { add(file: object): void } };
  readonly DragEvent: new (type: string, options: object) => object;
  readonly ClipboardEvent: new (type: string, options: object) => object;
}
interface MarkedElement {
  readonly dataset: Record<string, string | undefined>;
  readonly outerHTML: string;
  checkVisibility(): boolean;
}

function dispatchFile({ how, name, base64 }: GivenFile): void {
  const window = globalThis as unknown as BrowserWindow;
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const data = new window.DataTransfer();
  data.items.add(new File([bytes], name, { type: 'image/png' }));
  const options = { bubbles: true, cancelable: true };
  window.document.dispatchEvent(
    how === 'drop'
      ? new window.DragEvent('drop', { ...options, dataTransfer: data })
      : new window.ClipboardEvent('paste', { ...options, clipboardData: data }),
  );
}

function markControls(): number {
  const { document } = globalThis as unknown as BrowserWindow;
  const controls = [
    ...document.querySelectorAll('a[href], button:enabled, input:enabled, select:enabled, summary, [tabindex="0"]'),
  ].filter((element) => element.checkVisibility());
  for (const [index, control] of controls.entries()) control.dataset['mark'] = String(index);
  return controls.length;
}

function focusedMark(): string {
  return (globalThis as unknown as BrowserWindow).document.activeElement?.dataset['mark'] ?? '';
}

function markedControls(): [string, string][] {
  const { document } = globalThis as unknown as BrowserWindow;
  return [...document.querySelectorAll('[data-mark]')].map((element) => [
    element.dataset['mark'] ?? '',
    element.outerHTML.slice(0, 120),
  ]);
}
