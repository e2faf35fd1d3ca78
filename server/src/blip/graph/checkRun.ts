/** Runs a captioning model over the check pictures, in whatever precision its graphs are. */
import type { TextConfig } from '../checkpoint/modelConfig.ts';
import { CrossMemory, type MemoryLayout } from '../crossMemory.ts';
import { highest, type RowScores } from '../generation/search.ts';
import { loadRuntime, type InferenceSession, type Tensors } from '../onnxSession.ts';
import type { PixelTensor } from '../pixelTensor.ts';
import { OnnxTextDecoder, type TextSession } from '../textDecoder.ts';
import type { VisionPart } from '../visionParts.ts';
import { VisionSessions } from '../visionSessions.ts';
import type { Graphs } from './checkGraphs.ts';

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

/** Lends the sessions of the vision graph's parts. */
export async function withVision<T>(
  graphs: Graphs,
  parts: readonly VisionPart[],
  use: (sessions: VisionSessions) => Promise<T>,
): Promise<T> {
  const open = (made: readonly InferenceSession[]): Promise<T> => {
    const next = parts[made.length];
    if (next === undefined) return use(new VisionSessions(made));
    return graphs.lend(next.name, (session) => open([...made, session]));
  };
  return open([]);
}

export async function seeAll(
  graphs: Graphs,
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
  graphs: Graphs,
  parts: readonly VisionPart[],
  pictures: readonly PixelTensor[],
  observe: Observe,
  signal?: AbortSignal,
): Promise<void> {
  await eachPicture(graphs, parts, pictures, observe, () => {}, signal);
}

/** @param observe sees the results of each part, `take` those of the last */
async function eachPicture(
  graphs: Graphs,
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

/** A caption, the end included, with the scores of what could have stood for each of its tokens: [tokens][vocabulary]. */
export interface Written {
  readonly ids: readonly number[];
  /** Log-softmax. */
  readonly scores: readonly Float32Array[];
}

/** The likeliest caption of each picture. */
export async function writeAll(
  graphs: Graphs,
  text: TextConfig,
  seen: readonly SeenPicture[],
  observe: Observe,
  signal?: AbortSignal,
): Promise<Written[]> {
  const most = Math.min(maxTokens, text.positions - 1);
  return graphs.lend('text', async (session) => {
    const captions: Written[] = [];
    for (const { memory } of seen) {
      const decoder = new OnnxTextDecoder(observed(session, observe), text, memory);
      const ids: number[] = [];
      const scores: Float32Array[] = [];
      let next = text.startToken;
      while (ids.length < most && next !== text.endToken) {
        signal?.throwIfAborted();
        const { rows } = await decoder.step({ tokens: [[next]], parents: [0] });
        const [row] = rows;
        next = highest(row!.logits, 1)[0]?.token ?? text.endToken;
        ids.push(next);
        scores.push(logSoftmax(row!));
      }
      captions.push({ ids, scores });
    }
    return captions;
  });
}

/** The scores of what stands for each token of captions that are given, log-softmax: [tokens][vocabulary] of each. */
export async function readAll(
  graphs: Graphs,
  text: TextConfig,
  seen: readonly SeenPicture[],
  captions: readonly (readonly number[])[],
  signal?: AbortSignal,
): Promise<Float32Array[][]> {
  return graphs.lend('text', async (session) => {
    const scores: Float32Array[][] = [];
    for (const [index, { memory }] of seen.entries()) {
      signal?.throwIfAborted();
      const tokens = [text.startToken, ...captions[index]!.slice(0, -1)];
      const decoder = new OnnxTextDecoder(session, text, memory);
      const { rows } = await decoder.step({ tokens: [tokens], parents: [0], everyPosition: true });
      scores.push(rows.map(logSoftmax));
    }
    return scores;
  });
}

function logSoftmax({ logits, logNormaliser }: RowScores): Float32Array {
  return logits.map((logit) => logit - logNormaliser);
}
