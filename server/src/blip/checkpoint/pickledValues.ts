/** What a PyTorch checkpoint's pickle describes: tensors as views of storages, and names that stand for neither. */

/** What is wrong, in words that go on after the file's name. */
export class PickleError extends Error {}

/** A tensor as `_rebuild_tensor_v2` describes it: a view of a storage. Offsets and strides in elements. */
export interface PickledTensor {
  readonly kind: 'tensor';
  readonly storage: PickledStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}

/** Where a tensor's bytes are: PyTorch's persistent id. */
export interface PickledStorage {
  readonly kind: 'storage';
  /** `FloatStorage`, `HalfStorage` … */
  readonly type: string;
  readonly key: string;
  /** Elements. */
  readonly length: number;
}

export interface PickledGlobal {
  readonly kind: 'global';
  readonly name: string;
}

export type PickledValue =
  | null
  | boolean
  | number
  | string
  | PickledTensor
  | PickledStorage
  | PickledGlobal
  | readonly PickledValue[]
  | Map<PickledValue, PickledValue>;

export function isGlobal(value: PickledValue): value is PickledGlobal {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'global';
}

/** `('storage', type, key, location, elements)`; the legacy format adds a view, which only very old files have. */
export function storageOf(id: PickledValue): PickledStorage {
  if (!Array.isArray(id)) throw new PickleError('a storage has no id');
  const [word, type, key, , length, view] = id as readonly PickledValue[];
  const named = type !== undefined && isGlobal(type) ? /^torch\.(\w+Storage)$/.exec(type.name) : null;
  if (word !== 'storage' || named === null || typeof key !== 'string' || !isCount(length)) {
    throw new PickleError('a storage is not described as PyTorch does');
  }
  if (view !== undefined && view !== null)
    throw new PickleError('a storage is a view of another, as only files before 2017 have it');
  return { kind: 'storage', type: named[1]!, key, length };
}

/** `(storage, offset, size, stride, requires_grad, hooks)`. */
export function tensorOf([storage, offset, shape, stride]: readonly PickledValue[]): PickledTensor {
  const counts = (value: PickledValue | undefined): value is number[] =>
    Array.isArray(value) && (value as readonly PickledValue[]).every(isCount);
  const isStorage = typeof storage === 'object' && storage !== null && 'kind' in storage && storage.kind === 'storage';
  if (!isStorage || !isCount(offset) || !counts(shape) || !counts(stride) || shape.length !== stride.length) {
    throw new PickleError('a tensor is not described as PyTorch does');
  }
  return { kind: 'tensor', storage, offset, shape, stride };
}

function isCount(value: PickledValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
