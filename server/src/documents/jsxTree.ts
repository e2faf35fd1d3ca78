import type {
  CallExpression,
  JSXElement,
  JSXFragment,
  JSXOpeningElement,
  JSXText,
  Node,
  OptionalCallExpression,
} from '@babel/types';
import { scopeWithin } from './bindings.ts';
import type { Scope } from './bindings.ts';
import { evaluateExpression, unwrapped } from './expressions.ts';
import { jsxAttributes, rangeOf } from './jsxAttributes.ts';
import type { MarkupAttribute, MarkupElement, MarkupNode } from './markup.ts';

/** Output that only the program knows. */
export const output: MarkupNode = { kind: 'output' };

/** Every JSX element in a piece of program, the outermost ones as siblings with the unknown between them. */
export function jsxNodes(text: string, root: Node, scope: Scope): MarkupNode[] {
  const nodes: MarkupNode[] = [];
  const open: [node: Node, scope: Scope][] = [[root, scope]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, around] = next;
    if (node.type === 'JSXElement' || node.type === 'JSXFragment') {
      nodes.push(...elementNodes(text, node, around), output);
      continue;
    }
    const within = scopeWithin(node, around);
    const children = childNodes(node);
    if (children.length > 1) children.sort((a, b) => (b.start ?? 0) - (a.start ?? 0));
    for (const child of children) open.push([child, within]);
  }
  return nodes;
}

// oxfmt-ignore
const notChildren: ReadonlySet<string> = new Set([
  'type', 'start', 'end', 'loc', 'range', 'extra', 'errors', 'comments', 'tokens',
  'leadingComments', 'innerComments', 'trailingComments',
]);

/** An array of the caller's own. Every node of a program comes through here: no pairs, no arrays in between. */
export function childNodes(node: Node): Node[] {
  const children: Node[] = [];
  for (const key of Object.keys(node)) {
    const value: unknown = node[key as keyof Node];
    if (typeof value !== 'object' || value === null || notChildren.has(key)) continue;
    if (Array.isArray(value)) {
      for (const each of value as readonly unknown[]) if (isNode(each)) children.push(each);
    } else if (isNode(value)) children.push(value);
  }
  return children;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function elementNodes(text: string, node: JSXElement | JSXFragment, scope: Scope): MarkupNode[] {
  const children = node.children.flatMap((child) => childOf(text, child, scope));
  if (node.type === 'JSXFragment') return children;
  const name = elementName(node.openingElement);
  if (name === 'Fragment' || name === 'React.Fragment') return children;
  const style = name === 'style' ? styleText(text, node) : null;
  return [openingElement(text, node.openingElement, scope, { children, style, end: node.end ?? 0 })];
}

/** An element from its start tag; its children are added to those that its attributes hold (`icon={<img … />}`). */
export function openingElement(
  text: string,
  opening: JSXOpeningElement,
  scope: Scope,
  rest: Pick<MarkupElement, 'children' | 'style' | 'end'>,
): MarkupElement {
  const attributes = withSource(elementName(opening), jsxAttributes(text, opening, scope));
  const inAttributes = opening.attributes.flatMap((attribute) => {
    const isPlain = attribute.type === 'JSXAttribute' && (attribute.value?.type ?? 'StringLiteral') === 'StringLiteral';
    return isPlain ? [] : jsxNodes(text, attribute, scope);
  });
  const last = opening.attributes.at(-1);
  const types = opening.typeArguments ?? opening.typeParameters;
  const source = attributes.find(({ name }) => name === 'src') ?? attributes.find(({ quote }) => quote !== null);
  return {
    kind: 'element',
    name: elementName(opening),
    attributes,
    spreads: opening.attributes.flatMap((each) => (each.type === 'JSXSpreadAttribute' ? [each.start ?? 0] : [])),
    range: rangeOf(opening),
    end: rest.end,
    insertAt: last?.end ?? types?.end ?? opening.name.end ?? 0,
    insertQuote: source?.quote ?? '"',
    children: [...inAttributes, ...rest.children, ...innerHtml(attributes)],
    style: rest.style,
  };
}

/** Gatsby's `image`, Docusaurus' `img`. The `Image` of a canvas has one too, and shows it to nobody's screen reader. */
function withSource(name: string, attributes: readonly MarkupAttribute[]): readonly MarkupAttribute[] {
  if (!/^[A-Z]/.test(name) || name === 'Image' || attributes.some((each) => each.name === 'src')) return attributes;
  return attributes.map((each) => (each.name === 'image' || each.name === 'img' ? { ...each, name: 'src' } : each));
}

/** The name as written; of `motion.img` and its like the element that is shown. */
function elementName({ name }: JSXOpeningElement): string {
  switch (name.type) {
    case 'JSXIdentifier':
      return name.name;
    case 'JSXNamespacedName':
      return `${name.namespace.name}:${name.name.name}`;
    case 'JSXMemberExpression': {
      const member = name.property.name;
      if (/^[a-z]/.test(member)) return member;
      return name.object.type === 'JSXIdentifier' ? `${name.object.name}.${member}` : member;
    }
  }
}

function innerHtml(attributes: readonly MarkupAttribute[]): MarkupNode[] {
  return attributes.some(({ name }) => name === 'dangerouslysetinnerhtml' || name === 'children') ? [output] : [];
}

/** `<style>` holds its rules as they are, or in a template literal. */
function styleText(text: string, { children }: JSXElement): MarkupElement['style'] {
  for (const child of children) {
    const node = child.type === 'JSXExpressionContainer' ? child.expression : child;
    if (node.type !== 'TemplateLiteral' && node.type !== 'JSXText') continue;
    const { start, end } = rangeOf(node);
    const inset = node.type === 'TemplateLiteral' ? 1 : 0;
    const rules = text.slice(start + inset, end - inset);
    if (rules.trim() !== '') return { text: rules, start: start + inset, lineComments: false };
  }
  return null;
}

type JsxChild = JSXElement['children'][number];

function childOf(text: string, child: JsxChild, scope: Scope): MarkupNode[] {
  switch (child.type) {
    case 'JSXText':
      return textNodes(child);
    case 'JSXElement':
    case 'JSXFragment':
      return elementNodes(text, child, scope);
    case 'JSXSpreadChild':
      return [output];
    case 'JSXExpressionContainer':
      return child.expression.type === 'JSXEmptyExpression' ? [] : rendered(text, child.expression, scope);
  }
}

/** White space with a line end in it, beside a tag, is the author's indentation. */
function textNodes({ value }: JSXText): MarkupNode[] {
  const shown = value.replace(/^[ \t]*\r?\n\s*|\s*\r?\n[ \t]*$/g, '').replace(/\s*\n\s*/g, ' ');
  return shown === '' ? [] : [{ kind: 'text', text: shown }];
}

/** What an expression between braces shows: elements and words where they are written, else the unknown. */
export function rendered(text: string, expression: Node, scope: Scope): MarkupNode[] {
  const node = unwrapped(expression);
  switch (node.type) {
    case 'JSXElement':
    case 'JSXFragment':
      return elementNodes(text, node, scope);
    case 'ConditionalExpression':
      return [...rendered(text, node.consequent, scope), ...rendered(text, node.alternate, scope)];
    case 'LogicalExpression': {
      const left = node.operator === '&&' ? jsxNodes(text, node.left, scope) : rendered(text, node.left, scope);
      return [...left, ...rendered(text, node.right, scope)];
    }
    case 'ArrayExpression':
      return node.elements.flatMap((element) => (element === null ? [] : rendered(text, element, scope)));
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return jsxNodes(text, node, scope);
    case 'CallExpression':
    case 'OptionalCallExpression':
      if (isMapping(node.callee)) return mapped(text, node, scope);
      return [output, ...jsxNodes(text, node, scope)];
    default:
      return shown(text, node, scope);
  }
}

function shown(text: string, node: Node, scope: Scope): MarkupNode[] {
  const known = evaluateExpression(node, scope);
  if (known.kind === 'text') return [{ kind: 'text', text: known.text }];
  if (known.kind === 'absent' || known.kind === 'boolean') return [];
  return [output, ...jsxNodes(text, node, scope)];
}

/** `list.map((each) => <img … />)` shows what its function gives. */
function mapped(text: string, call: CallExpression | OptionalCallExpression, scope: Scope): MarkupNode[] {
  const [give] = call.arguments;
  if (give?.type === 'ArrowFunctionExpression' && give.body.type !== 'BlockStatement') {
    return [...jsxNodes(text, call.callee, scope), ...rendered(text, give.body, scopeWithin(give, scope))];
  }
  const nodes = jsxNodes(text, call, scope).filter((each) => each !== output);
  return nodes.length > 0 ? nodes : [output];
}

function isMapping(callee: Node): boolean {
  const member =
    callee.type === 'MemberExpression' || callee.type === 'OptionalMemberExpression' ? callee.property : null;
  return member?.type === 'Identifier' && (member.name === 'map' || member.name === 'flatMap');
}
