/**
 * Somebody types while alt texts are written: 1,000 rounds of random edits (5 % in CI) against the real server. No edit
 * may land on another picture, overwrite what was typed, or be made for an older text; and the problems are the newest's.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DocumentDiagnosticReport, Range } from 'vscode-languageserver-protocol';
import type { ImageReference } from '../../server/src/documents/imageReference.ts';
import { parseDocument } from '../../server/src/documents/parse.ts';
import { findProblems } from '../../server/src/features/diagnostics.ts';
import { defaultSettings } from '../../server/src/settings.ts';
import { TestServer } from '../support/languageServer.ts';
import { randomGenerator } from '../support/random.ts';

const rounds = process.env['LONG_TESTS'] === '1' ? 1000 : 50;
const rules = { ...defaultSettings.rules, 'image-not-found': 'off' } as const;
let server: TestServer;

before(async () => {
  server = await TestServer.start({ settings: { prefetch: false, rules: { 'image-not-found': 'off' } } });
});
after(() => server.stop());

interface Language {
  readonly ending: string;
  readonly languageId: string;
  readonly image: (target: string) => string;
}

const languages: readonly Language[] = [
  { ending: 'md', languageId: 'markdown', image: (target) => `![](${target})` },
  { ending: 'html', languageId: 'html', image: (target) => `<img src="${target}">` },
  { ending: 'tsx', languageId: 'typescriptreact', image: (target) => `const a = <img src="${target}" />;` },
];

async function parse(text: string, { languageId }: Language): Promise<readonly ImageReference[]> {
  return (await parseDocument(text, languageId, { imageComponents: [] })).references;
}

/** What a person may do between two requests: lines come, go and change places with pictures in them. */
function typed(random: () => number, lines: number, { image }: Language): { range: Range; text: string } {
  const line = Math.floor(random() * lines);
  const start = { line, character: 0 };
  switch (Math.floor(random() * 4)) {
    case 0:
      return { range: { start, end: { line: line + 1, character: 0 } }, text: '' };
    case 1:
      return { range: { start, end: start }, text: `${image(`new${Math.floor(random() * 3)}.png`)}\n\n` };
    case 2:
      return { range: { start, end: start }, text: '\n// 😀 typed\n\n' };
    default:
      return { range: { start, end: { line, character: 1 } }, text: '/' };
  }
}

interface Landed {
  readonly before: string;
  readonly after: string;
}

/** One picture without words has these words now; everything else is as it was. */
async function checkLanded({ before, after }: Landed, words: string, language: Language): Promise<void> {
  const was = await parse(before, language);
  const is = await parse(after, language);
  const describe = (references: readonly ImageReference[]): string[] =>
    references.map(({ target, alt }) => `${target.written} ${alt}`);
  const changed = is.findIndex(({ alt }, index) => alt !== was[index]?.alt);
  assert.equal(was[changed]?.alt, null, `of ${JSON.stringify(before)} was made ${JSON.stringify(after)}`);
  assert.equal(is[changed]?.alt, words);
  assert.deepEqual(
    describe(is),
    describe(was.map((each, index) => (index === changed ? { ...each, alt: words } : each))),
  );
}

test(`${rounds} rounds of typing while alt texts are written`, async () => {
  const random = randomGenerator(20_240);
  let written = 0;
  for (let round = 0; round < rounds; round += 1) {
    const language = languages[round % languages.length]!;
    const name = `race${round}.${language.ending}`;
    const pictures = Array.from({ length: 6 }, (_, index) => language.image(`p${index % 4}.png`));
    const document = await server.open(name, language.languageId, `${pictures.join('\n\n')}\n`);
    const landed: Landed[] = [];
    const words = `Words ${round}`;
    const type = async (): Promise<void> => {
      const { range, text } = typed(random, document.lineCount, language);
      await server.type(name, range, text);
    };
    let typing = 3;
    server.beforeEdit = async () => {
      if (random() < 0.5 && typing-- > 0) await type();
    };
    server.afterEdit = (before, after) => void landed.push({ before, after });
    const requests: Promise<unknown>[] = [];
    for (let step = 0; step < 4; step += 1) {
      const position = { line: 2 * Math.floor(random() * 6), character: 1 };
      const args = {
        uri: document.uri,
        position: language.ending === 'tsx' ? { ...position, character: 12 } : position,
        words,
      };
      requests.push(
        server.connection.sendRequest('workspace/executeCommand', {
          command: 'imageCaptioner.server.insertAltText',
          arguments: [args],
        }),
      );
      if (random() < 0.7) await type();
      if (random() < 0.3) await new Promise((resolve) => setTimeout(resolve, random() * 15));
    }
    const answers = await Promise.all(requests);
    server.beforeEdit = null;
    server.afterEdit = null;
    written += landed.length;
    assert.equal(answers.filter((answer) => answer === true).length, landed.length);
    for (const each of landed) await checkLanded(each, words, language);
    await checkProblems(name, language);
    await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri: document.uri } });
  }
  assert.ok(written >= rounds, `${written} written in ${rounds} rounds`);
});

async function checkProblems(name: string, { languageId }: Language): Promise<void> {
  const document = server.document(name);
  const textDocument = { uri: document.uri };
  const report = await server.connection.sendRequest<DocumentDiagnosticReport>('textDocument/diagnostic', {
    textDocument,
  });
  const text = document.getText();
  const parsed = await parseDocument(text, languageId, { imageComponents: [] });
  const expected = findProblems({ text, languageId, parsed }, rules).map(({ rule, range }) => `${rule} ${range.start}`);
  const found =
    report.kind === 'full' ? report.items.map(({ code, range }) => `${code} ${document.offsetAt(range.start)}`) : [];
  assert.deepEqual(found, expected);
}
