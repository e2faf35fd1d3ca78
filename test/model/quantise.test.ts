/** Int8, part by part: each form against float32, with outliers, beside neighbours. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { float32Memory, type MemoryForm } from '../../server/src/blip/graph/crossMemory.ts';
import { int8Memory } from '../../server/src/blip/graph/int8Memory.ts';
import { linearForms, smoothingFactors } from '../../server/src/blip/graph/int8Plan.ts';
import type { GraphContext, LinearForm } from '../../server/src/blip/graph/layers.ts';
import type { OnnxBuilder } from '../../server/src/blip/graph/onnxBuilder.ts';
import type { TextConfig } from '../../server/src/blip/checkpoint/modelConfig.ts';
import { halfFrom, halfToFloat } from '../../server/src/blip/checkpoint/floats.ts';
import {
  blockSize,
  lookUpBlocks,
  lookUpHalves,
  quantisedBlocks,
  quantisedColumns,
} from '../../server/src/blip/graph/quantise.ts';
import { relativeError, runGraph, weightOf, type Matrix } from '../support/onnxGraph.ts';
import { normalNumbers } from '../support/randomModel.ts';

const normal = normalNumbers(11);
const matrix = (...dims: number[]): Matrix => ({
  dims,
  values: Float32Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, normal),
});

describe('a matrix in int8', () => {
  for (const [outputs, inputs] of [
    [3, 5],
    [32, 48],
    [64, 256],
  ] as const) {
    it(`of [${outputs}, ${inputs}] is off by half a step at most`, async () => {
      const source = matrix(outputs, inputs);
      const byColumn = quantisedColumns(weightOf('w', source));
      const [columns, scales] = [await byColumn.values.load(), await byColumn.scales.load()] as [
        Int8Array,
        Float32Array,
      ];
      const block = blockSize(inputs);
      const byBlock = quantisedBlocks(weightOf('w', source), block);
      const [blocks, halves] = [await byBlock.values.load(), await byBlock.scales.load()] as [Uint8Array, Uint16Array];
      const steps = Array.from(halves, (half) => halfToFloat(half) / 4096);
      const perRow = Math.ceil(inputs / block);
      for (const [index, value] of source.values.entries()) {
        const [output, input] = [Math.floor(index / inputs), index % inputs];
        const scale = scales[output]!;
        assert.ok(Math.abs(columns[input * outputs + output]! * scale - value) <= scale * 0.5001);
        const at = output * perRow + Math.floor(input / block);
        assert.ok(Math.abs((blocks[at * block + (input % block)]! - 128) * steps[at]! - value) <= steps[at]! * 0.5001);
      }
    });
  }

  it('of nothing but zeros stays that', async () => {
    const { values, scales } = quantisedColumns(weightOf('w', { dims: [2, 4], values: new Float32Array(8) }));
    assert.deepEqual([await values.load(), await scales.load()], [new Int8Array(8), new Float32Array(2)]);
  });

  it('has scales that nothing is above', () => {
    const sizes = [0, 2 ** -30, 2 ** -24, 3e-8, 6.1e-5, 2 ** -14, 0.001, 1, 1.0001, 1.9999, 2047.3, 65503, 65504, 1e6];
    for (const size of sizes) {
      const half = halfFrom(size);
      if (size <= 65504) assert.ok(halfToFloat(half) >= size, `${size}`);
      assert.ok(half === 0 || halfToFloat(half - 1) < size, `${size} has a smaller half`);
    }
  });

  it('has blocks that divide its rows', () => {
    const blocks = [768, 3072, 256, 96, 48, 32, 16, 5].map((inputs) => blockSize(inputs));
    assert.deepEqual(blocks, [64, 64, 64, 32, 16, 32, 16, 16]);
  });
});

const linear = async (form: LinearForm, input: Matrix, weight: Matrix, bias: Matrix): Promise<Float32Array> => {
  const layer = { name: 'layer', weight: weightOf('w', weight), bias: weightOf('b', bias) };
  const dims = [input.dims[0]!, weight.dims[0]!];
  const { y } = await runGraph({ x: input }, (graph, { x }) =>
    graph.output(form(graph, x!, layer), 'y', 'float32', dims),
  );
  return y!.data as Float32Array;
};

describe('a linear layer', () => {
  for (const [rows, inputs, outputs] of [
    [1, 256, 128],
    [40, 256, 96],
    [7, 48, 32],
    [3, 40, 20],
  ] as const) {
    const [input, weight, bias] = [matrix(rows, inputs), matrix(outputs, inputs), matrix(outputs)];
    for (const form of ['perTensor', 'perRow', 'blockwise', 'finely'] as const) {
      it(`${form}, ${rows} × ${inputs} → ${outputs}`, async () => {
        const right = await linear(linearForms.fp32, input, weight, bias);
        const error = relativeError(await linear(linearForms[form], input, weight, bias), right);
        assert.ok(error > 0 && error < 0.02, `off by ${error}`);
      });
    }
  }

  for (const form of ['perRow', 'blockwise', 'finely'] as const) {
    it(`${form}: a row does not depend on the others`, async () => {
      const [input, weight, bias] = [matrix(9, 256), matrix(64, 256), matrix(64)];
      input.values.fill(1000, 256, 512); // the second row
      const alone = { dims: [1, 256], values: input.values.slice(0, 256) };
      const together = (await linear(linearForms[form], input, weight, bias)).slice(0, 64);
      assert.ok(relativeError(together, await linear(linearForms[form], alone, weight, bias)) < 1e-6);
    });

    it(`${form}: a row of zeros gives the bias, and spoils nothing`, async () => {
      const [input, weight, bias] = [matrix(2, 64), matrix(32, 64), matrix(32)];
      input.values.fill(0, 64);
      const rows = await linear(linearForms[form], input, weight, bias);
      assert.deepEqual(rows.slice(32), bias.values);
      assert.ok(rows.every(Number.isFinite));
    });
  }

  it('after smoothing holds channels a hundred times larger than the others', async () => {
    const [input, weight, bias] = [matrix(50, 256), matrix(128, 256), matrix(128)];
    const most = new Float32Array(256);
    for (const [index, value] of input.values.entries()) {
      const channel = index % 256;
      if (channel % 51 === 3) input.values[index] = value * 100;
      most[channel] = Math.max(most[channel]!, Math.abs(input.values[index]!));
    }
    // The large channels matter no more than the others, as after training.
    for (const index of weight.values.keys()) if ((index % 256) % 51 === 3) weight.values[index]! /= 100;
    const right = await linear(linearForms.fp32, input, weight, bias);
    const spoilt = relativeError(await linear(linearForms.perTensor, input, weight, bias), right);
    const factors = smoothingFactors(most, weight.values);
    const byChannel = ({ dims, values }: Matrix, change: (value: number, factor: number) => number): Matrix => ({
      dims,
      values: values.map((value, index) => change(value, factors[index % 256]!)),
    });
    const smoothInput = byChannel(input, (value, factor) => value / factor);
    const smoothWeight = byChannel(weight, (value, factor) => value * factor);
    const smooth = relativeError(await linear(linearForms.perTensor, smoothInput, smoothWeight, bias), right);
    assert.ok(spoilt > 0.2 && smooth < 0.03, `off by ${spoilt}, then by ${smooth}`);
  });

  it('looks words up in the bytes it multiplies with', async () => {
    for (const width of [256, 40]) {
      const table = matrix(10, width);
      const { y } = await runGraph({}, (graph) => {
        const ids = graph.weight('ids', { dataType: 'int64', dims: [1, 3], load: () => BigInt64Array.of(9n, 0n, 4n) });
        graph.output(lookUpBlocks(graph, weightOf('w', table), ids), 'y', 'float32', [1, 3, width]);
      });
      const right = Float32Array.from(
        [9, 0, 4].flatMap((id) => Array.from(table.values.subarray(id * width, (id + 1) * width))),
      );
      assert.ok(relativeError(y!.data as Float32Array, right) < 0.01);
    }
  });
});

it('a table of halves is off by half a step of theirs', async () => {
  const table = matrix(6, 8);
  table.values.set([0, 1e-9, -3e-8, 1e-5, -65519, 1e6, 0.1, -0.1]);
  const { y } = await runGraph({}, (graph) => {
    const ids = graph.weight('ids', { dataType: 'int64', dims: [2], load: () => BigInt64Array.of(0n, 5n) });
    graph.output(lookUpHalves(graph, weightOf('w', table), ids), 'y', 'float32', [2, 8]);
  });
  const right = [...table.values.slice(0, 8), ...table.values.slice(40)];
  for (const [index, value] of (y!.data as Float32Array).entries()) {
    const within = Math.sign(right[index]!) * Math.min(Math.abs(right[index]!), 65504);
    assert.ok(Math.abs(value - within) <= Math.max(Math.abs(within) * 2 ** -11, 2 ** -25), `${value} for ${within}`);
  }
});

describe('cross-attention in int8', () => {
  const [heads, headSize, width, positions] = [4, 32, 96, 65];
  const layers = ['key', 'value'].flatMap((part) => {
    const name = `bert.encoder.layer.1.crossattention.self.${part}`;
    const weight = matrix(heads * headSize, width);
    return [
      [`${name}.weight`, { ...weight, values: weight.values.map((value) => value / Math.sqrt(width)) }] as const,
      [`${name}.bias`, matrix(heads * headSize)] as const,
    ];
  });
  // Those of the first layer are not used: the second tells whether a layer finds its own.
  const all = new Map([
    ...layers.map(
      ([name, own]) => [name.replace('layer.1', 'layer.0'), { ...own, values: own.values.map(() => 7) }] as const,
    ),
    ...layers,
  ]);
  const text = { hiddenSize: heads * headSize, heads, layers: 2 } as TextConfig;

  /** Keeps states [pictures × positions, width], recalls them, and asks [pictures × looks, heads × head size]. */
  const askMemory = async (form: MemoryForm, states: Matrix, query: Matrix) => {
    const pictures = states.dims[0]! / positions;
    const reader = { bert: 'bert', text, positions, pictures };
    const contextOf = (graph: OnnxBuilder): GraphContext => ({
      graph,
      weights: (name) => weightOf(name, all.get(name)!),
      linearForm: form === float32Memory ? linearForms.fp32 : linearForms.blockwise,
    });
    const kept = await runGraph({ states }, (graph, { states: given }) =>
      form.keep(contextOf(graph), given!, { ...reader, pictures: 'batch' }),
    );
    const results = await runGraph({ query }, (graph, { query: given }) => {
      // What was kept, as constants: the graph's inputs are these.
      for (const [name, tensor] of Object.entries(kept)) {
        const dataType = tensor.type === 'int8' ? ('int8' as const) : ('float32' as const);
        graph.weight(name, { dataType, dims: tensor.dims, load: () => tensor.data as Float32Array });
      }
      const memory = form.recall(contextOf(graph), reader);
      const found = memory.attend(1, given!, (probabilities) =>
        graph.output(probabilities, 'looks', 'float32', [pictures, heads, 'looks', positions]),
      );
      graph.output(found, 'found', 'float32', query.dims);
    });
    return [results['found']!.data as Float32Array, results['looks']!.data as Float32Array] as const;
  };
  const queries = (looks: number): Matrix => {
    const asked = matrix(2 * looks, heads * headSize);
    return { ...asked, values: asked.values.map((value) => value / Math.sqrt(headSize)) };
  };

  it('finds in a memory what float32 finds, and looks where it looks', async () => {
    const [states, query] = [matrix(2 * positions, width), queries(3)];
    const [found, looks] = await askMemory(int8Memory(null), states, query);
    const [right, rightLooks] = await askMemory(float32Memory, states, query);
    assert.ok(relativeError(found, right) < 0.02 && relativeError(looks, rightLooks) < 0.02);
  });

  it('holds channels a hundred times larger than the others, and states that are all alike', async () => {
    const [states, query] = [matrix(2 * positions, width), queries(1)];
    for (const index of states.values.keys()) {
      const channel = index % width;
      // What all positions share is ten times what tells them apart; a few channels are larger still.
      states.values[index] = (states.values[index]! + 10 * Math.sin(channel)) * (channel % 31 === 3 ? 100 : 1);
    }
    const scaled = new Map([...all].map(([name, own]) => [name, own]));
    for (const [name, own] of scaled) {
      if (!name.endsWith('.weight')) continue;
      // The large channels matter no more than the others, as after training.
      const values = own.values.map((value, index) => ((index % width) % 31 === 3 ? value / 100 : value));
      all.set(name, { ...own, values });
    }
    const most = new Float32Array(width);
    for (const [index, value] of states.values.entries()) {
      most[index % width] = Math.max(most[index % width]!, Math.abs(value));
    }
    const smoothing = smoothingFactors(most, all.get('bert.encoder.layer.1.crossattention.self.value.weight')!.values);
    const [right, rightLooks] = await askMemory(float32Memory, states, query);
    const [spoilt] = await askMemory(int8Memory(null), states, query);
    const [found, looks] = await askMemory(int8Memory(smoothing), states, query);
    assert.ok(relativeError(looks, rightLooks) < 0.05, `looks off by ${relativeError(looks, rightLooks)}`);
    const errors = [spoilt, found].map((values) => relativeError(values, right));
    assert.ok(errors[0]! > 0.1 && errors[1]! < 0.02, `off by ${errors.join(', then by ')}`);
    for (const [name, own] of scaled) all.set(name, own);
  });

  it('finds the same for a picture, whatever stands beside it', async () => {
    const [states, query] = [matrix(2 * positions, width), queries(2)];
    const half = ({ dims, values }: Matrix): Matrix => ({
      dims: [dims[0]! / 2, ...dims.slice(1)],
      values: values.slice(0, values.length / 2),
    });
    const [together] = await askMemory(int8Memory(null), states, query);
    const [alone] = await askMemory(int8Memory(null), half(states), half(query));
    assert.deepEqual(together.slice(0, alone.length), alone);
  });
});
