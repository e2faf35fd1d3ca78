import type { CrossAttention } from '../blip/index.ts';
import type { PanelAttention, PanelAttentionParams } from '../protocol.ts';

/** Runs whose attention is remembered: what is on screen (two models side by side) and the ones before. */
const rememberedRuns = 6;

/** Where the model looked in the panel's last runs. A step of BLIP-base is a third of a megabyte: only maps asked for travel on. */
export class PanelAttentions {
  readonly #runs = new Map<string, Map<string, CrossAttention>>();

  add(run: string, sequence: number, index: number, attention: CrossAttention): void {
    const steps = this.#runs.get(run) ?? new Map<string, CrossAttention>();
    steps.set(`${sequence} ${index}`, attention);
    this.#runs.delete(run);
    this.#runs.set(run, steps);
    for (const old of [...this.#runs.keys()].slice(0, -rememberedRuns)) this.#runs.delete(old);
  }

  /** Null where the run is not remembered, or there is no such step, layer or head. */
  map({ run, sequence, index, layer, head }: PanelAttentionParams): PanelAttention | null {
    const attention = this.#runs.get(run)?.get(`${sequence} ${index}`);
    if (attention === undefined) return null;
    const { layers, heads, positions } = attention;
    if ((layer ?? 0) >= layers || (head ?? 0) >= heads) return null;
    const [whole = 0, ...weights] = meanOver(attention, layer, head); // the class position comes first
    return { layers, heads, patchesPerSide: Math.round(Math.sqrt(positions - 1)), weights, whole };
  }
}

/** [layers, heads, positions] → [positions], of one layer and head or their mean. */
function meanOver(
  { layers, heads, positions, weights }: CrossAttention,
  layer: number | null,
  head: number | null,
): number[] {
  const sum = Array.from<number>({ length: positions }).fill(0);
  let maps = 0;
  for (let row = 0; row < layers * heads; row += 1) {
    if (layer !== null && Math.floor(row / heads) !== layer) continue;
    if (head !== null && row % heads !== head) continue;
    maps += 1;
    for (let position = 0; position < positions; position += 1) sum[position]! += weights[row * positions + position]!;
  }
  return sum.map((total) => total / maps);
}
