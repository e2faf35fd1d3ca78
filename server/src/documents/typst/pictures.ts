import type { CallNode, ContentItem, ContentNode, TypstNode } from './syntax.ts';

/** What stands around a picture, from outside inwards. */
export interface Surroundings {
  /** Calls of `figure`, the innermost first. */
  readonly figures: readonly CallNode[];
  /** The innermost call of `link`. */
  readonly link: CallNode | null;
  /** `pdf.artifact(…)`: not for readers. */
  readonly artifact: boolean;
  /** The content that the picture is in, and its item there. */
  readonly content: readonly ContentItem[];
  readonly index: number;
}

export interface FoundPicture {
  readonly call: CallNode;
  readonly surroundings: Surroundings;
}

/** A call that makes a picture, also by a function that shows one; of `image.decode` only the program knows which. */
export function isPicture(call: CallNode): boolean {
  if (call.wrapper !== null) return !call.isSet && call.arguments.length > 0;
  if (call.isSet || !/^(?:std\.)?image(?:\.decode)?$/.test(call.callee ?? '')) return false;
  return call.arguments.length > 0 || call.preset !== null;
}

/** Whether a picture shows in it; calls deeper than a picture usually stands are not looked into. */
export function showsPicture(node: TypstNode, depth = 0): boolean {
  if (depth > 6) return false;
  switch (node.kind) {
    case 'content':
      return node.items.some((item) => item.kind === 'code' && showsPicture(item.node, depth + 1));
    case 'other':
      return node.children.some((child) => showsPicture(child, depth + 1));
    case 'call':
      return isPicture(node) || node.arguments.some(({ value }) => showsPicture(value, depth + 1));
    default:
      return false;
  }
}

/** Every picture of a tree, and every `set` rule, in the order of the source. */
export function findPictures(content: ContentNode): { readonly pictures: FoundPicture[]; readonly rules: CallNode[] } {
  const pictures: FoundPicture[] = [];
  const rules: CallNode[] = [];
  const nowhere: Surroundings = { figures: [], link: null, artifact: false, content: [], index: 0 };
  const visit = (node: TypstNode, around: Surroundings): void => {
    switch (node.kind) {
      case 'content':
        for (const [index, item] of node.items.entries()) {
          if (item.kind === 'code') visit(item.node, { ...around, content: node.items, index });
        }
        return;
      case 'sum':
        for (const part of node.parts) visit(part, around);
        return;
      case 'definition':
        if (node.value !== null) visit(node.value, nowhere);
        return;
      case 'other':
        for (const child of node.children) visit(child, around);
        return;
      case 'call':
        if (node.isSet) rules.push(node);
        else if (isPicture(node)) pictures.push({ call: node, surroundings: around });
        visitArguments(node, around);
        return;
      default:
    }
  };
  const visitArguments = (call: CallNode, around: Surroundings): void => {
    for (const { name, value } of call.arguments) {
      // A picture in a caption is not what the caption is about.
      if (call.callee === 'figure' && name === null) visit(value, { ...around, figures: [call, ...around.figures] });
      else if (call.callee === 'link' && name === null) visit(value, { ...around, link: call });
      else if (call.callee === 'pdf.artifact') visit(value, { ...around, artifact: true });
      else visit(value, around);
    }
  };
  visit(content, nowhere);
  return { pictures, rules };
}
