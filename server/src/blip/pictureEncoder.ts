/** The vision graph at work: pixels → what text looks at. */
import type { Architecture, ModelConfig } from './checkpoint/modelConfig.ts';
import { memoryLayout, type CrossMemory, type MemoryLayout } from './crossMemory.ts';
import { loadRuntime, takesBatches, type InferenceSession } from './onnxSession.ts';
import type { PixelTensor } from './pixelTensor.ts';

export class PictureEncoder {
  readonly #session: InferenceSession;
  readonly #config: ModelConfig;
  readonly #hasFeature: boolean;
  /** What one picture fills. */
  readonly memoryLayout: MemoryLayout;

  constructor(session: InferenceSession, config: ModelConfig, architecture: Architecture) {
    this.#session = session;
    this.#config = config;
    this.#hasFeature = architecture === 'BlipForImageTextRetrieval';
    this.memoryLayout = memoryLayout(session);
  }

  /** Whether several pictures may share a run. */
  get batches(): boolean {
    return takesBatches(this.#session);
  }

  /**
   * Fills `memory` with what text looks at in these pictures, of the model's size, in one run.
   *
   * @returns each picture's projected feature [projection] where the model has one.
   */
  async encode(pictures: readonly PixelTensor[], memory: CrossMemory): Promise<readonly Float32Array[]> {
    const results = await this.#session.run(
      { pixels: await this.#pixels(pictures) },
      { ...(await memory.asTensors()), ...(this.#hasFeature ? { image_feature: null } : {}) },
    );
    if (!this.#hasFeature) return [];
    const features = results['image_feature']!.data as Float32Array;
    const size = this.#config.projectionSize;
    return pictures.map((_, index) => features.subarray(index * size, (index + 1) * size));
  }

  /** [positions, hidden], after the final layer norm. */
  async imageEmbeds(picture: PixelTensor): Promise<Float32Array> {
    const results = await this.#session.run({ pixels: await this.#pixels([picture]) }, ['image_embeds']);
    return results['image_embeds']!.data as Float32Array;
  }

  /** Pictures of the model's size: [pictures, H, W, 3] u8 */
  async #pixels(pictures: readonly PixelTensor[]) {
    const { Tensor } = await loadRuntime();
    const side = this.#config.vision.imageSize;
    const size = side * side * 3;
    const data = new Uint8Array(pictures.length * size);
    for (const [index, picture] of pictures.entries()) data.set(picture.data, index * size);
    return new Tensor('uint8', data, [pictures.length, side, side, 3]);
  }
}
