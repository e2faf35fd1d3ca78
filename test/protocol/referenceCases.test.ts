/**
 * Every case of test/fixtures/cases/references.json through the real server: its document links at exactly their ranges,
 * and the insertion of its alt by the command that the quick fix carries.
 */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { DocumentLink } from 'vscode-languageserver-protocol';
import { altEdit } from '../../server/src/documents/altEdit.ts';
import { parseDocument } from '../../server/src/documents/parse.ts';
import { casesHeldWrong } from '../support/casesHeldWrong.ts';
import { TestServer } from '../support/languageServer.ts';
import { applyEdit, readReferenceCases, type ReferenceCase } from '../support/referenceCases.ts';

let server: TestServer;
let folders = 0;
let present: { uri: string; name: string };

before(async () => {
  server = await TestServer.start({ settings: { prefetch: false, rules: { 'image-not-found': 'off' } } });
  present = { uri: server.uri('.'), name: 'workspace' };
});
after(() => server.stop());

/** A workspace of the case's own: what another one holds is never found. */
async function openCase(given: ReferenceCase): Promise<string> {
  const folder = `case${folders++}`;
  for (const file of [...given.files, given.file]) {
    const place = path.join(server.folder, folder, file);
    await mkdir(path.dirname(place), { recursive: true });
    await writeFile(place, 'x');
  }
  const next = { uri: server.uri(folder), name: folder };
  const event = { added: [next], removed: [present] };
  await server.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event });
  present = next;
  const name = `${folder}/${given.file}`;
  await server.open(name, given.languageId, given.text);
  return name;
}

/** A link's target, or null where there is none. */
function linkTarget(target: string | null, folder: string): string | null {
  if (target === null || /^(?:data|attachment):/iu.test(target)) return null;
  if (/^https?:/iu.test(target)) return target;
  if (target.startsWith('//')) return `https:${target}`;
  if (/^[a-z][a-z\d+.-]+:/iu.test(target)) return null;
  return pathToFileURL(path.resolve(server.folder, folder, target)).href;
}

interface Link {
  readonly start: number;
  readonly end: number;
  readonly target: string | null;
}

const inOrder = (links: readonly Link[]): string[] =>
  links
    .toSorted((a, b) => a.start - b.start || a.end - b.end)
    .map(({ start, end, target }) => `${start}-${end} ${target === null ? '' : decodeURIComponent(target)}`);

async function checkLinks(given: ReferenceCase, name: string): Promise<void> {
  const document = server.document(name);
  const textDocument = { uri: document.uri };
  const links = await server.connection.sendRequest<DocumentLink[]>('textDocument/documentLink', { textDocument });
  const folder = name.split('/')[0]!;
  const expected = given.references
    .flatMap(({ target, targetStart, targetEnd, others = [] }) => [
      { target, start: targetStart, end: targetEnd },
      ...others,
    ])
    .map((link) => ({ ...link, target: linkTarget(link.target, folder) }))
    .filter(({ target }) => target !== null);
  const found = links.map(({ range, target = null }) => ({
    start: document.offsetAt(range.start),
    end: document.offsetAt(range.end),
    target,
  }));
  assert.deepEqual(inOrder(found), inOrder(expected));
}

/** Which of several right answers is written is the documents' matter (test/unit/referenceCases.test.ts). */
async function checkInsertion(given: ReferenceCase, name: string): Promise<void> {
  const { insertAlt } = given;
  if (insertAlt === undefined) return;
  const parsed = await parseDocument(given.text, given.languageId, { imageComponents: [] });
  const edit = altEdit(parsed.references[insertAlt.reference]!, insertAlt.caption);
  const document = server.document(name);
  const position = document.positionAt(given.references[insertAlt.reference]!.start);
  const written = await server.connection.sendRequest('workspace/executeCommand', {
    command: 'imageCaptioner.server.insertAltText',
    arguments: [{ uri: document.uri, position, replace: true, words: insertAlt.caption }],
  });
  assert.equal(written, true, server.messages.at(-1));
  assert.equal(document.getText(), applyEdit(given.text, edit!));
}

const cases = readReferenceCases().filter(({ id }) => !casesHeldWrong.has(id));
for (const [languageId, given] of Map.groupBy(cases, (each) => each.languageId)) {
  test(`${languageId}: links and insertions of ${given.length} cases`, async () => {
    const failed: string[] = [];
    for (const each of given) {
      try {
        const name = await openCase(each);
        await checkLinks(each, name);
        await checkInsertion(each, name);
      } catch (error) {
        failed.push(`${each.id}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    assert.deepEqual(failed, []);
  });
}
