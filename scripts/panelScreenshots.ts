/** The panel's pictures for the guide, taken in a real VS Code with the packed VSIX: light, dark, high contrast. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EditorWindow } from '../test/support/editorWindow.ts';
import { packExtension, samples, vsixFile } from '../test/support/packedExtension.ts';
import { PanelPage } from '../test/support/panelPage.ts';
import { sampleAlts } from '../test/support/sampleAlts.ts';

const folder = fileURLToPath(new URL('../docs/images', import.meta.url));
const size = { width: 1400, height: 860 };
const settings = {
  'workbench.activityBar.location': 'hidden',
  'workbench.sideBar.location': 'right',
  'breadcrumbs.enabled': false,
  'editor.lightbulb.enabled': 'off',
  'editor.wordWrap': 'on',
  'window.commandCenter': false,
};
/** File name and the name in VS Code's list of themes. */
const themes = [
  ['light', 'Light Modern'],
  ['dark', 'Dark Modern'],
  ['high-contrast', 'Dark High Contrast'],
] as const;

packExtension();
await mkdir(folder, { recursive: true });
await using window = await EditorWindow.open({ workspace: samples, vsix: vsixFile(), size, settings });
await window.runCommand('View: Close Primary Side Bar');
await window.openFile('docs/guide.md');
await window.goTo(5, 6);
const panel = await PanelPage.open(window);
await panel.captioned(sampleAlts.login);
// The document needs less room than the panel.
const sash = await window.page.locator('.monaco-sash.vertical:not(.disabled)').all();
for (const one of sash) {
  const box = await one.boundingBox();
  if (box === null || box.x < size.width * 0.4 || box.x > size.width * 0.6) continue;
  await window.page.mouse.move(box.x + 1, box.y + 200);
  await window.page.mouse.down();
  await window.page.mouse.move(430, box.y + 200, { steps: 4 });
  await window.page.mouse.up();
}
await panel.unfold('inside');
await panel.frame.locator('.heat').waitFor();

for (const [file, theme] of themes) {
  await panel.useTheme(theme);
  await panel.button('Reset to the model’s own').click();
  await panel.captioned(sampleAlts.login);
  await panel.frame.locator('.picture-part').scrollIntoViewIfNeeded();
  await window.page.mouse.move(1, 1); // nothing is drawn as pointed at
  await window.page.waitForTimeout(500);
  await window.page.screenshot({ path: path.join(folder, `panel-${file}.png`) });
  await panel.button('Precise').click();
  await panel.frame.getByRole('img', { name: /Tree of a beam search/ }).waitFor();
  await panel.frame.locator('.token', { hasText: 'login' }).click();
  await panel.frame.locator('.heat').waitFor();
  await panel.frame.locator('.inside > summary').evaluate((element) => element.scrollIntoView());
  await window.page.waitForTimeout(500);
  await window.page.screenshot({ path: path.join(folder, `panel-inside-${file}.png`) });
  await panel.frame.locator('.picture-part').evaluate((element) => element.scrollIntoView());
}
