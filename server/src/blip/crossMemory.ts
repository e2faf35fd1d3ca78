/** What the text decoder looks at: the cross-attention keys and values of each layer, for one or several pictures. */

export interface MemoryShape {
  readonly layers: number;
  readonly heads: number;
  readonly positions: number;
  readonly headSize: number;
}

export class CrossMemory {
  readonly shape: MemoryShape;
  readonly pictures: number;
  /** key and value of layer 0, of layer 1 …: each [pictures, heads, positions, head size]. */
  readonly tensors: readonly Float32Array[];

  constructor(shape: MemoryShape, pictures: number, tensors: readonly Float32Array[]) {
    this.shape = shape;
    this.pictures = pictures;
    this.tensors = tensors;
  }

  static allocate(shape: MemoryShape, pictures: number): CrossMemory {
    const size = pictures * pictureSize(shape);
    return new CrossMemory(
      shape,
      pictures,
      Array.from({ length: 2 * shape.layers }, () => new Float32Array(size)),
    );
  }

  get byteLength(): number {
    return this.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** A view of `count` pictures, from picture `first`. */
  part(first: number, count: number): CrossMemory {
    const size = pictureSize(this.shape);
    return new CrossMemory(
      this.shape,
      count,
      this.tensors.map((tensor) => tensor.subarray(first * size, (first + count) * size)),
    );
  }

  copyFrom(other: CrossMemory): void {
    for (const [index, tensor] of this.tensors.entries()) tensor.set(other.tensors[index]!);
  }

  /** Moves the pictures that go on to the front, and gives a view of them. `kept` ascends. */
  keep(kept: readonly number[]): CrossMemory {
    if (kept.length === this.pictures) return this;
    const size = pictureSize(this.shape);
    for (const [to, from] of kept.entries()) {
      if (to === from) continue;
      for (const tensor of this.tensors) tensor.copyWithin(to * size, from * size, (from + 1) * size);
    }
    return this.part(0, kept.length);
  }
}

function pictureSize({ heads, positions, headSize }: MemoryShape): number {
  return heads * positions * headSize;
}
