/** `npm run screenshots`: the pictures of the README, taken in a real VS Code with the packed VSIX. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EditorWindow } from '../test/support/editorWindow.ts';
import { packExtension, samples, vsixFile } from '../test/support/packedExtension.ts';
import { sampleAlts } from '../test/support/sampleAlts.ts';

const folder = fileURLToPath(new URL('../docs/images', import.meta.url));
/** Two device pixels a CSS pixel: sharp on the screens that people read READMEs on. */
const size = { width: 900, height: 440 };
const settings = {
  'workbench.activityBar.location': 'hidden',
  'workbench.sideBar.location': 'right',
  'workbench.colorTheme': 'Default Light Modern',
  'breadcrumbs.enabled': false,
  'workbench.statusBar.visible': false,
  'workbench.editor.editorActionsLocation': 'hidden',
  'editor.lightbulb.enabled': 'off',
  'editor.fontSize': 15,
  'window.commandCenter': false,
  'window.title': '${activeEditorMedium}',
  'workbench.layoutControl.enabled': false,
};

packExtension();
await mkdir(folder, { recursive: true });
await using window = await EditorWindow.open({ workspace: samples, vsix: vsixFile(), size, settings, scale: 2 });
const shoot = (name: string): Promise<unknown> => window.page.screenshot({ path: path.join(folder, name) });

await window.runCommand('View: Close Primary Side Bar');
await window.openFile('docs/guide.md');
await window.page.locator('.squiggly-warning').first().waitFor();
await window.hover('images/login.png', sampleAlts.login);
await shoot('hover.png');

await window.goTo(5, 4);
await window.quickFix('Insert alt text');
await shoot('quick-fix.png');
await window.page.keyboard.press('Escape');

await window.runCommand('Image Captioner: Caption the Workspace');
await window.page.mouse.move(450, 430); // away from what would show a tooltip
await window.page.locator('.quick-input-widget .monaco-list-row', { hasText: sampleAlts.signInFlow }).waitFor();
await window.page.waitForTimeout(1000); // the active row's document comes to the front
await shoot('review.png');
