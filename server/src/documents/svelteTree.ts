/** Svelte's own syntax tree → elements, text and output. */
import type { AST } from 'svelte/compiler';
import type { Scope } from './bindings.ts';
import { braceElement } from './braceElement.ts';
import { readTag } from './braceTag.ts';
import { codeNode, type BraceTree } from './braceTree.ts';
import type { DocumentComment } from './imageReference.ts';
import { withPatterns } from './localNames.ts';
import type { MarkupNode } from './markup.ts';

type TreeNode = AST.Fragment['nodes'][number];

/** Elements of Svelte's own that show nothing but what they hold. */
const transparent = new Set<TreeNode['type']>([
  'SvelteFragment',
  'SvelteHead',
  'SvelteBody',
  'SvelteWindow',
  'SvelteDocument',
  'SvelteBoundary',
]);
const unknownContent = new Set<TreeNode['type']>(['SlotElement', 'SvelteComponent', 'SvelteSelf', 'SvelteElement']);

interface Open {
  readonly fragment: AST.Fragment;
  readonly into: MarkupNode[];
  readonly scope: Scope;
}

export function svelteTree(source: string, root: AST.Fragment, scope: Scope): BraceTree {
  const nodes: MarkupNode[] = [];
  const comments: DocumentComment[] = [];
  const open: [node: TreeNode, into: MarkupNode[], scope: Scope][] = [];
  const enter = ({ fragment, into, scope: inner }: Open): void => {
    for (const child of fragment.nodes.toReversed()) open.push([child, into, inner]);
  };
  enter({ fragment: root, into: nodes, scope });
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, into, around] = next;
    if (node.type === 'Text') into.push({ kind: 'text', text: node.data });
    else if (node.type === 'Comment') comments.push({ range: { start: node.start, end: node.end }, text: node.data });
    else if (node.type === 'ExpressionTag') into.push(codeNode(source.slice(node.start + 1, node.end - 1)));
    else if (node.type === 'HtmlTag' || node.type === 'RenderTag') into.push({ kind: 'output' });
    else if ('name' in node && 'attributes' in node) {
      const inner = withPatterns(slotPatterns(source, node), around);
      enter({ fragment: node.fragment, into: addElement(source, node, into, inner), scope: inner });
    } else for (const branch of branches(source, node, around).toReversed()) enter({ ...branch, into });
  }
  return { nodes, comments };
}

type ElementNode = Extract<TreeNode, { attributes: unknown; fragment: unknown }>;

/** Adds the element; gives the list that its children belong in. */
function addElement(source: string, node: ElementNode, into: MarkupNode[], scope: Scope): MarkupNode[] {
  const tag = readTag(source, node.start, node.end, 'svelte');
  if (tag === null || transparent.has(node.type)) return into;
  const children: MarkupNode[] = unknownContent.has(node.type) ? [{ kind: 'output' }] : [];
  into.push(braceElement(source, tag, 'svelte', scope, { end: node.end, children, style: null }));
  return children;
}

/** `let:item`: names that a component gives to what it holds. */
function slotPatterns(source: string, node: ElementNode): string[] {
  return node.attributes
    .filter((attribute) => attribute.type === 'LetDirective')
    .map(({ name, expression }) => (expression === null ? name : sourceOf(source, expression)));
}

function sourceOf(source: string, node: object): string {
  const { start, end } = node as { readonly start?: number; readonly end?: number };
  return start === undefined || end === undefined ? '' : source.slice(start, end);
}

type Branch = Omit<Open, 'into'>;

/** What a block may show, in document order, with the names that it declares. */
function branches(source: string, node: TreeNode, scope: Scope): Branch[] {
  const branch = (fragment: AST.Fragment | null, patterns: readonly string[] = []): Branch[] =>
    fragment === null ? [] : [{ fragment, scope: withPatterns(patterns, scope) }];
  switch (node.type) {
    case 'IfBlock':
      return [...branch(node.consequent), ...branch(node.alternate)];
    case 'EachBlock': {
      const names = [
        ...(node.context === null ? [] : [sourceOf(source, node.context)]),
        ...(node.index === undefined ? [] : [node.index]),
      ];
      return [...branch(node.body, names), ...branch(node.fallback ?? null)];
    }
    case 'AwaitBlock': {
      const value = node.value === null ? [] : [sourceOf(source, node.value)];
      const error = node.error === null ? [] : [sourceOf(source, node.error)];
      return [...branch(node.pending), ...branch(node.then, value), ...branch(node.catch, error)];
    }
    case 'KeyBlock':
      return branch(node.fragment);
    case 'SnippetBlock':
      return branch(
        node.body,
        node.parameters.map((parameter) => sourceOf(source, parameter)),
      );
    default:
      return [];
  }
}
