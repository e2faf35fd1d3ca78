/**
 * What the vision part made of pictures, kept by the picture's key up to a limit of bytes, so that new settings need no
 * new look. Buffers are lent and used again: fresh ones of this size cost 20 ms of page faults each time.
 */
import { LRUCache } from 'lru-cache';
import { CrossMemory, type MemoryLayout } from './crossMemory.ts';
import { whileOthersWork } from './turns.ts';

/** A picture as the vision part left it. */
export interface EncodedPicture {
  readonly memory: CrossMemory;
  /** The picture's projected feature, of a retrieval model; else null. */
  readonly feature: Float32Array | null;
}

/** An encoded picture, valid until it is released. */
export interface Lease extends EncodedPicture {
  /** It was encoded for this lease, not found. */
  readonly fresh: boolean;
  readonly release: () => void;
}

/** Looks at the picture: fills the memory, returns the feature where the model has one. */
export type Encode = (memory: CrossMemory) => Promise<Float32Array | null>;

interface Entry {
  readonly memory: CrossMemory;
  readonly ready: Promise<Float32Array | null>;
  users: number;
  kept: boolean;
}

/** Buffers that wait for the next picture. */
const spareBuffers = 1;

export class EmbedsCache {
  readonly #layout: MemoryLayout;
  readonly #entries: LRUCache<string, Entry>;
  readonly #spare: CrossMemory[] = [];

  constructor(layout: MemoryLayout, limitBytes: number) {
    this.#layout = layout;
    this.#entries = new LRUCache<string, Entry>({
      maxSize: limitBytes,
      sizeCalculation: ({ memory }) => memory.byteLength,
      dispose: (entry) => {
        entry.kept = false;
        this.#recycle(entry);
      },
    });
  }

  /** @param key null: the picture is not kept. */
  async acquire(key: string | null, encode: Encode, signal?: AbortSignal): Promise<Lease> {
    const known = key === null ? undefined : this.#entries.get(key);
    if (known === undefined) return this.#make(key, encode);
    known.users += 1;
    try {
      return this.#lease(known, await whileOthersWork(known.ready), false);
    } catch {
      // Whoever was encoding it gave up; that says nothing about us.
      this.#release(known);
      signal?.throwIfAborted();
      return this.acquire(key, encode, signal);
    }
  }

  async #make(key: string | null, encode: Encode): Promise<Lease> {
    const memory = this.#spare.pop() ?? CrossMemory.allocate(this.#layout, 1);
    const entry: Entry = { memory, ready: encode(memory), users: 1, kept: false };
    if (key !== null) {
      entry.kept = true;
      this.#entries.set(key, entry);
      entry.kept = this.#entries.peek(key) === entry;
    }
    try {
      return this.#lease(entry, await entry.ready, true);
    } catch (error) {
      if (key !== null && this.#entries.peek(key) === entry) this.#entries.delete(key);
      this.#release(entry);
      throw error;
    }
  }

  #lease(entry: Entry, feature: Float32Array | null, fresh: boolean): Lease {
    let held = true;
    const release = (): void => {
      if (held) this.#release(entry);
      held = false;
    };
    return { memory: entry.memory, feature, fresh, release };
  }

  #release(entry: Entry): void {
    entry.users -= 1;
    this.#recycle(entry);
  }

  #recycle(entry: Entry): void {
    if (entry.users === 0 && !entry.kept && this.#spare.length < spareBuffers && !this.#spare.includes(entry.memory)) {
      this.#spare.push(entry.memory);
    }
  }
}
