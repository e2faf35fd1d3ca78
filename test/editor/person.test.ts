/** The main job as a person does it, in a VS Code window with the packed VSIX installed: mouse, keyboard, screen. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
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
  await window.page.locator('.view-line', { hasText: `![${sampleAlts.login}](images/login.png)` }).waitFor();
  await window.save();
  assert.match(
    await window.read('docs/guide.md'),
    new RegExp(`^!\\[${sampleAlts.login}\\]\\(images/login\\.png\\)$`, 'm'),
  );
});

test('an image in the explorer is captioned from its menu', { timeout }, async () => {
  await window.openFile('public/growth.png');
  await window.page
    .locator('.explorer-folders-view .monaco-list-row', { hasText: 'growth.png' })
    .click({ button: 'right' });
  await window.page.locator('.context-view .action-label', { hasText: 'Caption This Image' }).click();
  await window.notification(sampleAlts.growth).waitFor();
  await window.page.keyboard.press('Escape');
});

test('the workspace is captioned with progress, reviewed, then written', { timeout }, async () => {
  await window.runCommand('Image Captioner: Caption the Workspace');
  await window.notification('Captioning images').waitFor();
  const list = window.page.locator('.quick-input-widget');
  const rows = list.locator('.monaco-list-row');
  await rows.filter({ hasText: sampleAlts.chat }).waitFor({ timeout: 60_000 });
  await rows.filter({ hasText: sampleAlts.roadmap }).locator('.monaco-checkbox').click();
  await list.getByRole('button', { name: 'OK' }).click();
  await window.notification(/Wrote \d+ alt texts in 4 documents/).waitFor();
  await window.notification(/Wrote/).getByText('Save All').click();
  const written = async (file: string, words: string): Promise<void> => {
    await eventually(async () => assert.ok((await window.read(file)).includes(words), `${file}: ${words}`));
  };
  await written('docs/guide.md', `![${sampleAlts.signInFlow}](images/sign-in-flow.png)`);
  await written('index.html', `<img class="hero" src="/chat.png" width="286" height="223" alt="${sampleAlts.chat}" />`);
  await written('src/Checkout.tsx', `<img src={payment} className="form" alt="${sampleAlts.payment}" />`);
  await written('src/Report.vue', `<img src="./revenue.png" alt="${sampleAlts.revenue}" />`);
  assert.ok(!(await window.read('src/Report.vue')).includes(sampleAlts.roadmap), 'what was unticked is not written');
  assert.ok((await window.read('docs/guide.md')).includes('![][usage]'), 'the model is not sure: left to people');
  assert.ok((await window.read('docs/guide.md')).includes('![](images/lake.png)'), 'a photograph: left to people');
});
