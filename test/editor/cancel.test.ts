/** Cancelling the captioning of a workspace that is large enough to take a while. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EditorWindow } from '../support/editorWindow.ts';
import { vsixFile } from '../support/packedExtension.ts';

const pictures = fileURLToPath(new URL('../fixtures/mini-blip-eval', import.meta.url));

/** A page for each picture of the evaluation set, none of which is cached. */
async function pages(folder: string): Promise<readonly string[]> {
  const files = globSync('*.png', { cwd: pictures });
  await mkdir(path.join(folder, 'images'));
  for (const file of files) {
    await cp(path.join(pictures, file), path.join(folder, 'images', file));
    await writeFile(path.join(folder, `${file}.md`), `![](images/${file})\n`);
  }
  return files.map((file) => `${file}.md`);
}

test(
  'captioning the workspace stops at once when it is cancelled, and nothing is written',
  { timeout: 180_000 },
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'image-captioner-pages-'));
    const documents = await pages(folder);
    try {
      await using window = await EditorWindow.open({ workspace: folder, vsix: vsixFile() });
      await window.runCommand('Image Captioner: Caption the Workspace');
      const progress = window.notification(/Captioning images.*[1-9]\d* of \d+ documents/s);
      await progress.waitFor({ timeout: 60_000 });
      await progress.hover();
      const cancelled = Date.now();
      await progress.getByText('Cancel').click();
      await progress.waitFor({ state: 'hidden' });
      await window.page.locator('.statusbar', { hasText: 'Captioning was cancelled' }).waitFor();
      assert.ok(Date.now() - cancelled < 2000, `it took ${Date.now() - cancelled} ms`);
      for (const file of documents) {
        assert.equal(
          readFileSync(path.join(window.workspace, file), 'utf8'),
          readFileSync(path.join(folder, file), 'utf8'),
        );
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
