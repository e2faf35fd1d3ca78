/**
 * The main job on a sample workspace: captions every picture, prints a table, then what would be written into the
 * documents. `npm start -- PATH` does the same for your own folder. Nothing is changed on disk.
 */
import path from 'node:path';
import { BlipError } from '../server/src/blip/index.ts';
import { percent } from '../server/src/captionNote.ts';
import { createCaptioner } from '../server/src/cli/captioner.ts';
import type { CommandIo } from '../server/src/cli/commandIo.ts';
import { findImages } from '../server/src/cli/imageFiles.ts';
import { findSettings } from '../server/src/cli/settingsFile.ts';
import { write } from '../server/src/cli/write.ts';
import { readImageFile } from '../server/src/imageFile.ts';
import { findInstallation } from '../server/src/installation.ts';

interface Row {
  readonly picture: string;
  readonly caption: string;
  readonly confidence: string;
  readonly time: string;
}

const given = process.argv[2];
const folder = path.resolve(given ?? path.join(import.meta.dirname, '..', 'samples'));
const io: CommandIo = {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  stdin: () => Promise.resolve(''),
  cwd: folder,
  env: process.env,
  signal: new AbortController().signal,
};
// The program's own entries lie in server/src: the installation is found from there.
const installation = findInstallation(new URL('../server/src/cli.ts', import.meta.url).href, process.env);

async function captionAll(): Promise<Row[]> {
  const captioner = createCaptioner(installation, io);
  try {
    const found = await findSettings(io.cwd);
    const { files: pictures } = await findImages(['.'], found, io);
    const rows: Row[] = [];
    for (const [index, picture] of pictures.entries()) {
      progress(`captioning ${index + 1} of ${pictures.length}: ${picture.name}`);
      rows.push(await captionOne(captioner, picture, found.settings));
    }
    progress('');
    return rows;
  } finally {
    captioner.close();
  }
}

async function captionOne(
  { images }: ReturnType<typeof createCaptioner>,
  picture: { readonly name: string; readonly path: string },
  settings: Awaited<ReturnType<typeof findSettings>>['settings'],
): Promise<Row> {
  const started = performance.now();
  try {
    const image = await readImageFile(picture.path, picture.name, io.signal);
    const { caption, cached } = await images.caption(image, settings, 'workspace', io.signal);
    const doubt = caption.photograph ? ' (cannot describe photographs)' : caption.confident ? '' : ' (not sure)';
    const time = `${Math.round(performance.now() - started)} ms${cached ? ', cached' : ''}`;
    return { picture: picture.name, caption: caption.caption + doubt, confidence: percent(caption.confidence), time };
  } catch (error) {
    if (!(error instanceof BlipError)) throw error;
    return { picture: picture.name, caption: error.message, confidence: '', time: '' };
  }
}

/** One line that is written over, at a terminal; a line each in a log. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}`);
  else if (text !== '') process.stderr.write(`${text}\n`);
}

function printTable(rows: readonly Row[]): void {
  const titles: Row = { picture: 'PICTURE', caption: 'CAPTION', confidence: 'SURE', time: 'TIME' };
  const columns = ['picture', 'caption', 'confidence', 'time'] as const;
  const widths = columns.map((column) => Math.max(...[titles, ...rows].map((row) => row[column].length)));
  for (const row of [titles, ...rows]) {
    console.log(
      columns
        .map((column, index) => row[column].padEnd(widths[index]!))
        .join('  ')
        .trimEnd(),
    );
  }
}

console.log(`Pictures in ${given ?? 'samples'}, captioned on this machine:\n`);
printTable(await captionAll());
console.log('\nWhat `image-captioner write` would write into the documents:\n');
process.exitCode = await write(['.', '--dry-run'], io, installation);
