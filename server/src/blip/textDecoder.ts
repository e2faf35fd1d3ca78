/** The text graph at work: it remembers the past of each text, so that a step feeds only what is new. */
import type { Tensor } from 'onnxruntime-node';
import type { TextConfig } from './checkpoint/modelConfig.ts';
import type { CrossMemory } from './crossMemory.ts';
import { Scratch, type RowScores } from './generation/search.ts';
import { loadRuntime, type InferenceSession, type Tensors } from './onnxSession.ts';

/** Where a text looked while a token was read: [layers, heads, memory positions], each head's weights adding up to 1. */
export interface CrossAttention {
  readonly layers: number;
  readonly heads: number;
  readonly positions: number;
  readonly weights: Float32Array;
}

export interface StepRequest {
  /** New tokens of each text, all of one length; the texts of one picture lie behind each other. */
  readonly tokens: readonly (readonly number[])[];
  /** Which text of the last step each one goes on from. */
  readonly parents: readonly number[];
  /** Scores after every new token, not only after the last: for scoring a text that is given. */
  readonly everyPosition?: boolean;
}

export interface StepScores {
  /** A row for each text, or for each of its new tokens. */
  readonly rows: readonly RowScores[];
  /** Of each row, where the session shows it. */
  readonly attention: readonly CrossAttention[] | null;
}

type TensorConstructor = Awaited<ReturnType<typeof loadRuntime>>['Tensor'];

/** What the decoder needs of a session. */
export interface TextSession {
  readonly outputNames: readonly string[];
  run(feeds: InferenceSession.FeedsType, fetches: InferenceSession.FetchesType): Promise<InferenceSession.ReturnType>;
}

/** One run of the decoder, from an empty past. */
export interface TextDecoder {
  step(request: StepRequest): Promise<StepScores>;
  /** Goes on with these pictures only; `kept` ascends. Parents still count the texts of all pictures of the last step. */
  keepPictures(kept: readonly number[]): void;
}

export class OnnxTextDecoder implements TextDecoder {
  readonly #session: TextSession;
  readonly #text: TextConfig;
  #memory: CrossMemory;
  /** The memory as the graph's inputs, made anew when pictures leave. */
  #memoryFeeds: Tensors | null = null;
  #past: Tensors | null = null;
  #pastTokens = 0;
  readonly #buffers = new PastBuffers();
  readonly #logits = new Scratch();
  readonly #showsAttention: boolean;

  /** @param memory is written to only when some of several pictures leave. */
  constructor(session: TextSession, text: TextConfig, memory: CrossMemory) {
    this.#session = session;
    this.#text = text;
    this.#memory = memory;
    this.#showsAttention = session.outputNames.includes('cross_attention');
  }

  keepPictures(kept: readonly number[]): void {
    this.#memory = this.#memory.keep(kept);
    this.#memoryFeeds = null;
  }

  /** Gives back the past; no step follows. */
  end(): void {
    this.#past = null;
    this.#buffers.end();
  }

  async step({ tokens, parents, everyPosition = false }: StepRequest): Promise<StepScores> {
    const { Tensor } = await loadRuntime();
    const texts = tokens.length;
    const length = tokens[0]!.length;
    const asked = everyPosition
      ? Array.from({ length: texts * length }, (_, row) => row)
      : Array.from({ length: texts }, (_, textIndex) => (textIndex + 1) * length - 1);
    const int64 = (values: readonly number[], dims: number[]) =>
      new Tensor('int64', BigInt64Array.from(values, BigInt), dims);
    const { vocabulary } = this.#text;
    const logits = this.#logits.ofSize(asked.length * vocabulary);
    const present = this.#present(Tensor, texts, this.#pastTokens + length);
    const results = await this.#session.run(
      {
        input_ids: int64(tokens.flat(), [texts, length]),
        position_ids: int64(
          Array.from({ length }, (_, index) => this.#pastTokens + index),
          [length],
        ),
        past_rows: int64(parents, [texts]),
        logit_rows: int64(asked, [asked.length]),
        ...(this.#memoryFeeds ??= await this.#memory.asTensors()),
        ...(this.#past ?? (await this.#emptyPast())),
      },
      {
        ...Object.fromEntries(this.#session.outputNames.map((name) => [name, null])),
        ...Object.fromEntries(present.map(([name, tensor]) => [`present_${name}`, tensor])),
        logits: new Tensor('float32', logits, [asked.length, vocabulary]),
      },
    );
    this.#past = Object.fromEntries(present.map(([name, tensor]) => [`past_${name}`, tensor]));
    this.#pastTokens += length;
    const [greatest, share] = ['greatest_logit', 'greatest_probability'].map(
      (name) => results[name]!.data as Float32Array,
    );
    const rows = asked.map((_, row) => ({
      logits: logits.subarray(row * vocabulary, (row + 1) * vocabulary),
      logNormaliser: greatest![row]! - Math.log(share![row]!),
    }));
    return { rows, attention: this.#showsAttention ? looksOf(results['cross_attention']!, asked) : null };
  }

  /** Keys and values of each layer, [texts, heads, tokens, head size], to be filled. */
  #present(Tensor: TensorConstructor, texts: number, tokens: number): [name: string, tensor: Tensor][] {
    const { layers, heads, hiddenSize } = this.#text;
    const names = pastNames(layers);
    const size = texts * hiddenSize * tokens;
    const values = this.#buffers.next(names.length * size);
    return names.map((name, index) => {
      const own = values.subarray(index * size, (index + 1) * size);
      return [name, new Tensor('float32', own, [texts, heads, tokens, hiddenSize / heads])];
    });
  }

  async #emptyPast(): Promise<Tensors> {
    const { Tensor } = await loadRuntime();
    const { layers, heads, hiddenSize } = this.#text;
    const empty = new Tensor('float32', new Float32Array(0), [1, heads, 0, hiddenSize / heads]);
    return Object.fromEntries(pastNames(layers).map((name) => [`past_${name}`, empty]));
  }
}

function pastNames(layers: number): string[] {
  return Array.from({ length: layers }, (_, layer) => [`key_${layer}`, `value_${layer}`]).flat();
}

/** A text grows: what is too small for it is made so much larger than it needs. */
const roomFactor = 2;

/**
 * What one step fills is what the next one reads: two buffers in turn. They are given back at once: the garbage collector
 * would let them grow by 60 MB.
 */
class PastBuffers {
  #both = [new Float32Array(0), new Float32Array(0)] as const;

  next(size: number): Float32Array {
    const [last, free] = this.#both;
    const next = free.length < size ? new Float32Array(roomFactor * size) : free;
    if (next !== free) giveBack(free);
    this.#both = [next, last];
    return next.subarray(0, size);
  }

  end(): void {
    this.#both.forEach(giveBack);
    this.#both = [new Float32Array(0), new Float32Array(0)];
  }
}

function giveBack({ buffer }: Float32Array<ArrayBuffer>): void {
  buffer.transfer(0);
}

/** [layers, pictures, heads, texts of a picture × tokens, positions] → where each of these rows (of texts × tokens) looked. */
function looksOf(attention: Tensor, rows: readonly number[]): CrossAttention[] {
  const [layers, pictures, heads, looks, positions] = attention.dims as [number, number, number, number, number];
  const values = attention.data as Float32Array;
  return rows.map((row) => {
    const picture = Math.floor(row / looks);
    const weights = new Float32Array(layers * heads * positions);
    for (let layer = 0; layer < layers; layer += 1) {
      for (let head = 0; head < heads; head += 1) {
        const start = (((layer * pictures + picture) * heads + head) * looks + (row % looks)) * positions;
        weights.set(values.subarray(start, start + positions), (layer * heads + head) * positions);
      }
    }
    return { layers, heads, positions, weights };
  });
}
