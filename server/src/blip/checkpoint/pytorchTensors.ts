/** What PyTorch's two file formats share: a pickled state dict → named tensors that are views of storages. */
import { elementBytes, toFloat32, type ElementType } from './floats.ts';
import { PickleError, type PickledTensor, type PickledValue } from './pickledValues.ts';
import { elements, type TensorInfo } from './tensorFile.ts';

const elementTypes: Readonly<Record<string, ElementType>> = {
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  DoubleStorage: 'F64',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

export interface StoredTensor extends TensorInfo {
  readonly dtype: ElementType;
  readonly view: PickledTensor;
}

/** Trainers wrap the state dict under one of these. */
const wrappers = ['state_dict', 'model', 'module', 'model_state_dict'];

/** @throws PickleError naming the tensor that is wrong */
export function stateDict(value: PickledValue): Map<string, StoredTensor> {
  const tensors = namedTensors(value);
  if (tensors.size > 0 || !(value instanceof Map)) return tensors;
  for (const wrapper of wrappers) {
    const inner = namedTensors(value.get(wrapper) ?? null);
    if (inner.size > 0) return inner;
  }
  return tensors;
}

function namedTensors(value: PickledValue): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  if (!(value instanceof Map)) return tensors;
  for (const [name, entry] of value) {
    if (typeof name === 'string' && isTensor(entry)) tensors.set(name, stored(name, entry));
  }
  return tensors;
}

function isTensor(value: PickledValue): value is PickledTensor {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'tensor';
}

function stored(name: string, view: PickledTensor): StoredTensor {
  const dtype = elementTypes[view.storage.type];
  if (dtype === undefined) throw new PickleError(`tensor ${name} has the unknown type ${view.storage.type}`);
  const { shape, stride, offset, storage } = view;
  const count = elements(shape);
  const last = count === 0 ? -1 : shape.reduce((sum, dim, axis) => sum + (dim - 1) * stride[axis]!, offset);
  // A stride of 0 could make any size out of one element.
  if (last >= storage.length || count > storage.length) {
    throw new PickleError(
      `tensor ${name} [${shape.join(', ')}] reaches beyond its storage of ${storage.length} elements`,
    );
  }
  return { dtype, shape, view };
}

/** The storage's bytes from the view's first element to its last: what has to be read of it. */
export function byteRange({ dtype, view }: StoredTensor): { readonly start: number; readonly length: number } {
  const span =
    elements(view.shape) === 0 ? 0 : view.shape.reduce((sum, dim, axis) => sum + (dim - 1) * view.stride[axis]!, 1);
  return { start: view.offset * elementBytes[dtype], length: span * elementBytes[dtype] };
}

/** @param bytes the view's byte range. @returns the values, row by row */
export function gather({ dtype, view }: StoredTensor, bytes: Uint8Array): Float32Array {
  const source = toFloat32(bytes, dtype);
  const { shape, stride } = view;
  if (isContiguous(shape, stride)) return source;
  const target = new Float32Array(elements(shape));
  const index = shape.map(() => 0);
  for (let position = 0; position < target.length; position += 1) {
    target[position] = source[index.reduce((sum, at, axis) => sum + at * stride[axis]!, 0)]!;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      index[axis]! += 1;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return target;
}

function isContiguous(shape: readonly number[], stride: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    if (shape[axis] !== 1 && stride[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}
