/** Checkpoint → the ONNX graphs of its task, in a folder. */
import { mkdir } from 'node:fs/promises';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { expectedTensors } from '../checkpoint/expectedTensors.ts';
import type { Architecture, ModelConfig } from '../checkpoint/modelConfig.ts';
import { float32Memory } from './crossMemory.ts';
import type { GraphForms } from './forms.ts';
import { isSmall } from './int8Plan.ts';
import type { OnnxGraph } from './onnxBuilder.ts';
import { writeOnnx, type StoredWeights } from './onnxFile.ts';
import { textEncoderGraph } from './textEncoderGraph.ts';
import { textGraph } from './textGraph.ts';
import { visionGraphs } from './visionGraph.ts';
import { checkpointWeights, KeptTensors, type Weights } from './weights.ts';

export interface ConversionProgress {
  /** 0…1 */
  readonly fraction: number;
  /** What is being done, for a person. */
  readonly message: string;
}

/** A group of graphs that name the same weights: those of the first are written, the others refer to them. */
type GraphGroup = readonly OnnxGraph[];

/** What a model's graphs are made from. */
export interface ModelSource {
  readonly config: ModelConfig;
  readonly architecture: Architecture;
  readonly weights: Weights;
  /** The checkpoint has an output layer of its own, not the word embeddings. */
  readonly ownOutputLayer: boolean;
  /** Of a small model: what its graphs are made of, kept for the next ones; a large one's would fill the memory. */
  readonly kept: KeptTensors | null;
}

export async function modelSource(config: ModelConfig, checkpoint: Checkpoint): Promise<ModelSource> {
  const { architecture } = checkpoint;
  const kept = isSmall(config) ? new KeptTensors() : null;
  const read = checkpointWeights(checkpoint);
  const weights: Weights = kept === null ? read : (name) => kept.keep(name, read(name));
  if (kept !== null) readAhead(weights, expectedTensors(config, architecture).keys());
  return { config, architecture, weights, ownOutputLayer: await hasOwnOutputLayer(checkpoint, weights), kept };
}

/** The disk is read while the thread is busy with what has arrived. */
function readAhead(weights: Weights, names: Iterable<string>): void {
  for (const name of names) {
    // Who asks for the weight next hears what is wrong with it.
    weights(name)
      .load()
      .catch(() => {});
  }
}

/** The graphs of a task, from pixels to text. */
export function graphGroups(source: ModelSource, forms: GraphForms): GraphGroup[] {
  const groups = groupsOf(source, forms);
  const { kept } = source;
  return kept === null ? groups : groups.map((group) => group.map((graph) => keeping(graph, kept)));
}

function keeping(graph: OnnxGraph, kept: KeptTensors): OnnxGraph {
  const initializers = Array.from(graph.initializers, ([name, tensor]) => [name, kept.keep(name, tensor)] as const);
  return { ...graph, initializers: new Map(initializers) };
}

function groupsOf({ config, architecture, weights, ownOutputLayer }: ModelSource, forms: GraphForms): GraphGroup[] {
  const groups: GraphGroup[] = visionGraphs(config, architecture, weights, forms).map((graph) => [graph]);
  if (architecture === 'BlipForImageTextRetrieval') {
    const tasks = ['match', 'feature'] as const;
    return [...groups, tasks.map((task) => textEncoderGraph(config, task, weights, forms))];
  }
  const asks = architecture === 'BlipForQuestionAnswering';
  if (asks) groups.push([textEncoderGraph(config, 'question', weights, forms)]);
  const memoryPositions = asks ? null : (config.vision.imageSize / config.vision.patchSize) ** 2 + 1;
  // An answer looks at the question alone, whose few keys and values stay as they are.
  const decoderForms = asks ? { ...forms, memory: float32Memory } : forms;
  const decoder = (showAttention: boolean) =>
    textGraph(config, weights, decoderForms, { ownOutputLayer, showAttention, memoryPositions });
  return [...groups, [decoder(false), decoder(true)]];
}

/**
 * Writes a model's graphs and weights into `folder`.
 *
 * @throws BlipError CheckpointInvalid where a tensor holds something that is not a finite number.
 */
export async function convert(
  source: ModelSource,
  forms: GraphForms,
  folder: string,
  onProgress: (progress: ConversionProgress) => void = () => {},
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const groups = graphGroups(source, forms);
  for (const [done, group] of groups.entries()) {
    const stored: StoredWeights = new Map();
    for (const graph of group) {
      const report = (written: number, total: number): void =>
        onProgress({
          fraction: (done + written / Math.max(total, 1)) / groups.length,
          message: `converting the ${graph.name.replace(/-\d+$/, '')} part`,
        });
      // The others of a group name its weights: there is next to nothing to write.
      await writeOnnx(graph, folder, stored, graph === group[0] ? report : undefined, signal);
    }
  }
}

/** Transformers ties the output layer to the word embeddings, unless the checkpoint holds another one. */
async function hasOwnOutputLayer({ tensors }: Checkpoint, weights: Weights): Promise<boolean> {
  const own = 'text_decoder.cls.predictions.decoder.weight';
  if (!tensors.has(own)) return false;
  const [output, words] = [
    await weights(own).load(),
    await weights('text_decoder.bert.embeddings.word_embeddings.weight').load(),
  ];
  return !bytesOf(output).equals(bytesOf(words));
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
