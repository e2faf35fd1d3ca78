import type { TextRange } from '../imageReference.ts';

/** A link's command around its content. */
export interface LinkCommand {
  readonly range: TextRange;
  readonly content: TextRange;
  /** Null where the command leads to a label or a computed place. */
  readonly destination: string | null;
  /** The pictures found in it. */
  readonly pictures: TextRange[];
}

/** An environment, or a group that means something to the pictures in it. */
export interface Frame {
  readonly parent: Frame | null;
  readonly name: string;
  /** Where the innermost group around ends, be it this frame or one further out. */
  readonly limit: number;
  /** `\caption`s, and `\Description`s of ACM's classes. */
  readonly captions: TextRange[];
  /** A `\Description` says what the pictures show. */
  described: boolean;
  readonly title: TextRange | null;
  readonly link: LinkCommand | null;
}

/** Environments and commands to which a caption in them belongs. */
const floating = /figure|table|float|minipage|caption|^SC|^wrap|^listing$|^algorithm/i;

/** The environments open at one place of the walk. */
export class Frames {
  #top: Frame | null = null;
  readonly #open = new Map<string, number>();

  get top(): Frame | null {
    return this.#top;
  }

  begin(name: string): void {
    this.#push({ name, limit: this.#top?.limit ?? Infinity, captions: [], title: null, link: null });
  }

  group(name: string, end: number, about: Partial<Pick<Frame, 'captions' | 'title' | 'link'>>): void {
    this.#push({ name, limit: end, captions: [], title: null, link: null, ...about });
  }

  /** The innermost of the name, with what was left open in it; an end without a beginning is nothing. */
  end(name: string): void {
    if (!this.#open.get(name)) return;
    while (this.#top !== null && this.#top.name !== name) this.#pop();
    this.#pop();
  }

  /** Groups that ended before this place are left. */
  reach(position: number): void {
    while (this.#top !== null && this.#top.limit <= position) this.#pop();
  }

  /** The float that a caption written here belongs to. */
  captioned(): Frame | null {
    let frame = this.#top;
    while (frame !== null && !floating.test(frame.name)) frame = frame.parent;
    return frame ?? this.#top;
  }

  #push(frame: Omit<Frame, 'parent' | 'described'>): void {
    this.#top = { ...frame, parent: this.#top, described: false };
    this.#open.set(frame.name, (this.#open.get(frame.name) ?? 0) + 1);
  }

  #pop(): void {
    if (this.#top === null) return;
    this.#open.set(this.#top.name, (this.#open.get(this.#top.name) ?? 1) - 1);
    this.#top = this.#top.parent;
  }
}

/** From the innermost outwards; as many as a document really nests. */
export function around(frame: Frame | null): Frame[] {
  const frames: Frame[] = [];
  for (let each = frame; each !== null && frames.length < 50; each = each.parent) frames.push(each);
  return frames;
}
