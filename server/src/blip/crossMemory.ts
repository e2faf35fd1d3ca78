/** What the text decoder looks at, of one or several pictures: the cross-attention keys and values of each layer, or in int8 the states. */
import { loadRuntime, type InferenceSession, type Tensors } from './onnxSession.ts';

/** Of what a question leaves to its answer: the graph that reads it has inputs of the same names. */
export const answerPrefix = 'answer_';

type Values = Float32Array | Int8Array;

/** A tensor of the memory, under its name in the graphs. */
export interface MemoryTensor {
  readonly name: string;
  readonly dataType: 'float32' | 'int8';
  /** Of one picture. */
  readonly dims: readonly number[];
}

/** As the graphs name them: `graph/crossMemory.ts` in float32, `graph/int8Memory.ts` in int8. */
export type MemoryLayout = readonly MemoryTensor[];

/** What the vision graph leaves of a picture: its outputs cross_…, each [pictures, …]. */
export function memoryLayout(vision: InferenceSession): MemoryLayout {
  return vision.outputMetadata.flatMap((output) => {
    if (!output.isTensor || !output.name.startsWith('cross_')) return [];
    const dataType = output.type === 'int8' ? 'int8' : 'float32';
    return [{ name: output.name, dataType, dims: output.shape.slice(1).map(Number) }];
  });
}

/** Bytes that one picture takes. */
export function layoutBytes(layout: MemoryLayout): number {
  return layout.reduce((sum, tensor) => sum + size(tensor) * (tensor.dataType === 'int8' ? 1 : 4), 0);
}

export class CrossMemory {
  readonly layout: MemoryLayout;
  readonly pictures: number;
  /** As the layout has them, each [pictures, …]. */
  readonly tensors: readonly Values[];

  constructor(layout: MemoryLayout, pictures: number, tensors: readonly Values[]) {
    this.layout = layout;
    this.pictures = pictures;
    this.tensors = tensors;
  }

  static allocate(layout: MemoryLayout, pictures: number): CrossMemory {
    // Shared with the thread that fills it.
    const tensors = layout.map((tensor) => {
      const values = pictures * size(tensor);
      return tensor.dataType === 'int8'
        ? new Int8Array(new SharedArrayBuffer(values))
        : new Float32Array(new SharedArrayBuffer(4 * values));
    });
    return new CrossMemory(layout, pictures, tensors);
  }

  get byteLength(): number {
    return this.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** A view of `count` pictures, from picture `first`. */
  part(first: number, count: number): CrossMemory {
    const tensors = this.tensors.map((tensor, index) => {
      const step = size(this.layout[index]!);
      return tensor.subarray(first * step, (first + count) * step);
    });
    return new CrossMemory(this.layout, count, tensors);
  }

  /** Moves the pictures that go on to the front, and gives a view of them. `kept` ascends. */
  keep(kept: readonly number[]): CrossMemory {
    if (kept.length === this.pictures) return this;
    for (const [to, from] of kept.entries()) {
      if (to === from) continue;
      for (const [index, tensor] of this.tensors.entries()) {
        const step = size(this.layout[index]!);
        tensor.copyWithin(to * step, from * step, (from + 1) * step);
      }
    }
    return this.part(0, kept.length);
  }

  /** Views of the memory, as inputs or outputs of a graph. */
  async asTensors(): Promise<Tensors> {
    const { Tensor } = await loadRuntime();
    const named = this.layout.map(({ name, dataType, dims }, index) => {
      const shape = [this.pictures, ...dims];
      return [name, new Tensor(dataType, this.tensors[index]!, shape)] as const;
    });
    return Object.fromEntries(named);
  }
}

function size({ dims }: MemoryTensor): number {
  return dims.reduce((product, dim) => product * dim, 1);
}
