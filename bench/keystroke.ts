/**
 * What a keystroke costs: processor time of the server's main thread, the longest time that it answers nobody, and the
 * time until fresh problems are there. `npm run bench:keystroke`; fails past the limits with `--check`.
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DocumentDiagnosticReport } from 'vscode-languageserver-protocol';
import { TestServer } from '../test/support/languageServer.ts';
import type { ProbeAnswer } from './eventLoopProbe.ts';

const limits = { cpuMs: 10, blockMs: 10, freshMs: 300 };
const rounds = 40;
const picture = '001-emoji.png';

interface Sample {
  readonly name: string;
  readonly file: string;
  readonly languageId: string;
  readonly text: string;
}

const pictures = Array.from({ length: 60 }, (_, index) => `img/p${index}.png`);
const prose = 'Line with *some* text, [a link](x.md), and words that nobody reads.';

/** Every tenth line shows a picture, half of them without words. */
function markdownPage(lines: number): string {
  const line = (index: number): string => {
    if (index % 10 === 4 || index % 10 === 2) return '';
    return index % 10 === 3 ? `Here ![${index % 20 === 3 ? '' : 'a shape'}](${pictures[index % 60]}) it is.` : prose;
  };
  return Array.from({ length: lines }, (_, index) => line(index)).join('\n');
}

/** 2 MB with 500 pictures. */
function largePage(line: string, image: (target: string) => string): string {
  const lines = Math.ceil(2_000_000 / (line.length + 1));
  const every = Math.floor(lines / 500);
  const at = (index: number): string => (index % every === 3 ? image(pictures[index % 60]!) : line);
  return Array.from({ length: lines }, (_, index) => at(index)).join('\n');
}

const htmlPage = largePage(
  '<p>Line with <em>some</em> text and words that nobody reads.</p>',
  (target) => `<img src="${target}">`,
);

const samples: readonly Sample[] = [
  { name: 'Markdown, 5,000 lines, 500 pictures', file: 'page.md', languageId: 'markdown', text: markdownPage(5000) },
  {
    name: 'Markdown, 2 MB, 500 pictures',
    file: 'large.md',
    languageId: 'markdown',
    text: largePage(`${prose}\n`, (target) => `\n![](${target})\n`),
  },
  { name: 'HTML, 2 MB, 500 pictures', file: 'large.html', languageId: 'html', text: htmlPage },
  {
    name: 'HTML, 2 MB, 500 pictures, within other elements',
    file: 'page.html',
    languageId: 'html',
    text: `<!doctype html><html lang="en"><head><title>Page</title></head><body><div><main>\n${htmlPage}\n</main></div></body></html>\n`,
  },
];

const probe = fileURLToPath(new URL('eventLoopProbe.ts', import.meta.url));
const server = await TestServer.start({ nodeArguments: ['--import', probe], settings: { prefetch: false } });
for (const target of pictures) await server.file(target, { picture });

async function ask(): Promise<ProbeAnswer> {
  const answer = once(server.process, 'message');
  server.process.send('probe');
  return (await answer)[0] as ProbeAnswer;
}

let previousResultId: string | undefined;
async function problems(file: string): Promise<DocumentDiagnosticReport> {
  const textDocument = { uri: server.uri(file) };
  const params = { textDocument, ...(previousResultId === undefined ? {} : { previousResultId }) };
  const report = await server.connection.sendRequest<DocumentDiagnosticReport>('textDocument/diagnostic', params);
  previousResultId = report.resultId;
  return report;
}

/** A pause between keystrokes, as a person makes: what they cost adds up in none of them. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 40));

const middle = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
/** What nine keystrokes in ten stay below. */
const late = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length * 0.9)]!;

let failed = false;
for (const { name, file, languageId, text } of samples) {
  await server.open(file, languageId, text);
  previousResultId = undefined;
  await problems(file);
  const cpu: number[] = [];
  const block: number[] = [];
  const fresh: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await pause();
    const before = await ask();
    const line = 6 + round * 10;
    const began = performance.now();
    await server.type(file, { start: { line, character: 4 }, end: { line, character: 4 } }, 'x');
    await problems(file);
    fresh.push(performance.now() - began);
    const after = await ask();
    cpu.push(after.cpuMs - before.cpuMs);
    block.push(after.longestBlockMs);
  }
  const row = (numbers: readonly number[]): string =>
    `${middle(numbers).toFixed(1)} ms (90 %: ${late(numbers).toFixed(1)}, all: ${Math.max(...numbers).toFixed(1)})`;
  console.log(`${name}, ${(text.length / 1e6).toFixed(2)} MB`);
  console.log(`  main thread ${row(cpu)}, longest block ${row(block)}, fresh problems ${row(fresh)}`);
  failed ||= late(cpu) > limits.cpuMs || middle(block) > limits.blockMs || late(fresh) > limits.freshMs;
}
await server.stop();
if (process.argv.includes('--check') && failed) {
  console.error(`Past the limits: ${JSON.stringify(limits)}`);
  process.exitCode = 1;
}
