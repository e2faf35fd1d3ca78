/** A person types while captions are being written: no edit lands on changed text, none of what they typed is lost. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { captionImageRequest, serverCommands, type CaptionImageResult } from '../../server/src/protocol.ts';
import { evalPictures, TestServer } from '../support/languageServer.ts';
import { randomGenerator } from '../support/random.ts';

const rounds = process.env['LONG_TESTS'] === '1' ? 1000 : 50;
const random = randomGenerator(8);
const pictures = readdirSync(evalPictures)
  .filter((name) => name.endsWith('.png'))
  .slice(0, 12);
const alts = new Map<string, string>();
let server: TestServer;

before(async () => {
  server = await TestServer.start();
  for (const picture of pictures) {
    const uri = await server.file(`img/${picture}`, { picture });
    const made = await server.connection.sendRequest<CaptionImageResult>(captionImageRequest, { uri });
    assert.ok(made.ok);
    alts.set(picture, made.alt);
  }
});
after(() => server.stop());

const below = (limit: number): number => Math.floor(random() * limit);
/** Nothing that makes or unmakes an image reference. */
const words = ['a', ' typed', '\n\n', 'x y\n', '- item\n\n', 'é🎉', '*b*'];

/** The document as the person wrote it: without the alts that were inserted. */
function withoutAlts(text: string): string {
  return text.replaceAll(/!\[[^\]]*\]\(/gu, '![](');
}

function assertRight(text: string): void {
  for (const [, alt, picture] of text.matchAll(/!\[([^\]]*)\]\(img\/([^)]+)\)/gu)) {
    if (alt !== '') assert.equal(alt?.replaceAll('\\', ''), alts.get(picture!), `the alt of ${picture}`);
  }
}

test(`${rounds} races: each alt is that of its own picture, and every word typed stays`, async () => {
  let written = 0;
  for (let round = 0; round < rounds; round += 1) {
    const name = `race-${round}.md`;
    const order = pictures.toSorted(() => random() - 0.5).slice(0, 2 + below(5));
    const document = await server.open(name, 'markdown', order.map((picture) => `![](img/${picture})\n\n`).join(''));
    let typed = withoutAlts(document.getText());
    // Typed outside of the references, in the text as it is now and in the one without alts alike.
    const type = async (): Promise<void> => {
      const now = document.getText();
      const starts = [0, ...[...now.matchAll(/\n\n/gu)].map(({ index }) => index + 2)];
      const which = below(starts.length);
      const at = document.positionAt(starts[which]!);
      const word = words[below(words.length)]!;
      const plain = [0, ...[...typed.matchAll(/\n\n/gu)].map(({ index }) => index + 2)];
      typed = typed.slice(0, plain[which]) + word + typed.slice(plain[which]);
      await server.type(name, { start: at, end: at }, word);
    };
    let hastily = below(4);
    server.beforeEdit = async () => {
      // Up to three times the person is quicker than the edit on its way.
      if (hastily > 0) {
        hastily -= 1;
        await type();
      }
    };
    const works = order.slice(0, 1 + below(3)).map(async (picture) => {
      const offset = document.getText().indexOf(`(img/${picture})`);
      const place = { uri: document.uri, position: document.positionAt(offset) };
      await new Promise((resolve) => setTimeout(resolve, below(8)));
      await server.connection.sendRequest('workspace/executeCommand', {
        command: serverCommands.insertAltText,
        arguments: [place],
      });
    });
    for (let more = below(3); more > 0; more -= 1) {
      await new Promise((resolve) => setTimeout(resolve, below(8)));
      await type();
    }
    await Promise.all(works);
    server.beforeEdit = null;
    assertRight(document.getText());
    assert.equal(withoutAlts(document.getText()), typed, `round ${round}`);
    written += [...document.getText().matchAll(/!\[[^\]]+\]/gu)].length;
    await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri: document.uri } });
  }
  assert.ok(written > rounds / 2, `${written} alts were written`);
});
