/** What every checkpoint format is read through: names, shapes, and one tensor at a time as float32. */
export interface TensorInfo {
  /** The format's own name of the element type: F32, F16, BF16, I64 … */
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** An open file of tensors. Formats: safetensors; PyTorch's zip and legacy pickles come through the same door. */
export interface TensorFile {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /**
   * The values of one tensor, row by row.
   *
   * @throws BlipError CheckpointInvalid when the file cannot be read.
   */
  read(name: string): Promise<Float32Array>;
  close(): Promise<void>;
}

export function elements(shape: readonly number[]): number {
  return shape.reduce((size, dim) => size * dim, 1);
}
