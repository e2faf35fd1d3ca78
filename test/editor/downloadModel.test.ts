/** A model from the hub by mouse and keyboard: what it is, the person's yes, the download, and its use. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { EditorWindow } from '../support/editorWindow.ts';
import { eventually } from '../support/eventually.ts';
import { HubServer } from '../support/hubServer.ts';
import { vsixFile } from '../support/packedExtension.ts';
import { kitPath } from '../support/parityKit.ts';

const id = 'acme/blip-kit';
const names = [
  'config.json',
  'preprocessor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'model.safetensors',
];

test('a model is downloaded once the person agrees, and then used', { timeout: 180_000 }, async () => {
  const hub = await HubServer.start();
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(kitPath('caption', name))]));
  hub.publish(id, 'main', { files, large: ['model.safetensors'], license: 'bsd-3-clause' });
  const workspace = await mkdtemp(path.join(tmpdir(), 'image-captioner-download-'));
  try {
    const settings = { 'imageCaptioner.hub.endpoint': hub.endpoint, 'window.dialogStyle': 'custom' };
    await using window = await EditorWindow.open({ workspace, vsix: vsixFile(), settings });
    const { page } = window;
    const ask = async (): Promise<void> => {
      await window.runCommand('Image Captioner: Download Model…');
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Another model…' }).click();
      const input = page.locator('.quick-input-widget:visible input').first();
      await page.locator('.quick-input-title', { hasText: 'A BLIP model of the hub' }).waitFor();
      await input.fill(id);
      await page.keyboard.press('Enter');
    };
    const dialog = page.locator('.monaco-dialog-box', { hasText: `Download ${id}?` });

    await ask();
    await dialog.waitFor();
    const words = await dialog.innerText();
    assert.match(words, /Size: 0\.3\d MB/);
    assert.ok(words.includes(`From: ${hub.endpoint}`));
    assert.match(words, /Licence: bsd-3-clause/);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    assert.equal(hub.bytesSent, 0, 'nothing comes without a yes');

    await ask();
    await dialog.getByText('Download', { exact: true }).click();
    const here = window.notification(`${id} is here`);
    await here.getByText('Use It').click();
    await here.waitFor({ state: 'hidden' });
    const sent = hub.bytesSent;
    await eventually(async () => {
      await ask();
      await window.notification(`${id} is here and in use`).waitFor({ timeout: 5_000 });
    });
    assert.equal(hub.bytesSent, sent, 'it is not downloaded again');
  } finally {
    await hub.stop();
    await rm(workspace, { recursive: true, force: true });
  }
});
