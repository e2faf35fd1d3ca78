/** The vision graph at work, part by part. */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { memoryLayout, type MemoryLayout } from './crossMemory.ts';
import { takesBatches, type Tensors } from './onnxSession.ts';
import { passedOn, takenOver } from './visionParts.ts';

export class VisionSessions {
  readonly #parts: readonly InferenceSession[];
  /** What one picture leaves for the text. */
  readonly memoryLayout: MemoryLayout;

  /** @param parts the sessions of the parts, in order */
  constructor(parts: readonly InferenceSession[]) {
    this.#parts = parts;
    this.memoryLayout = memoryLayout(parts.at(-1)!);
  }

  /** Whether several pictures may share a run. */
  get takesBatches(): boolean {
    return takesBatches(this.#parts[0]!);
  }

  /**
   * @param pixels [pictures, H, W, 3] u8
   * @param fetches of the last part: what is wanted, and where it goes; all that it has when not given
   * @param observe sees the results of each part
   * @throws the signal's reason, between two parts
   */
  async run(
    pixels: Tensor,
    fetches?: InferenceSession.FetchesType,
    {
      signal,
      observe,
    }: { readonly signal?: AbortSignal | undefined; readonly observe?: (results: Tensors) => void } = {},
  ): Promise<Tensors> {
    let results: Tensors = {};
    for (const [index, session] of this.#parts.entries()) {
      signal?.throwIfAborted();
      const feeds = index === 0 ? { pixels } : { [takenOver]: results[passedOn]! };
      const isLast = index === this.#parts.length - 1;
      results = await (isLast && fetches !== undefined ? session.run(feeds, fetches) : session.run(feeds));
      observe?.(results);
    }
    return results;
  }
}
