import type { TextRange } from '../imageReference.ts';

/** Typst's code as far as pictures need it; what is of no matter is `other` with what stands in it. */
export type TypstNode =
  | StringNode
  | { readonly kind: 'name'; readonly name: string; readonly range: TextRange }
  | { readonly kind: 'none'; readonly range: TextRange }
  | CallNode
  | ContentNode
  | { readonly kind: 'sum'; readonly parts: readonly TypstNode[]; readonly range: TextRange }
  /** `let`: what it binds shows elsewhere. */
  | { readonly kind: 'definition'; readonly value: TypstNode | null; readonly range: TextRange }
  /** What a function's name is bound to. */
  | { readonly kind: 'function'; readonly wrapper: Wrapper | null; readonly range: TextRange }
  | { readonly kind: 'other'; readonly children: readonly TypstNode[]; readonly range: TextRange };

export interface StringNode {
  readonly kind: 'string';
  /** Escapes resolved. */
  readonly value: string;
  /** With the quotes. */
  readonly range: TextRange;
}

export interface CallNode {
  readonly kind: 'call';
  /** `image`, `pdf.artifact`; null where no name is called. */
  readonly callee: string | null;
  readonly arguments: readonly TypstArgument[];
  /** Between the parentheses; null for `strong[…]`. */
  readonly list: TextRange | null;
  /** `set image(…)` makes no picture. */
  readonly isSet: boolean;
  /** Of `pic(…)` after `let pic = image.with(…)`, which is a call of `image`: what that one gave. */
  readonly preset: Preset | null;
  /** Of a function that shows one picture. */
  readonly wrapper: Wrapper | null;
  readonly range: TextRange;
}

/** How a call of a function gives the picture that it shows, and that one's alt. */
export interface Wrapper {
  /** The source's place among the arguments without a name. */
  readonly source: number;
  /** Named, with its default (null: `image`'s own); or the place among those without. Null: it is not the call's to give. */
  readonly alt: { readonly name: string; readonly default: TypstNode | null } | { readonly index: number } | null;
}

export interface Preset {
  /** The name that stands for `image.with(…)`. */
  readonly name: string;
  readonly arguments: readonly TypstArgument[];
}

export interface TypstArgument {
  readonly name: string | null;
  /** `..rest` */
  readonly spread: boolean;
  readonly value: TypstNode;
  readonly range: TextRange;
}

/** `[…]`, or the document itself. */
export interface ContentNode {
  readonly kind: 'content';
  readonly items: readonly ContentItem[];
  readonly range: TextRange;
}

export type ContentItem =
  | { readonly kind: 'text'; readonly text: string; readonly range: TextRange }
  /** A blank line, a heading, a list's next item: what follows is no longer beside what came before. */
  | { readonly kind: 'break'; readonly range: TextRange }
  | { readonly kind: 'code'; readonly node: TypstNode; readonly range: TextRange };

/** `let`, a parameter, a loop's variable. */
export interface Binding {
  /** Null where it is not one expression. */
  readonly value: TypstNode | null;
  /** From here on the name means this, */
  readonly from: number;
  /** within this block, content or function. */
  readonly scope: TextRange;
}

export interface Bindings {
  /** In the order of the source. */
  readonly byName: ReadonlyMap<string, readonly Binding[]>;
  /** Names that are given another value somewhere. */
  readonly assigned: ReadonlySet<string>;
}

export interface TypstTree {
  readonly content: ContentNode;
  readonly bindings: Bindings;
  readonly comments: readonly TextRange[];
}

/** Arguments, or parameters, that are told by their place. */
export function positional(given: readonly TypstArgument[]): TypstArgument[] {
  return given.filter(({ name, spread }) => name === null && !spread);
}
