/** The weights of a model as the graphs ask for them: by name, with a shape, loaded when they are written. */
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { TensorSource } from './onnxBuilder.ts';

/** A float32 tensor. */
export interface Weight extends TensorSource {
  readonly name: string;
  readonly dataType: 'float32';
  load(): Promise<Float32Array>;
}

/** Where weights come from; a quantiser hands out rescaled ones in the same way. */
export type Weights = (name: string) => Weight;

export function checkpointWeights(checkpoint: Checkpoint): Weights {
  return (name) => {
    const dims = checkpoint.tensors.get(name)?.shape ?? [];
    return { name, dataType: 'float32', dims, load: () => checkpoint.read(name) };
  };
}

/** Tensors that are made once, by name. */
export class KeptTensors {
  readonly #made = new Map<string, Promise<ArrayBufferView>>();

  /** @param source of a name that means one content */
  keep<T extends TensorSource>(name: string, source: T): T {
    const load = (): Promise<ArrayBufferView> => {
      const made = this.#made.get(name) ?? Promise.resolve(source.load());
      this.#made.set(name, made);
      return made;
    };
    return { ...source, load };
  }
}

/** A weight computed from others; `name` must be its own. */
export function derivedWeight(name: string, dims: readonly number[], load: () => Promise<Float32Array>): Weight {
  return { name, dataType: 'float32', dims, load };
}

export function scaled(weight: Weight, factor: number): Weight {
  if (factor === 1) return weight;
  const load = async () => (await weight.load()).map((value) => value * factor);
  return derivedWeight(`${weight.name}*${factor}`, weight.dims, load);
}

/** [rows, columns] → [columns, rows] */
export function transposed(weight: Weight): Weight {
  const [rows = 0, columns = 0] = weight.dims;
  return derivedWeight(`${weight.name}.transposed`, [columns, rows], async () => {
    const source = await weight.load();
    const target = new Float32Array(source.length);
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) target[column * rows + row] = source[row * columns + column]!;
    }
    return target;
  });
}

/** [columns] or [rows, columns], each column times its factor. */
export function byColumn(weight: Weight, factors: Float32Array): Weight {
  const load = async () => {
    const source = await weight.load();
    return source.map((value, index) => value * factors[index % factors.length]!);
  };
  return derivedWeight(`${weight.name}.smoothed`, weight.dims, load);
}

/** Weights one below the other: [a, n] and [b, n] → [a + b, n]. */
export function stacked(name: string, parts: readonly Weight[]): Weight {
  const rows = parts.reduce((sum, part) => sum + (part.dims[0] ?? 0), 0);
  const dims = [rows, ...(parts[0]?.dims.slice(1) ?? [])];
  return derivedWeight(name, dims, async () => {
    const target = new Float32Array(dims.reduce((size, dim) => size * dim, 1));
    let offset = 0;
    for (const part of parts) {
      const values = await part.load();
      target.set(values, offset);
      offset += values.length;
    }
    return target;
  });
}
