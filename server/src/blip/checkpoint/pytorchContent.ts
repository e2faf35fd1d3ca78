import type { StoredTensor } from './pytorchTensors.ts';

/** A PyTorch file, understood: its tensors, and where in the file each storage lies. */
export interface PytorchContent {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** By the storage's key; both in bytes. */
  readonly storages: ReadonlyMap<string, { readonly position: number; readonly length: number }>;
}
