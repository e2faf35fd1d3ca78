import type { MarkupElement, MarkupNode } from './markup.ts';

/** What is still open: a tag, which its name closes, or (null) something that its host closes. */
interface Frame {
  readonly name: string | null;
  readonly children: MarkupNode[];
  /** Where the element stands, which learns its end later; null where there is none. */
  readonly place: { readonly into: MarkupNode[]; readonly index: number } | null;
}

/**
 * A tree from tags that come one by one, and that nobody promises to fit together: what is never closed ends with what
 * holds it, and a closing tag that nothing opened is passed over.
 */
export class MarkupBuilder {
  readonly nodes: MarkupNode[] = [];
  readonly #frames: Frame[] = [];

  /** The innermost thing that is open is a tag: what comes now is its text. */
  get inTag(): boolean {
    return this.#frames.at(-1)?.name != null;
  }

  get anyOpen(): boolean {
    return this.#frames.length > 0;
  }

  get last(): MarkupNode | undefined {
    return this.#children().at(-1);
  }

  add(...nodes: readonly MarkupNode[]): void {
    this.#children().push(...nodes);
  }

  /** A start tag; `element` null: a fragment, whose children are its parent's. */
  open(name: string, element: MarkupElement | null): void {
    this.#push(name, element);
  }

  close(name: string, end: number): void {
    const depth = this.#frames.findLastIndex((frame) => frame.name === name);
    if (depth !== -1) this.leave(depth, end);
  }

  /** A block of the language around the tags, or (null) braces; gives what `leave` wants. */
  enter(element: MarkupElement | null): number {
    this.#push(null, element);
    return this.#frames.length - 1;
  }

  leave(depth: number, end: number): void {
    for (const { place } of this.#frames.splice(depth)) {
      if (place !== null) place.into[place.index] = { ...(place.into[place.index] as MarkupElement), end };
    }
  }

  /** Ends the innermost thing that is open, if its host closes it. */
  leaveInnermost(end: number): void {
    if (this.#frames.at(-1)?.name === null) this.leave(this.#frames.length - 1, end);
  }

  #children(): MarkupNode[] {
    return this.#frames.at(-1)?.children ?? this.nodes;
  }

  #push(name: string | null, element: MarkupElement | null): void {
    const into = this.#children();
    if (element === null) {
      this.#frames.push({ name, children: into, place: null });
      return;
    }
    const children = [...element.children];
    const index = into.push({ ...element, children }) - 1;
    this.#frames.push({ name, children, place: { into, index } });
  }
}
