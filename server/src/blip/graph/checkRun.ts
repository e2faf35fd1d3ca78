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

/**
 * The likeliest caption of each picture.
 *
 * @param together how many are written in a run: one where many would take too much memory
 */
export async function writeAll(
  graphs: Graphs,
  text: TextConfig,
  seen: readonly SeenPicture[],
  together: number,
  observe: Observe,
  signal?: AbortSignal,
): Promise<Written[]> {
  return graphs.lend('text', async (session) => {
    const captions: Written[] = [];
    for (let first = 0; first < seen.length; first += together) {
      const memory = joined(seen.slice(first, first + together));
      const decoder = new OnnxTextDecoder(observed(session, observe), text, memory);
      captions.push(...(await write(decoder, text, memory.pictures, signal)));
    }
    return captions;
  });
}

async function write(
  decoder: OnnxTextDecoder,
  text: TextConfig,
  pictures: number,
  signal?: AbortSignal,
): Promise<Written[]> {
  const most = Math.min(maxTokens, text.positions - 1);
  const captions = Array.from({ length: pictures }, () => ({ ids: [] as number[], scores: [] as Float32Array[] }));
  let unended = captions;
  let parents = captions.map(() => 0); // the empty past
  while (unended.length > 0) {
    signal?.throwIfAborted();
    const tokens = unended.map(({ ids }) => [ids.at(-1) ?? text.startToken]);
    const { rows } = await decoder.step({ tokens, parents });
    for (const [index, { ids, scores }] of unended.entries()) {
      ids.push(highest(rows[index]!.logits, 1)[0]?.token ?? text.endToken);
      scores.push(logSoftmax(rows[index]!));
    }
    parents = [...unended.keys()].filter((index) => {
      const { ids } = unended[index]!;
      return ids.length < most && ids.at(-1) !== text.endToken;
    });
    decoder.keepPictures(parents);
    unended = parents.map((index) => unended[index]!);
  }
  return captions;
}

/** What text looks at in these pictures, side by side. */
export function joined(seen: readonly SeenPicture[]): CrossMemory {
  const [first] = seen;
  if (seen.length === 1) return first!.memory;
  const all = CrossMemory.allocate(first!.memory.layout, seen.length);
  for (const [index, { memory }] of seen.entries()) {
    for (const [at, tensor] of all.part(index, 1).tensors.entries()) tensor.set(memory.tensors[at]!);
  }
  return all;
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
