import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { ImageTarget } from '../../server/src/documents/imageReference.ts';
import type { AnalysedDocument } from '../../server/src/openDocuments.ts';
import { parseSettings } from '../../server/src/settings.ts';
import { TextSnapshot } from '../../server/src/textSnapshot.ts';
import { WorkspaceImages } from '../../server/src/workspaceImages.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'image-captioner-images-'));
after(() => rmSync(folder, { recursive: true }));
for (const name of ['one', 'two']) mkdirSync(path.join(folder, name));
writeFileSync(path.join(folder, 'two', 'a.png'), 'x');

const { settings } = parseSettings({ imageRoots: [] });
const uriOf = (name: string): string => pathToFileURL(path.join(folder, name)).href;

function page(name: string): AnalysedDocument {
  const uri = uriOf(name);
  const text = TextSnapshot.create(uri, 'markdown', 1, '');
  const parsed = { references: [], comments: [], declaredLanguage: null, prose: '' };
  return { uri, version: 1, languageId: 'markdown', path: path.join(folder, name), text, parsed, since: null };
}

const target = (written: string): ImageTarget => ({ written, range: { start: 0, end: 0 }, resolution: 'url' });

test('a target is looked for beside its own document', async () => {
  const images = new WorkspaceImages([uriOf('one'), uriOf('two')], async () => settings);
  const found = async (document: string): Promise<string> =>
    (await images.locate(target('./a.png'), page(document))).kind;
  assert.deepEqual([await found('two/page.md'), await found('one/page.md')], ['file', 'missing']);
});

test('the disk is remembered until files change, or folders', async () => {
  const images = new WorkspaceImages([uriOf('one')], async () => settings);
  images.watched();
  const kind = async (): Promise<string> => (await images.locate(target('later.png'), page('one/page.md'))).kind;
  const before = images.state;
  assert.equal(await kind(), 'missing');
  writeFileSync(path.join(folder, 'one', 'later.png'), 'x');
  assert.equal(await kind(), 'missing');
  assert.equal(images.state, before);
  images.forget();
  assert.equal(await kind(), 'file');
  assert.notEqual(images.state, before);
  const known = images.state;
  images.foldersChanged([uriOf('two')], []);
  assert.notEqual(images.state, known);
  assert.deepEqual(images.folders, [path.join(folder, 'one'), path.join(folder, 'two')]);
});

test('where nobody tells of changes it is looked up anew soon', async () => {
  const images = new WorkspaceImages([uriOf('one')], async () => settings);
  const kind = async (): Promise<string> => (await images.locate(target('sudden.png'), page('one/page.md'))).kind;
  assert.equal(await kind(), 'missing');
  writeFileSync(path.join(folder, 'one', 'sudden.png'), 'x');
  await new Promise((resolve) => setTimeout(resolve, 1600));
  assert.equal(await kind(), 'file');
});
