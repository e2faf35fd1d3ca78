/** Runs a captioning model over the check pictures, in whatever precision its graphs are. */
import { join } from 'node:path';
import type { TextConfig } from '../checkpoint/modelConfig.ts';
import { CrossMemory, type MemoryLayout } from '../crossMemory.ts';
import { highest } from '../generation/search.ts';
import { createSession, loadRuntime, type InferenceSession, type Tensors } from '../onnxSession.ts';
import type { PixelTensor } from '../pixelTensor.ts';
import { OnnxTextDecoder, type TextSession } from '../textDecoder.ts';
import type { VisionPart } from '../visionParts.ts';
import { VisionSessions } from '../visionSessions.ts';

/** What the vision graph made of a picture. */
export interface SeenPicture {
  /** [positions, hidden] */
  readonly embeds: Float32Array;
  readonly memory: CrossMemory;
}

/** Sees the results of each run. */
export type Observe = (results: Tensors) => void;

export const unobserved: Observe = () => {};

function observed(session: InferenceSession, observe: Observe): TextSession {
  return {
    outputNames: session.outputNames,
    run: async (feeds, fetches) => {
      const results = await session.run(feeds, fetches);
      observe(results);
      return results;
    },
  };
}

/** The folder of a model's graphs. Those in float32 are far larger than what is kept: their weights are not packed. */
export interface GraphsAt {
  readonly folder: string;
  readonly fewRuns: boolean;
}

export async function withSession<T>(
  { folder, fewRuns }: GraphsAt,
  name: string,
  use: (session: InferenceSession) => Promise<T>,
): Promise<T> {
  const session = await createSession(join(folder, `${name}.onnx`), { threads: null, fewRuns });
  try {
    return await use(session);
  } finally {
    await session.release();
  }
}

/** Lends the sessions of the vision graph's parts. */
export async function withVision<T>(
  graphs: GraphsAt,
  parts: readonly VisionPart[],
  use: (sessions: VisionSessions) => Promise<T>,
): Promise<T> {
  const open = (made: readonly InferenceSession[]): Promise<T> => {
    const next = parts[made.length];
    if (next === undefined) return use(new VisionSessions(made));
    return withSession(graphs, next.name, (session) => open([...made, session]));
  };
  return open([]);
}

export async function seeAll(
  graphs: GraphsAt,
  parts: readonly VisionPart[],
  pictures: readonly PixelTensor[],
  observe: Observe,
  signal?: AbortSignal,
): Promise<SeenPicture[]> {
  const seen: SeenPicture[] = [];
  await eachPicture(
    graphs,
    parts,
    pictures,
    observe,
    (results, layout) => {
      const tensors = layout.map(({ name }) => results[name]!.data as Float32Array | Int8Array);
      const memory = new CrossMemory(layout, 1, tensors);
      seen.push({ embeds: results['image_embeds']!.data as Float32Array, memory });
    },
    signal,
  );
  return seen;
}

/** As seeAll, for who only observes: what is seen of eight pictures takes a third of a gigabyte. */
export async function observeAll(
  graphs: GraphsAt,
  parts: readonly VisionPart[],
  pictures: readonly PixelTensor[],
  observe: Observe,
  signal?: AbortSignal,
): Promise<void> {
  await eachPicture(graphs, parts, pictures, observe, () => {}, signal);
}

/** @param observe sees the results of each part, `take` those of the last */
async function eachPicture(
  graphs: GraphsAt,
  parts: readonly VisionPart[],
  pictures: readonly PixelTensor[],
  observe: Observe,
  take: (results: Tensors, layout: MemoryLayout) => void,
  signal?: AbortSignal,
): Promise<void> {
  const { Tensor } = await loadRuntime();
  await withVision(graphs, parts, async (sessions) => {
    for (const { data, height, width } of pictures) {
      signal?.throwIfAborted();
      const pixels = new Tensor('uint8', data, [1, height, width, 3]);
      take(await sessions.run(pixels, undefined, { signal, observe }), sessions.memoryLayout);
    }
  });
}

/** Longest caption of the check. */
const maxTokens = 12;

/** The likeliest caption of each picture, the end included. */
export async function writeAll(
  graphs: GraphsAt,
  text: TextConfig,
  seen: readonly SeenPicture[],
  observe: Observe,
  signal?: AbortSignal,
): Promise<number[][]> {
  const most = Math.min(maxTokens, text.positions - 1);
  return withSession(graphs, 'text', async (session) => {
    const captions: number[][] = [];
    for (const { memory } of seen) {
      const decoder = new OnnxTextDecoder(observed(session, observe), text, memory);
      const ids: number[] = [];
      let next = text.startToken;
      while (ids.length < most && next !== text.endToken) {
        signal?.throwIfAborted();
        const { rows } = await decoder.step({ tokens: [[next]], parents: [0] });
        next = highest(rows[0]!.logits, 1)[0]?.token ?? text.endToken;
        ids.push(next);
      }
      captions.push(ids);
    }
    return captions;
  });
}

/** The scores of what follows each token of a given caption, log-softmax: [tokens][vocabulary]. */
export async function readAll(
  graphs: GraphsAt,
  text: TextConfig,
  seen: readonly SeenPicture[],
  captions: readonly (readonly number[])[],
  observe: Observe,
  signal?: AbortSignal,
): Promise<Float32Array[][]> {
  return withSession(graphs, 'text', async (session) => {
    const scores: Float32Array[][] = [];
    for (const [index, { memory }] of seen.entries()) {
      signal?.throwIfAborted();
      const tokens = [text.startToken, ...captions[index]!.slice(0, -1)];
      const decoder = new OnnxTextDecoder(observed(session, observe), text, memory);
      const { rows } = await decoder.step({ tokens: [tokens], parents: [0], everyPosition: true });
      scores.push(rows.map(({ logits, logNormaliser }) => logits.map((logit) => logit - logNormaliser)));
    }
    return scores;
  });
}
