import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';

/** The goals of a case: how many times better than Transformers fp32, and than the best PyTorch that was tried. */
interface Goal {
  readonly against: string;
  readonly than: number;
  readonly text: string;
}

const goals: Readonly<Record<string, readonly Goal[]>> = {
  'new picture, greedy': [
    { against: 'fp32', than: 6, text: '≥6×' },
    { against: 'int8-sdpa', than: 1.6, text: '≥1.6×' },
  ],
  '3 beams': [
    { against: 'fp32', than: 8, text: '≥8×' },
    { against: 'int8-sdpa', than: 2, text: '≥2×' },
  ],
  '8 pictures': [
    { against: 'fp32', than: 6, text: '≥6×' },
    { against: 'int8-sdpa', than: 1.6, text: '≥1.6×' },
  ],
  'vision part alone': [{ against: 'openvino', than: 1, text: 'beat OpenVINO' }],
  'fresh process to first caption': [{ against: 'fp32', than: 8, text: '≥8×' }],
  'peak memory, MB': [{ against: 'fp32', than: 1 / 0.3, text: '≤30 %' }],
  'on disk, MB': [{ against: 'fp32', than: 1 / 0.26, text: '≤26 %' }],
};
const sides = ['fp32', 'bf16', 'int8-sdpa', 'openvino', 'ours fp32', 'ours int8'];

/** What was measured: case → side → every figure, of which the median counts. */
export class Figures {
  readonly #all = new Map<string, Map<string, number[]>>();
  readonly #notes: string[] = [];

  add(name: string, side: string, value: number): void {
    const bySide = this.#all.get(name) ?? new Map<string, number[]>();
    this.#all.set(name, bySide);
    bySide.set(side, [...(bySide.get(side) ?? []), value]);
  }

  note(text: string): void {
    this.#notes.push(text);
  }

  get notes(): readonly string[] {
    return this.#notes;
  }

  median(name: string, side: string): number | null {
    const values = this.#all
      .get(name)
      ?.get(side)
      ?.toSorted((a, b) => a - b);
    return values === undefined ? null : values[Math.floor(values.length / 2)]!;
  }

  line(name: string): string {
    const shown = sides.flatMap((side) => {
      const median = this.median(name, side);
      return median === null ? [] : [`${side} ${median.toFixed(0)}`];
    });
    return `${name}: ${shown.join(', ')}`;
  }

  table(): string {
    const rows = [...this.#all.keys()].map((name) => {
      const cells = sides.map((side) => this.median(name, side)?.toFixed(0) ?? '–');
      return [name, ...cells, this.#ratios(name)];
    });
    const head = [
      'median, ms',
      'Transformers fp32',
      'bf16',
      'dynamic int8 + SDPA',
      'OpenVINO int8',
      'ours fp32',
      'ours int8',
      'ours int8 against …',
    ];
    return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  }

  #ratios(name: string): string {
    if (name === 'same picture, other settings') {
      const [full, again] = [this.median('new picture, greedy', 'fp32'), this.median(name, 'ours int8')];
      return full === null || again === null
        ? ''
        : `a full generate in fp32: ${(full / again).toFixed(1)}× (goal ≥25×)`;
    }
    const mine = this.median(name, 'ours int8');
    if (mine === null) return '';
    return (goals[name] ?? [])
      .flatMap(({ against, text }) => {
        const theirs = this.median(name, against);
        return theirs === null ? [] : [`${against}: ${(theirs / mine).toFixed(2)}× (goal ${text})`];
      })
      .join('; ');
  }
}

const start = '<!-- measured -->';
const end = '<!-- /measured -->';

/** Replaces the measured part of RESULTS.md; what people wrote around it stays. */
export function writeResults(file: string, figures: Figures): void {
  const machine = `${os.cpus()[0]!.model}, ${os.availableParallelism()} cores, ${Math.round(os.totalmem() / 2 ** 30)} GB, ${os.type()} ${os.release()}`;
  const versions = `Node ${process.version}, onnxruntime-node 1.30.0; PyTorch 2.13.0 (CPU), Transformers 5.23.0, OpenVINO 2026.4.1`;
  const notes = figures.notes.map((note) => `- ${note}`).join('\n');
  const measured = `${start}\n${machine}. ${versions}. Load before the run: ${os.loadavg()[0]!.toFixed(1)}. ${new Date().toISOString().slice(0, 10)}.\n\n${figures.table()}\n\n${notes}\n${end}`;
  const before = existsSync(file) ? readFileSync(file, 'utf8') : `# Results\n\n${start}\n${end}\n`;
  writeFileSync(
    file,
    before.replace(new RegExp(`${start}[^]*${end}`), () => measured),
  );
}
