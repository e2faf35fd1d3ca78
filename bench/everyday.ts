/**
 * What a person feels with the built-in model, through the built server (`npm run build` first): how soon the sidecar
 * answers, the first caption after a cold start, later new pictures, cached ones, and what it costs when idle.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type ProtocolConnection,
} from 'vscode-languageserver-protocol/node';

const root = path.join(import.meta.dirname, '..');
const evalPictures = path.join(root, 'test', 'fixtures', 'mini-blip-eval');
const rounds = 5;
const picturesARound = 30;

interface Sidecar {
  readonly child: ChildProcess;
  readonly connection: ProtocolConnection;
  readonly readyMs: number;
}

async function startSidecar(workspace: string, cache: string): Promise<Sidecar> {
  const started = performance.now();
  const child = spawn(process.execPath, [path.join(root, 'dist/server/main.js'), '--stdio'], {
    cwd: workspace,
    env: { ...process.env, IMAGE_CAPTIONER_CACHE: cache },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.listen();
  const rootUri = pathToFileURL(workspace).href;
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri,
    workspaceFolders: [{ uri: rootUri, name: 'bench' }],
    capabilities: {},
    initializationOptions: { settings: { prefetch: false } },
  });
  const readyMs = performance.now() - started;
  await connection.sendNotification('initialized', {});
  return { child, connection, readyMs };
}

/** Milliseconds until the hover over a line's picture is answered. */
async function hover({ connection }: Sidecar, uri: string, line: number): Promise<number> {
  const started = performance.now();
  const answer = await connection.sendRequest('textDocument/hover', {
    textDocument: { uri },
    position: { line, character: 3 },
  });
  if (!/confidence|photograph/.test(JSON.stringify(answer))) throw new Error(`no caption: ${JSON.stringify(answer)}`);
  return performance.now() - started;
}

/** Clock ticks that a process and its children have used, as Linux counts them. */
async function cpuTicks(id: number): Promise<number> {
  const children = (await readFile(`/proc/${id}/task/${id}/children`, 'utf8').catch(() => ''))
    .trim()
    .split(' ')
    .filter(Boolean);
  const stat = (await readFile(`/proc/${id}/stat`, 'utf8')).split(') ')[1]!.split(' ');
  const below = await Promise.all(children.map((child) => cpuTicks(Number(child))));
  return Number(stat[11]) + Number(stat[12]) + below.reduce((sum, ticks) => sum + ticks, 0);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const top = await mkdtemp(path.join(os.tmpdir(), 'bench-everyday-'));
const workspace = path.join(top, 'workspace');
await mkdir(workspace);
const pictures = (await readdir(evalPictures))
  .filter((name) => name.endsWith('.png'))
  .slice(0, rounds * picturesARound);
for (const name of pictures) await copyFile(path.join(evalPictures, name), path.join(workspace, name));
const uri = pathToFileURL(path.join(workspace, 'page.md')).href;
const text = pictures.map((name) => `![](${name})\n`).join('');

const figures: Record<string, number[]> = { ready: [], cold: [], converted: [], later: [], cached: [], idle: [] };
for (let round = 0; round < rounds; round += 1) {
  // A new cache: the model is converted in the first caption's time.
  const cache = path.join(top, `cache-${round}`);
  for (const kind of ['cold', 'converted'] as const) {
    const sidecar = await startSidecar(workspace, cache);
    await sidecar.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'markdown', version: 1, text },
    });
    figures['ready']!.push(sidecar.readyMs);
    const first = (round * 2 + (kind === 'cold' ? 0 : 1)) * 15;
    figures[kind]!.push(await hover(sidecar, uri, first));
    for (let line = first + 1; line < first + 15; line += 1) figures['later']!.push(await hover(sidecar, uri, line));
    for (let line = first; line < first + 15; line += 1) figures['cached']!.push(await hover(sidecar, uri, line));
    if (kind === 'converted') {
      const before = await cpuTicks(sidecar.child.pid!);
      await new Promise((resolve) => setTimeout(resolve, 2000));
      figures['idle']!.push(((await cpuTicks(sidecar.child.pid!)) - before) / 2);
    }
    await sidecar.connection.sendRequest('shutdown');
    await sidecar.connection.sendNotification('exit');
    sidecar.connection.dispose();
  }
}
await rm(top, { recursive: true, force: true });

const rows: readonly (readonly [string, string, string])[] = [
  ['sidecar ready', `${median(figures['ready']!).toFixed(0)} ms`, '300 ms'],
  ['first caption, nothing converted yet', `${median(figures['cold']!).toFixed(0)} ms`, '1000 ms'],
  ['first caption, model converted before', `${median(figures['converted']!).toFixed(0)} ms`, '1000 ms'],
  ['later new pictures', `${median(figures['later']!).toFixed(1)} ms`, '60 ms'],
  ['cached', `${median(figures['cached']!).toFixed(1)} ms`, '5 ms'],
  ['idle, of one core', `${median(figures['idle']!).toFixed(1)} %`, '0 %'],
];
console.log(
  `Built-in model, medians of ${rounds} rounds, ${os.cpus()[0]!.model}, ${os.availableParallelism()} cores, Node ${process.version}`,
);
for (const [what, measured, goal] of rows) console.log(`${what.padEnd(40)} ${measured.padStart(9)}   goal ${goal}`);
