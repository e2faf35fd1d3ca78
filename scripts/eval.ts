/**
 * The built-in model on held-out pictures: accuracy per family, and what abstaining below the model's threshold does.
 * `npm run eval -- --precision int8|fp32` (default int8), `--model FOLDER` for another model.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CaptionGenerator } from '../server/src/blip/index.ts';

interface EvalPicture {
  readonly file: string;
  readonly caption: string;
  readonly family: string;
  readonly reference: string;
}

interface Outcome extends EvalPicture {
  readonly said: string;
  readonly confident: boolean;
  readonly photograph: boolean;
}

const root = path.join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: path.join(root, 'models', 'mini-blip') },
    pictures: { type: 'string', default: path.join(root, 'test', 'fixtures', 'mini-blip-eval') },
    precision: { type: 'string', default: 'int8' },
  },
});
const lines = (await readFile(path.join(values.pictures, 'captions.jsonl'), 'utf8')).trim().split('\n');
const pictures = lines.map((line) => JSON.parse(line) as EvalPicture);

const precision = values.precision === 'fp32' ? 'fp32' : 'int8';
const generator = await CaptionGenerator.load(values.model, { precision, cacheFolder: null });
const outcomes: Outcome[] = [];
for (const picture of pictures) {
  const bytes = await readFile(path.join(values.pictures, picture.file));
  const { caption, confident, photograph } = await generator.caption(bytes, { alpha: 'white' });
  outcomes.push({ ...picture, said: caption, confident, photograph });
}
await generator.close();

function share(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(0)} %`;
}

function row(name: string, of: readonly Outcome[]): string[] {
  const right = of.filter(({ said, caption }) => said === caption);
  const sure = of.filter(({ confident }) => confident);
  const sureAndRight = sure.filter(({ said, caption }) => said === caption);
  const asReference = of.filter(({ said, reference }) => said === reference);
  return [
    name,
    String(of.length),
    share(right.length, of.length),
    share(sure.length, of.length),
    share(sureAndRight.length, sure.length),
    share(asReference.length, of.length),
  ];
}

const families = [...Map.groupBy(outcomes, ({ family }) => family)].toSorted(([a], [b]) => (a < b ? -1 : 1));
const table = [
  ['family', 'pictures', 'right', 'kept (not abstained)', 'right of kept', 'as the reference'],
  ...families.map(([family, of]) => row(family, of)),
  row('all', outcomes),
];
const widths = table[0]!.map((_, column) => Math.max(...table.map((cells) => cells[column]!.length)));
console.log(`precision ${generator.model.precision}`);
for (const cells of table)
  console.log(
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
