/** Small graphs that are built, run once and thrown away. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from 'onnxruntime-node';
import { OnnxBuilder, type Value } from '../../server/src/blip/graph/onnxBuilder.ts';
import { writeOnnx } from '../../server/src/blip/graph/onnxFile.ts';
import { derivedWeight, type Weight } from '../../server/src/blip/graph/weights.ts';
import { createSession, loadRuntime } from '../../server/src/blip/onnxSession.ts';

export interface Matrix {
  readonly values: Float32Array;
  readonly dims: readonly number[];
}

export function weightOf(name: string, { values, dims }: Matrix): Weight {
  return derivedWeight(name, dims, () => Promise.resolve(values));
}

/** Builds a graph of float32 inputs, runs it, and gives its outputs by name. */
export async function runGraph(
  inputs: Readonly<Record<string, Matrix>>,
  build: (graph: OnnxBuilder, inputs: Readonly<Record<string, Value>>) => void,
): Promise<Readonly<Record<string, Tensor>>> {
  const folder = mkdtempSync(join(tmpdir(), 'graph-'));
  try {
    const graph = new OnnxBuilder('graph');
    const names = Object.entries(inputs).map(([name, { dims }]) => [name, graph.input(name, 'float32', dims)] as const);
    build(graph, Object.fromEntries(names));
    await writeOnnx(graph.build(), folder);
    const { Tensor } = await loadRuntime();
    const session = await createSession(join(folder, 'graph.onnx'), { threads: 1 });
    const feeds = Object.entries(inputs).map(([name, { values, dims }]) => [name, new Tensor('float32', values, dims)]);
    const results = await session.run(Object.fromEntries(feeds));
    await session.release();
    return results;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Size of the difference over the size of what is right. */
export function relativeError(actual: Float32Array, right: Float32Array): number {
  let [error, size] = [0, 0];
  for (const [index, value] of right.entries()) {
    error += (actual[index]! - value) ** 2;
    size += value ** 2;
  }
  return Math.sqrt(error / size);
}
