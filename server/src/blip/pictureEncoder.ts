/** The vision graph at work: pixels → what text looks at. */
import type { CrossMemory, MemoryLayout } from './crossMemory.ts';
import { loadRuntime } from './onnxSession.ts';
import type { PixelTensor } from './pixelTensor.ts';
import type { VisionGraphs } from './visionMessages.ts';
import type { VisionSessions } from './visionSessions.ts';

export class PictureEncoder {
  readonly #sessions: VisionSessions;
  /** Side of the pictures it takes, in pixels. */
  readonly imageSize: number;
  readonly #projectionSize: number | null;

  constructor(sessions: VisionSessions, graphs: Pick<VisionGraphs, 'imageSize' | 'projectionSize'>) {
    this.#sessions = sessions;
    this.imageSize = graphs.imageSize;
    this.#projectionSize = graphs.projectionSize;
  }

  /** What one picture fills. */
  get memoryLayout(): MemoryLayout {
    return this.#sessions.memoryLayout;
  }

  /** Whether several pictures may share a run. */
  get takesBatches(): boolean {
    return this.#sessions.takesBatches;
  }

  /**
   * Fills `memory` with what text looks at in these pictures, of the model's size, together.
   *
   * @returns each picture's projected feature [projection] where the model has one.
   */
  async encode(
    pictures: readonly PixelTensor[],
    memory: CrossMemory,
    signal?: AbortSignal,
  ): Promise<readonly Float32Array[]> {
    const size = this.#projectionSize;
    const fetches = { ...(await memory.asTensors()), ...(size === null ? {} : { image_feature: null }) };
    const results = await this.#sessions.run(await this.#pixels(pictures), fetches, { signal });
    if (size === null) return [];
    const features = results['image_feature']!.data as Float32Array;
    return pictures.map((_, index) => features.subarray(index * size, (index + 1) * size));
  }

  /** [positions, hidden], after the final layer norm. */
  async imageEmbeds(picture: PixelTensor, signal?: AbortSignal): Promise<Float32Array> {
    const results = await this.#sessions.run(await this.#pixels([picture]), { image_embeds: null }, { signal });
    return results['image_embeds']!.data as Float32Array;
  }

  /** Pictures of the model's size: [pictures, H, W, 3] u8 */
  async #pixels(pictures: readonly PixelTensor[]) {
    const { Tensor } = await loadRuntime();
    const side = this.imageSize;
    const size = side * side * 3;
    const data = new Uint8Array(pictures.length * size);
    for (const [index, picture] of pictures.entries()) data.set(picture.data, index * size);
    return new Tensor('uint8', data, [pictures.length, side, side, 3]);
  }
}
