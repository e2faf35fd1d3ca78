/** The panel with a model of the user's own, beside the built-in one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EditorWindow } from '../support/editorWindow.ts';
import { samples, vsixFile } from '../support/packedExtension.ts';
import { PanelPage } from '../support/panelPage.ts';
import { randomModel } from '../support/randomModel.ts';
import { sampleAlts } from '../support/sampleAlts.ts';

test('a folder’s model and the built-in one, side by side', { timeout: 240_000 }, async () => {
  const model = await randomModel(3);
  const settings = { 'imageCaptioner.model': model, 'imageCaptioner.precision': 'fp32' };
  const size = { width: 1500, height: 1000 };
  await using window = await EditorWindow.open({ workspace: samples, vsix: vsixFile(), settings, size });
  await window.openFile('docs/guide.md');
  await window.goTo(5, 6);
  const panel = await PanelPage.open(window);
  await panel.captioned(/./);
  await panel.button('Compare two models').click();
  await panel.captioned(sampleAlts.login, 1);
  assert.equal(await panel.frame.getByLabel('Model 2').inputValue(), 'built-in');
  assert.notEqual(await panel.caption(0).innerText(), await panel.caption(1).innerText());

  await panel.unfold('inside');
  const headings = panel.frame.locator('.words-of h3');
  await headings.filter({ hasText: `Words: ${model}, fp32` }).waitFor();
  await headings.filter({ hasText: 'Words: built-in, fp32' }).waitFor();
  // The parts below follow the word that is looked into, whichever model wrote it.
  await panel.frame.locator('.words-of').nth(1).locator('.token', { hasText: 'login' }).click();
  await panel.frame.getByText('What else “login” could have been').waitFor();
  await panel.frame.locator('.heat').waitFor();
});
