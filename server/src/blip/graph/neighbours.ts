/**
 * Whether what is made of a picture is the same beside others as alone. It is not where a processor's kernels add up one
 * row in another order than several: the sum moves by a millionth, and where that tips a rounding int8 moves by a step.
 */
import type { TextConfig } from '../checkpoint/modelConfig.ts';
import type { RowScores } from '../generation/search.ts';
import { loadRuntime } from '../onnxSession.ts';
import type { PixelTensor } from '../pixelTensor.ts';
import { OnnxTextDecoder } from '../textDecoder.ts';
import type { VisionPart } from '../visionParts.ts';
import type { Graphs } from './checkGraphs.ts';
import { joined, withVision, type SeenPicture } from './checkRun.ts';

/** How many share a run: kernels differ in how many rows they take at once. */
const companies = [2, 3, 8] as const;
/** How much a score may move: no rounding was tipped. */
const tolerance = 1e-4;

/** @param seen what was made of each picture alone */
export async function standAlone(
  graphs: Graphs,
  parts: readonly VisionPart[],
  text: TextConfig,
  pictures: readonly PixelTensor[],
  seen: readonly SeenPicture[],
  signal?: AbortSignal,
): Promise<boolean> {
  return (await seenAlike(graphs, parts, pictures, seen)) && (await writtenAlike(graphs, text, seen, signal));
}

/** True also where the vision graph takes one picture a run. */
async function seenAlike(
  graphs: Graphs,
  parts: readonly VisionPart[],
  [left, right]: readonly PixelTensor[],
  seen: readonly SeenPicture[],
): Promise<boolean> {
  const { Tensor } = await loadRuntime();
  return withVision(graphs, parts, async (sessions) => {
    if (left === undefined || right === undefined || !sessions.takesBatches) return true;
    const pixels = Uint8Array.from([...left.data, ...right.data]);
    const results = await sessions.run(new Tensor('uint8', pixels, [2, left.height, left.width, 3]));
    const embeds = results['image_embeds']!.data as Float32Array;
    const half = embeds.length / 2;
    return [0, 1].every((index) => close(embeds.subarray(index * half, (index + 1) * half), seen[index]!.embeds));
  });
}

/** By the scores of what follows the start. */
async function writtenAlike(
  graphs: Graphs,
  text: TextConfig,
  seen: readonly SeenPicture[],
  signal?: AbortSignal,
): Promise<boolean> {
  return graphs.lend('text', async (session) => {
    const begin = async (together: readonly SeenPicture[]): Promise<readonly RowScores[]> => {
      signal?.throwIfAborted();
      const decoder = new OnnxTextDecoder(session, text, joined(together));
      const tokens = together.map(() => [text.startToken]);
      return (await decoder.step({ tokens, parents: together.map(() => 0) })).rows;
    };
    const alone: RowScores[] = [];
    for (const picture of seen) alone.push(...(await begin([picture])));
    for (const company of companies) {
      const rows = await begin(seen.slice(0, company));
      if (!rows.every(({ logits }, index) => close(logits, alone[index]!.logits))) return false;
    }
    return true;
  });
}

function close(values: Float32Array, others: Float32Array): boolean {
  for (let index = 0; index < values.length; index += 1) {
    if (!(Math.abs(values[index]! - others[index]!) <= tolerance)) return false; // nor where one is no number
  }
  return true;
}
