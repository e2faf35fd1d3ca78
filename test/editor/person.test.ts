/** The main job as a person does it, in a VS Code window with the packed VSIX installed: mouse, keyboard, screen. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { EditorWindow } from '../support/editorWindow.ts';
import { eventually } from '../support/eventually.ts';
import { vsixFile, samples } from '../support/packedExtension.ts';
import { sampleAlts } from '../support/sampleAlts.ts';

const timeout = 180_000;
let window: EditorWindow;

before(async () => {
  window = await EditorWindow.open({ workspace: samples, vsix: vsixFile() });
});
after(() => window[Symbol.asyncDispose]());
afterEach(async (context) => {
  if ('passed' in context && !context.passed) await window.keepScreenshot(context.name);
});

test('pointing at a path shows the picture and its caption', { timeout }, async () => {
  await window.openFile('docs/guide.md');
  const hover = await window.hover('images/login.png', sampleAlts.login);
  const picture = hover.locator('img').first();
  assert.ok(
    await picture.evaluate((image: { naturalWidth?: number }) => (image.naturalWidth ?? 0) > 0),
    'the picture is drawn',
  );
});

test('the quick-fix key writes the caption as alt text', { timeout }, async () => {
  await window.openFile('docs/guide.md');
  await window.goTo(5, 4);
  await (await window.quickFix('Insert alt text')).click();
  await window.line(`![${sampleAlts.login}](images/login.png)`).waitFor();
  await window.save();
  assert.match(
    await window.read('docs/guide.md'),
    new RegExp(`^!\\[${sampleAlts.login}\\]\\(images/login\\.png\\)$`, 'm'),
  );
});

test('an image in the explorer is captioned from its menu', { timeout }, async () => {
  const rows = window.page.locator('.explorer-folders-view .monaco-list-row');
  await rows.filter({ hasText: 'public' }).click();
  await rows.filter({ hasText: 'growth.png' }).click({ button: 'right' });
  await window.chooseInMenu('Caption This Image');
  await window.notification(sampleAlts.growth).waitFor();
});

test('the workspace is captioned with progress, reviewed, then written', { timeout }, async () => {
  await window.runCommand('Image Captioner: Caption the Workspace');
  await window.notification('Captioning images').waitFor();
  const list = window.page.locator('.quick-input-widget');
  const row = (words: string): Locator => list.locator('.monaco-list-row', { hasText: words });
  await row(sampleAlts.chat).waitFor({ timeout: 60_000 });
  await row(sampleAlts.roadmap).locator('.monaco-checkbox').click();
  await row(sampleAlts.folder).hover();
  await row(sampleAlts.folder).locator('.codicon-edit').click();
  await list.getByRole('textbox', { name: /Alt text of images\/folder.png/ }).fill('An open folder');
  await window.page.keyboard.press('Enter');
  await row('An open folder').waitFor();
  await list.getByRole('button', { name: 'OK' }).click();
  const done = window.notification(/Wrote \d+ alt texts in 4 documents/);
  await done.waitFor();

  await done.getByText('Save All').click();
  for (const [file, words] of [
    ['docs/guide.md', `![${sampleAlts.signInFlow}](images/sign-in-flow.png)`],
    ['docs/guide.md', '![An open folder](images/folder.png)'],
    ['index.html', `<img class="hero" src="/chat.png" width="286" height="223" alt="${sampleAlts.chat}" />`],
    ['src/Checkout.tsx', `<img src={payment} className="form" alt="${sampleAlts.payment}" />`],
    ['src/Report.vue', `<img src="./revenue.png" alt="${sampleAlts.revenue}" />`],
  ] as const) {
    await eventually(async () => assert.ok((await window.read(file)).includes(words), `${file}: ${words}`));
  }
  const left = (await window.read('docs/guide.md')) + (await window.read('src/Report.vue'));
  assert.ok(!left.includes(sampleAlts.roadmap), 'what was unticked is not written');
  assert.ok(left.includes('![][usage]'), 'the model is not sure: left to people');
  assert.ok(left.includes('![](images/lake.png)'), 'a photograph: left to people');

  await window.openFile('docs/guide.md');
  await window.page.keyboard.press('Control+Z');
  await window.line('| ![](images/folder.png) | Your projects |').waitFor();
  await window.line('![](images/sign-in-flow.png)').waitFor();
  await window.page.keyboard.press('Control+Shift+Z');
  await window.line('| ![An open folder](images/folder.png) | Your projects |').waitFor();
});

test('an image dropped into a document can be written with its alt text', { timeout }, async () => {
  await window.openFile('docs/guide.md');
  const rows = window.page.locator('.explorer-folders-view .monaco-list-row');
  await window.dropIntoText(rows.filter({ hasText: 'growth.png' }), window.line('# Getting started'));
  await window.line('public/growth.png').waitFor(); // VS Code's own comes first
  await window.page.keyboard.press('Control+.');
  await window.page.locator('.action-widget .monaco-list-row', { hasText: 'Insert Image with Alt Text' }).click();
  await window.line(`![${sampleAlts.growth}](../public/growth.png)`).waitFor();
  await window.page.keyboard.press('Control+Z');
});
