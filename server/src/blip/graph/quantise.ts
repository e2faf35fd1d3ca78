/** Linear layers in int8. Each form is a LinearForm: [rows, inputs] → [rows, outputs]. */
import { halfFrom, halfToFloat, nearestHalf } from '../checkpoint/floats.ts';
import type { LinearForm, LookUpForm } from './layers.ts';
import { int, type OnnxBuilder, type TensorSource, type Value } from './onnxBuilder.ts';
import type { Weight } from './weights.ts';

const microsoft = { domain: 'com.microsoft' } as const;

/** 128 as u8: zero, for values that have a sign. */
export function uint8Middle(graph: OnnxBuilder): Value {
  return graph.weight('uint8(128)', { dataType: 'uint8', dims: [], load: () => Uint8Array.of(128) });
}

/** As i8: the value divided by its scale, which stands for 127. */
export function signedBytes(graph: OnnxBuilder, value: Value, scale: Value): Value {
  const zero = graph.weight('int8(0)', { dataType: 'int8', dims: [], load: () => Int8Array.of(0) });
  return graph.node('QuantizeLinear', [graph.node('Div', [value, scale]), graph.scalar(1 / 127), zero]);
}

/** As u8 around 128: the value divided by its scale, which stands for 127 more or less. */
export function unsignedBytes(graph: OnnxBuilder, value: Value, scale: Value): Value {
  const scaled = graph.node('Div', [value, scale]);
  return graph.node('QuantizeLinear', [scaled, graph.scalar(1 / 127), uint8Middle(graph)]);
}

/** The greatest absolute value along an axis, which is kept with size 1. */
export function greatestOf(graph: OnnxBuilder, value: Value, axis: number): Value {
  return graph.node('ReduceMax', [graph.node('Abs', [value]), graph.int64([axis])]);
}

/**
 * The fastest with many rows: one scale for all activations of the run, so that a run must hold one picture alone; a
 * scale for each output of the weights.
 */
export const perTensor: LinearForm = (graph, input, { weight, bias }) => {
  const { values, scales } = quantisedColumns(weight);
  // Layers that read one input share its bytes: equal nodes become one when the session is made.
  const [bytes, scale, zero] = graph.nodes('DynamicQuantizeLinear', [input], {}, { outputs: 3 });
  const inputs = [
    bytes!,
    graph.weight(`${weight.name}.int8`, values),
    scale!,
    graph.weight(`${weight.name}.int8.scale`, scales),
    zero!,
    '',
    graph.weight(bias.name, bias),
  ];
  return graph.node('MatMulIntegerToFloat', inputs, {}, microsoft);
};

/**
 * A scale for each row of activations: outlying rows spoil no others, and since whole numbers are added up, a row's
 * results are the same to the last bit whatever stands beside it. With many rows a tenth slower than perTensor.
 */
export const perRow: LinearForm = (graph, input, { weight, bias }) => {
  const { products, most } = rowProducts(graph, input, weight);
  return graph.node('Add', [graph.node('Mul', [products, most]), graph.weight(bias.name, bias)]);
};

/** [rows, inputs] → the products as if each row's greatest absolute value were 1, and that, [rows, 1]. */
export function rowProducts(graph: OnnxBuilder, input: Value, weight: Weight): { products: Value; most: Value } {
  const { values, scales } = quantisedColumns(weight);
  // A row of zeros has no scale: whatever its bytes are then, they are multiplied by 0 in the end.
  const most = greatestOf(graph, input, -1);
  const products = graph.node(
    'MatMulIntegerToFloat',
    [
      unsignedBytes(graph, input, most),
      graph.weight(`${weight.name}.int8`, values),
      graph.scalar(1 / 127),
      graph.weight(`${weight.name}.int8.scale`, scales),
      uint8Middle(graph),
    ],
    {},
    microsoft,
  );
  return { products, most };
}

/**
 * Widest block of weights that share a scale. Wider ones are a tenth faster, but ONNX Runtime's AVX-512 kernel then adds
 * one row up in another order than several: a text written alone would differ from one written beside others.
 */
const wideBlock = 64;
/** Narrowest block that ONNX Runtime knows: the most exact. */
const narrowBlock = 16;

/** The block of a row of this length: a power of two; the last one of a row may be short. */
export function blockSize(inputs: number, widest = wideBlock): number {
  let block = widest;
  while (block > narrowBlock && inputs % block !== 0) block /= 2;
  return block;
}

/**
 * The fastest with few rows, where reading the weights is what takes time. Weights and activations have a scale for each
 * block of each row.
 */
export const blockwise: LinearForm = inBlocks(wideBlock);

/** The most exact, and half as fast: for models so small that it does not matter. */
export const finely: LinearForm = inBlocks(narrowBlock);

function inBlocks(widest: number): LinearForm {
  return (graph, input, { weight, bias }) => {
    const [outputs = 0, inputs = 0] = weight.dims;
    const block = blockSize(inputs, widest);
    const { values, scales } = quantisedBlocks(weight, block);
    const bytes = graph.weight(`${weight.name}.int8x${block}`, values);
    const steps = scalesOf(graph, graph.weight(`${weight.name}.int8x${block}.scale`, scales));
    const attributes = {
      K: int(inputs),
      N: int(outputs),
      bits: int(8),
      block_size: int(block),
      accuracy_level: int(4), // activations in int8
    };
    const inputsOfNode = [input, bytes, steps, '', '', graph.weight(bias.name, bias)];
    return graph.node('MatMulNBits', inputsOfNode, attributes, microsoft);
  };
}

/**
 * Scales of blocks are halves of 4096 times their size, which holds what float16 holds well in the middle of its range. Of
 * a constant ONNX Runtime makes float32 when the session is made.
 */
const scaleShift = 4096;

function scalesOf(graph: OnnxBuilder, halves: Value): Value {
  return graph.node('Mul', [graph.node('Cast', [halves], { to: int(1) }), graph.scalar(1 / scaleShift)]);
}

/** Rows of a table in the very bytes that `blockwise` multiplies with: word embeddings and output layer are one matrix. */
export const lookUpBlocks: LookUpForm = (graph, table, ids) => {
  const [, width = 0] = table.dims;
  const block = blockSize(width);
  const { values, scales } = quantisedBlocks(table, block);
  const bytes = graph.node('Gather', [graph.weight(`${table.name}.int8x${block}`, values), ids]); // [texts, tokens, blocks, block]
  const halves = graph.node('Gather', [graph.weight(`${table.name}.int8x${block}.scale`, scales), ids]);
  const steps = scalesOf(graph, halves); // [texts, tokens, blocks]
  const signed = graph.node('Sub', [graph.node('Cast', [bytes], { to: int(1) }), graph.scalar(128)]);
  const blocks = graph.node('Mul', [signed, graph.node('Unsqueeze', [steps, graph.int64([-1])])]);
  const rows = graph.node('Reshape', [blocks, graph.int64([0, 0, -1])]);
  if (width % block === 0) return rows;
  return graph.node('Slice', [rows, graph.int64([0]), graph.int64([width]), graph.int64([2])]);
};

/** Rows of a table that is kept in float16. */
export const lookUpHalves: LookUpForm = (graph, table, ids) => {
  const load = async () => Uint16Array.from(await table.load(), nearestHalf);
  const halves = graph.weight(`${table.name}.float16`, { dataType: 'float16', dims: table.dims, load });
  return graph.node('Cast', [graph.node('Gather', [halves, ids])], { to: int(1) });
};

/** A matrix in int8, and its scales. */
export interface QuantisedWeight {
  readonly values: TensorSource;
  readonly scales: TensorSource;
}

/** [outputs, inputs] f32 → [inputs, outputs] i8 with a scale for each output, [outputs]. */
export function quantisedColumns(weight: Weight): QuantisedWeight {
  const [outputs = 0, inputs = 0] = weight.dims;
  const both = forTwo(async () => columnsOf(await weight.load(), outputs, inputs));
  return {
    values: { dataType: 'int8', dims: [inputs, outputs], load: async () => (await both()).values },
    scales: { dataType: 'float32', dims: [outputs], load: async () => (await both()).scales },
  };
}

/** [outputs, inputs] f32 → [outputs, blocks, block] u8 around 128, with a scale for each block, [outputs, blocks] f16. */
export function quantisedBlocks(weight: Weight, block: number): QuantisedWeight {
  const [outputs = 0, inputs = 0] = weight.dims;
  const blocks = Math.ceil(inputs / block);
  const both = forTwo(async () => blocksOf(await weight.load(), outputs, inputs, block));
  return {
    values: { dataType: 'uint8', dims: [outputs, blocks, block], load: async () => (await both()).values },
    scales: { dataType: 'float16', dims: [outputs, blocks], load: async () => (await both()).scales },
  };
}

/** Outputs that are transposed together, so that what is read and written stays in the cache. */
const tile = 32;

function columnsOf(source: Float32Array, outputs: number, inputs: number) {
  const values = new Int8Array(source.length);
  const scales = new Float32Array(outputs);
  for (let output = 0; output < outputs; output += 1) {
    scales[output] = greatest(source, output * inputs, (output + 1) * inputs) / 127;
  }
  const perStep = scales.map(inverse);
  for (let first = 0; first < outputs; first += tile) {
    const end = Math.min(first + tile, outputs);
    for (let input = 0; input < inputs; input += 1) {
      for (let output = first; output < end; output += 1) {
        const steps = source[output * inputs + input]! * perStep[output]!;
        values[input * outputs + output] = ((steps + 128.5) | 0) - 128; // rounded: what is behind the point is dropped
      }
    }
  }
  return { values, scales };
}

function blocksOf(source: Float32Array, outputs: number, inputs: number, block: number) {
  const blocks = Math.ceil(inputs / block);
  const values = new Uint8Array(outputs * blocks * block).fill(128);
  const scales = new Uint16Array(outputs * blocks);
  let at = 0;
  for (let row = 0; row < source.length; row += inputs) {
    for (let first = 0; first < inputs; first += block, at += 1) {
      const end = row + Math.min(first + block, inputs);
      const half = halfFrom((greatest(source, row + first, end) / 127) * scaleShift);
      scales[at] = half;
      const perStep = inverse(halfToFloat(half) / scaleShift);
      for (let from = row + first, to = at * block; from < end; from += 1, to += 1) {
        values[to] = (source[from]! * perStep + 128.5) | 0; // rounded, as above
      }
    }
  }
  return { values, scales };
}

function greatest(values: Float32Array, first: number, end: number): number {
  let most = 0;
  for (let index = first; index < end; index += 1) {
    const size = Math.abs(values[index]!);
    if (size > most) most = size;
  }
  return most;
}

function inverse(scale: number): number {
  return scale === 0 ? 0 : 1 / scale;
}

/** Makes something once for the two that ask for it, and forgets it then: a model's matrices are too many to keep. */
function forTwo<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    if (made !== undefined) {
      const taken = made;
      made = undefined;
      return taken;
    }
    made = make();
    return made;
  };
}
