/** Words near a picture: what a link says besides it, what a caption says, what follows it. */
import { attributeText, hasAttribute, type MarkupDialect, type MarkupElement, type MarkupNode } from './markup.ts';
import { showsPicture } from './markupImages.ts';
import { type Frame, isAriaHidden, isComponent, isConcealed } from './markupWalk.ts';

export interface Content {
  /** White space runs are one space. */
  readonly text: string;
  /** Something shows or names it that only the program knows, or that has no words (a field, a film). */
  readonly unknown: boolean;
  readonly pictures: readonly MarkupElement[];
}

const silent = new Set([
  'script',
  'style',
  'template',
  'noscript',
  'desc',
  'metadata',
  'defs',
  'source',
  'track',
  'param',
]);
const wordless = new Set([
  'video',
  'audio',
  'canvas',
  'iframe',
  'object',
  'embed',
  'select',
  'input',
  'math',
  'meter',
  'progress',
  'slot',
]);

export function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** What the nodes say to a reader; a picture within is listed, its alt is not part of the text. */
export function contentOf(nodes: readonly MarkupNode[], dialect: MarkupDialect): Content {
  let text = '';
  let unknown = false;
  const found: MarkupElement[] = [];
  const open: MarkupNode[] = nodes.toReversed();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === 'text') text += node.text;
    else if (node.kind === 'output') unknown = true;
    else if (isAriaHidden(node) || isConcealed(node) || silent.has(node.name)) continue;
    else if (showsPicture(node, dialect) || node.name === 'svg') found.push(node);
    else {
      if (wordless.has(node.name) || isComponent(node, dialect)) unknown = true;
      if (isBlock(node, dialect) || node.name === 'br') text += ' ';
      for (let index = node.children.length - 1; index >= 0; index--) open.push(node.children[index]!);
    }
  }
  return { text: collapse(text), unknown, pictures: found };
}

/** The `aria-label`; null: none, or an empty one. */
export function ariaLabel(element: MarkupElement): string | null {
  const label = attributeText(element, 'aria-label');
  return label === null || label.trim() === '' ? null : label;
}

/** Named in a way that cannot be read here. */
export function namedElsewhere(element: MarkupElement): boolean {
  if (hasAttribute(element, 'aria-labelledby')) return true;
  return hasAttribute(element, 'aria-label') && attributeText(element, 'aria-label') === null;
}

const blocks = new Set(
  (
    'address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer ' +
    'form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup option p pre search section select ' +
    'summary table tbody td tfoot th thead title tr ul template'
  ).split(' '),
);
const cells = new Set(['td', 'th', 'li', 'dd', 'dt']);

function isBlock(element: MarkupElement, dialect: MarkupDialect): boolean {
  return blocks.has(element.name) || isComponent(element, dialect);
}

/** Longer text repeats no alt. */
const longestFollowing = 1000;
/** Nor is it repeated a hundred elements away; and the stack has an end. */
const farthest = 100;

/**
 * The text right after a picture in its paragraph, or in the first block after it in its cell or list item; null where
 * there is none or only the program knows it whole. `frames` leads to the picture.
 */
export function followingText(frames: readonly Frame[], dialect: MarkupDialect): string | null {
  const highest = Math.max(0, frames.length - farthest);
  let top = frames.length - 1;
  while (top > highest && !isContainer(frames[top]!, dialect)) top--;
  const container = frames[top]!.parent;
  const crossesBlocks = container !== null && cells.has(container.name);
  const walk: Following = { text: '', ended: false, unknown: false, crossesBlocks };
  for (let depth = frames.length - 1; depth >= top && !walk.ended; depth--) {
    const { siblings, index } = frames[depth]!;
    read(siblings.slice(index + 1, index + 1 + longestFollowing), walk, dialect, 0);
  }
  const text = collapse(walk.text);
  return walk.unknown || text === '' ? null : text;
}

function isContainer({ parent }: Frame, dialect: MarkupDialect): boolean {
  return parent !== null && isBlock(parent, dialect);
}

interface Following {
  text: string;
  ended: boolean;
  unknown: boolean;
  readonly crossesBlocks: boolean;
}

function read(nodes: readonly MarkupNode[], walk: Following, dialect: MarkupDialect, depth: number): void {
  for (const node of nodes) {
    if (walk.text.length > longestFollowing || depth > farthest) walk.ended = true;
    if (walk.ended) return;
    if (node.kind === 'text') walk.text += node.text;
    else if (node.kind === 'output' || isComponent(node, dialect)) walk.unknown = walk.ended = true;
    else if (showsPicture(node, dialect) || node.name === 'svg') walk.ended = true;
    else if (silent.has(node.name) || isConcealed(node)) continue;
    else if (node.name === 'br') walk.ended = walk.text.trim() !== '';
    else if (isBlock(node, dialect)) readBlock(node, walk, dialect, depth);
    else read(node.children, walk, dialect, depth + 1);
  }
}

function readBlock(block: MarkupElement, walk: Following, dialect: MarkupDialect, depth: number): void {
  if (!walk.crossesBlocks || walk.text.trim() !== '') {
    walk.ended = true;
    return;
  }
  read(block.children, walk, dialect, depth + 1);
  if (walk.text.trim() !== '') walk.ended = true;
}
