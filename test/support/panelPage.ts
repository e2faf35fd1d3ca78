/** The panel inside a VS Code window, as a person sees and uses it. */
import type { FrameLocator, Locator, Page } from 'playwright-core';
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

  /** Waits until a column has its caption. */
  async captioned(words: string | RegExp, column = 0): Promise<void> {
    await this.frame
      .locator(`.column:nth-child(${column + 1}) .caption[data-status="done"]`, { hasText: words })
      .waitFor({ timeout: 60_000 });
  }

  /** Folds a part open. */
  async unfold(part: 'parameters' | 'inside' | 'history'): Promise<void> {
    const details = this.frame.locator(`details.${part}`);
    await eventually(async () => {
      if ((await details.getAttribute('open')) === null) await details.locator('> summary').click();
      await details.locator('> :nth-child(2)').waitFor({ timeout: 1000 });
    });
  }
}
