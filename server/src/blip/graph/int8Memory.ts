/**
 * Cross-attention over a picture's states themselves, in int8: one memory for all layers, a twelfth of their keys and
 * values, and no products to make it. A key layer is moved to the other side of the product, q · (W x + b) = (Wᵀ q) · x +
 * q · b, whose last term is the same for all positions and so changes no probability; the value layer is applied to what
 * was found, Σ pᵢ (W xᵢ + b) = W (Σ pᵢ xᵢ) + b. DeepSeek-V2 calls it absorbing the projections (arXiv 2405.04434, 2.1.2).
 *
 * Both layers are computed for all heads at once, one row for each head, of which it needs its own channels: for a few
 * rows reading the matrix is what takes time. A channel of the states has a scale of its own, rows are quantised one by
 * one. No scale spans two pictures or two texts, so that none depends on its neighbours. What has only zeros has the scale
 * 0, by which it is multiplied in the end.
 */
import type { TextConfig } from '../checkpoint/modelConfig.ts';
import { crossLayer, ofPictures, type MemoryForm } from './crossMemory.ts';
import { reshape, type LinearLayer } from './layers.ts';
import { int, ints, type Dimension, type OnnxBuilder, type Value } from './onnxBuilder.ts';
import { greatestOf, perRow, rowProducts, signedBytes, uint8Middle, unsignedBytes } from './quantise.ts';
import { byColumn, transposed } from './weights.ts';

const microsoft = { domain: 'com.microsoft' } as const;

const names = {
  /** The states less the middle of their channel, which is the same for all positions: i8 [pictures, width, positions]. */
  keys: 'cross_keys',
  keyScale: 'cross_key_scale',
  /** The states: i8 [pictures, positions, width]. */
  values: 'cross_values',
  valueScale: 'cross_value_scale',
} as const;

/**
 * cross_keys and cross_values with their scales, [pictures, 1, width]: the greatest absolute value of a channel, which
 * stands for 127.
 *
 * @param smoothing what a channel is divided by before the value layers, whose weights are multiplied by it, [width]: what
 *   is found has one scale for all channels
 */
export const int8Memory = (smoothing: Float32Array | null): MemoryForm => ({
  keep(context, states, reader, prefix = '') {
    const { graph } = context;
    const width = widthOf(crossLayer(context, reader, 0, 'key'));
    const { pictures } = reader;
    const positions = reader.positions!;
    const byPicture = reshape(context, states, [-1, positions, width]);
    const ends = ['ReduceMax', 'ReduceMin'].map((reduce) => graph.node(reduce, [byPicture, graph.int64([1])]));
    const middle = graph.node('Mul', [graph.node('Add', ends), graph.scalar(0.5)]); // [pictures, 1, width]
    const centred = graph.node('Sub', [byPicture, middle]);
    const keyScale = graph.node('Sub', [ends[0]!, middle]);
    const valueScale = greatestOf(graph, byPicture, 1);
    const keys = graph.node('Transpose', [signedBytes(graph, centred, keyScale)], { perm: ints([0, 2, 1]) });
    const scaleDims = [pictures, 1, width];
    graph.output(keys, prefix + names.keys, 'int8', [pictures, width, positions]);
    graph.output(keyScale, prefix + names.keyScale, 'float32', scaleDims);
    graph.output(signedBytes(graph, byPicture, valueScale), prefix + names.values, 'int8', [
      pictures,
      positions,
      width,
    ]);
    const smooth = smoothing === null ? valueScale : graph.node('Div', [valueScale, constant(graph, smoothing)]);
    graph.output(smooth, prefix + names.valueScale, 'float32', scaleDims);
  },

  recall(context, reader) {
    const { graph } = context;
    const { pictures, text } = reader;
    const width = widthOf(crossLayer(context, reader, 0, 'key'));
    const positions = reader.positions!;
    const scaleDims: Dimension[] = [pictures, 1, width];
    const keys = graph.input(names.keys, 'int8', [pictures, width, positions]);
    const keyScale = graph.input(names.keyScale, 'float32', scaleDims);
    const values = graph.input(names.values, 'int8', [pictures, positions, width]);
    const valueScale = graph.input(names.valueScale, 'float32', scaleDims);
    const { heads, hiddenSize } = text;
    const own = ownChannels(graph, text);
    const byPicture = ofPictures(graph, keys, [-1, width]);
    const ofRows = ofPictures(graph, keys, [-1, 1]);
    return {
      attend(layer, queries, observe) {
        const key = crossLayer(context, reader, layer, 'key');
        const given = crossLayer(context, reader, layer, 'value');
        const value = smoothing === null ? given : { ...given, weight: byColumn(given.weight, smoothing) };
        // A row for each head, in which the channels of the others are zero, through the key layer: [rows, width].
        const query = graph.node('Mul', [reshape(context, queries, [-1, 1, hiddenSize]), own]);
        const through = rowProducts(graph, reshape(context, query, [-1, hiddenSize]), transposed(key.weight));
        // To the scale of the channels: [pictures, looks × heads, width].
        const asked = graph.node('Mul', [graph.node('Reshape', [through.products, byPicture]), keyScale]);
        const askedScale = greatestOf(graph, asked, -1);
        const products = graph.node(
          'MatMulIntegerToFloat',
          [
            unsignedBytes(graph, asked, askedScale),
            keys,
            graph.scalar(1 / 127 ** 2),
            graph.scalar(1),
            uint8Middle(graph),
          ],
          {},
          microsoft,
        );
        const scale = graph.node('Mul', [askedScale, graph.node('Reshape', [through.most, ofRows])]);
        const scores = graph.node('Mul', [products, scale]);
        const probabilities = graph.node('Softmax', [scores], { axis: int(-1) }); // [pictures, looks × heads, positions]
        if (observe !== undefined) {
          const byLook = reshape(context, probabilities, [0, -1, heads, positions]);
          observe(graph.node('Transpose', [byLook], { perm: ints([0, 2, 1, 3]) }));
        }
        // The likeliest position of each row stands for 255, however flat the row is.
        const most = graph.node('ReduceMax', [probabilities, graph.int64([-1])]);
        const shares = graph.node('QuantizeLinear', [graph.node('Div', [probabilities, most]), graph.scalar(1 / 255)]);
        const found = graph.node(
          'MatMulIntegerToFloat',
          [shares, values, graph.scalar(1 / (255 * 127)), valueScale],
          {},
          microsoft,
        );
        // Through the value layer, of which each head keeps its own channels: [looks, heads, hidden] → [looks, hidden].
        const states = reshape(context, graph.node('Mul', [found, most]), [-1, width]);
        const all = reshape(context, perRow(graph, states, value), [-1, heads, hiddenSize]);
        return graph.node('ReduceSum', [graph.node('Mul', [all, own]), graph.int64([1])], { keepdims: int(0) });
      },
    };
  },
});

/** 1 where a channel is the head's own, else 0: [heads, hidden]. */
function ownChannels(graph: OnnxBuilder, { heads, hiddenSize }: TextConfig): Value {
  const isOwn = (index: number): boolean =>
    Math.floor(((index % hiddenSize) * heads) / hiddenSize) === Math.floor(index / hiddenSize);
  const load = (): Float32Array =>
    Float32Array.from({ length: heads * hiddenSize }, (_, index) => Number(isOwn(index)));
  return graph.weight('own channels', { dataType: 'float32', dims: [heads, hiddenSize], load });
}

function constant(graph: OnnxBuilder, values: Float32Array): Value {
  return graph.weight('smoothing', { dataType: 'float32', dims: [values.length], load: () => values });
}

function widthOf({ weight }: LinearLayer): number {
  return weight.dims[1]!;
}
