/**
 * How the vision part of a model is cut. ONNX Runtime's `run()` cannot be interrupted, and whoever waits for an answer
 * waits for the one that is under way: so no run may take long, however large the model.
 */
import type { Precision } from './caption.ts';
import type { ModelConfig } from './checkpoint/modelConfig.ts';

/** Layers [first, end) of the vision transformer; the last part also makes what text looks at. */
export interface VisionPart {
  /** Of its graph. */
  readonly name: `vision-${number}`;
  readonly first: number;
  readonly end: number;
  readonly isLast: boolean;
}

/** Hidden states on their way from a part to the next, [batch, positions, hidden]: what one gives and the other takes. */
export const passedOn = 'next_hidden_states';
export const takenOver = 'hidden_states';

/**
 * Products (multiply and add) of a run, at most, but for a single layer. Two slow cores do some 130 thousand million a
 * second in int8, 60 in float32: a run stays under 300 ms.
 */
const productsOfRun: Readonly<Record<Precision, number>> = { int8: 24e9, fp32: 16e9 };

/** The parts of a model, in order; a small model has one. */
export function visionParts(config: ModelConfig, precision: Precision): VisionPart[] {
  const { layers } = config.vision;
  const { ofLayer, ofMemory } = products(config);
  const limit = productsOfRun[precision];
  const layersOfRun = Math.max(1, Math.floor(limit / ofLayer));
  const runs = Math.ceil(layers / layersOfRun);
  const ends = Array.from({ length: runs }, (_, run) => Math.min((run + 1) * layersOfRun, layers));
  const layersOfLast = layers - (runs - 1) * layersOfRun;
  // What text looks at is made by the last layers' part, or where that has no room by one of its own.
  if (layersOfLast * ofLayer + ofMemory > limit) ends.push(layers);
  return ends.map((end, index) => ({
    name: `vision-${index}`,
    first: ends[index - 1] ?? 0,
    end,
    isLast: index === ends.length - 1,
  }));
}

/** Of one picture: a layer of the vision transformer, and the keys and values of all layers of the text, where it makes them. */
function products({ vision, text }: ModelConfig): { ofLayer: number; ofMemory: number } {
  const positions = (vision.imageSize / vision.patchSize) ** 2 + 1;
  const linear = 4 * vision.hiddenSize ** 2 + 2 * vision.hiddenSize * vision.intermediateSize;
  return {
    ofLayer: positions * (linear + 2 * positions * vision.hiddenSize),
    ofMemory: positions * 2 * text.layers * vision.hiddenSize * text.hiddenSize,
  };
}
