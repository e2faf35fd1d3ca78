/** How the parts of a model's graphs are computed: a model in float32 and one in int8 differ in nothing else. */
import type { Precision } from '../caption.ts';
import { float32Memory, type MemoryForm } from './crossMemory.ts';
import { gemm, gather, type LinearForm, type LookUpForm } from './layers.ts';

export interface GraphForms {
  readonly precision: Precision;
  /** Linear layers with many rows: a row for each position of a picture. */
  readonly vision: LinearForm;
  /** Linear layers with few rows: a row for each text. */
  readonly text: LinearForm;
  /** What text looks at in pictures. */
  readonly memory: MemoryForm;
  /** Word embeddings. */
  readonly lookUp: LookUpForm;
  /** Position embeddings of text. */
  readonly lookUpPositions: LookUpForm;
  /** Whether the vision graph takes several pictures in a run: not where a scale spans all of a run's activations. */
  readonly batches: boolean;
}

export const fp32Forms: GraphForms = {
  precision: 'fp32',
  vision: gemm,
  text: gemm,
  memory: float32Memory,
  lookUp: gather,
  lookUpPositions: gather,
  batches: true,
};
