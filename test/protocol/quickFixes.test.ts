/** What the quick-fix menu offers besides the caption, each one command or one edit: one undo. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CodeAction } from 'vscode-languageserver-protocol';
import { TestServer, withCursor } from '../support/languageServer.ts';

const caption = 'A magic wand emoji';
let server: TestServer;

before(async () => {
  server = await TestServer.start({ settings: { prefetch: false } });
  await server.file('wand.png', { picture: '001-emoji.png' });
  await server.file('other.png', { picture: '002-emoji.png' });
});
after(() => server.stop());

async function actions(name: string, offset: number): Promise<CodeAction[]> {
  const document = server.document(name);
  const at = document.positionAt(offset);
  const params = { textDocument: { uri: document.uri }, range: { start: at, end: at }, context: { diagnostics: [] } };
  return server.connection.sendRequest<CodeAction[]>('textDocument/codeAction', params);
}

async function press(name: string, offset: number, title: RegExp): Promise<string> {
  const offered = await actions(name, offset);
  const action = offered.find((each) => title.test(each.title));
  assert.ok(action, `${title} among ${offered.map((each) => each.title).join(', ')}`);
  if (action.edit !== undefined) await server.applyEdit({ edit: action.edit });
  else await server.connection.sendRequest('workspace/executeCommand', action.command!);
  return server.document(name).getText();
}

test('edits that need no caption', async () => {
  const figure = (img: string): string => `<figure>${img}<figcaption>Sales of 2024</figcaption></figure>\n`;
  // oxfmt-ignore
  const table: readonly (readonly [languageId: string, ending: string, marked: string, title: RegExp, expected: string])[] = [
    ['html', 'html', '<p><img src="wand.png"┃></p>\n', /^Mark as decorative$/, '<p><img src="wand.png" alt=""></p>\n'],
    ['markdown', 'md', 'See ![┃](wand.png)\n', /^Mark as decorative$/, 'See <img src="wand.png" alt="">\n'],
    ['html', 'html', figure('<img src="┃wand.png">'), /^Take the caption: Sales of 2024$/, figure('<img src="wand.png" alt="Sales of 2024">')],
    ['markdown', 'md', '![Image of a ┃wand](wand.png)\n', /^Remove the prefix: A wand$/, '![A wand](wand.png)\n'],
    ['markdown', 'md', '![Image of a ┃wand](wand.png)\n\n![Picture of a cat](other.png)\n', /^Fix all 2 "alt-redundant-prefix" problems of this file$/, '![A wand](wand.png)\n\n![A cat](other.png)\n'],
    ['html', 'html', '<a href="/about-us"><img src="wand┃.png"></a>\n', /^Name where it leads: /, '<a href="/about-us"><img src="wand.png" alt="About us"></a>\n'],
  ];
  for (const [index, [languageId, ending, marked, title, expected]] of table.entries()) {
    const { text, offset } = withCursor(marked);
    const name = `edit${index}.${ending}`;
    await server.open(name, languageId, text);
    const before = server.applied.length;
    assert.equal(await press(name, offset, title), expected);
    assert.equal(server.applied.length, before + 1);
    assert.equal(server.document(name).version, 2);
  }
});

test('another suggestion differs from all that were shown', async () => {
  const { text, offset } = withCursor('![┃](other.png)\n');
  await server.open('another.md', 'markdown', text);
  await server.at('textDocument/hover', 'another.md', offset); // its caption is known from now on
  const shown = new Set<string>();
  const first = (await actions('another.md', offset))[0]!.title.replace('Insert alt text: ', '');
  shown.add(first);
  for (let round = 0; round < 4; round += 1) {
    const now = await press('another.md', offset, /^Insert another suggestion$/);
    const words = /^!\[(.*)\]/.exec(now)![1]!;
    assert.ok(words !== '' && !shown.has(words), `${words} again, after ${[...shown].join(', ')}`);
    shown.add(words);
  }
});

test('all pictures of a file without alt text, in one edit', async () => {
  const { text, offset } = withCursor('![┃](wand.png)\n\n![](wand.png)\n\n![kept](wand.png)\n');
  await server.file('all.md', text);
  await server.open('all.md', 'markdown', text);
  const before = server.applied.length;
  const now = await press('all.md', offset, /^Insert alt text for all 2 images of this file$/);
  assert.equal(now, `![${caption}](wand.png)\n\n![${caption}](wand.png)\n\n![kept](wand.png)\n`);
  assert.equal(server.applied.length, before + 1);
});

test("the caption's progress is told: under the editor's token, or under one that the server makes", async () => {
  const { text, offset } = withCursor('![┃](wand.png)\n');
  for (const workDoneToken of ['of the editor', undefined]) {
    await server.open(`progress-${workDoneToken}.md`, 'markdown', text);
    const [fix] = await actions(`progress-${workDoneToken}.md`, offset);
    const before = server.progress.length;
    await server.connection.sendRequest('workspace/executeCommand', { ...fix!.command!, workDoneToken });
    const told = server.progress.slice(before);
    assert.deepEqual(
      told.map(({ value }) => value['kind']),
      ['begin', 'end'],
    );
    const tokens = new Set(told.map(({ token }) => token));
    assert.equal(tokens.size, 1);
    assert.equal(tokens.has('of the editor'), workDoneToken !== undefined);
  }
});
