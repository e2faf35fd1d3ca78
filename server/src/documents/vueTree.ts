import {
  type AttributeNode,
  type DirectiveNode,
  type ElementNode,
  NodeTypes,
  type TemplateChildNode,
} from '@vue/compiler-dom';
import type { Scope } from './bindings.ts';
import { htmlEncodings, staticSlot } from './htmlAttributes.ts';
import type { DocumentComment } from './imageReference.ts';
import { withPatterns } from './localNames.ts';
import type { MarkupAttribute, MarkupElement, MarkupNode } from './markup.ts';
import { boundValue } from './markupExpressions.ts';

export interface VueTree {
  readonly nodes: readonly MarkupNode[];
  readonly comments: readonly DocumentComment[];
}

/** Elements of Vue's own that show nothing but what they hold. */
const transparent = new Set(['template', 'transition', 'transitiongroup', 'keepalive', 'suspense', 'teleport']);

export function vueTree(source: string, roots: readonly TemplateChildNode[], scope: Scope): VueTree {
  const nodes: MarkupNode[] = [];
  const comments: DocumentComment[] = [];
  const open: [node: TemplateChildNode, into: MarkupNode[], scope: Scope][] = [];
  const enter = (children: readonly TemplateChildNode[], into: MarkupNode[], inner: Scope): void => {
    for (const child of children.toReversed()) open.push([child, into, inner]);
  };
  enter(roots, nodes, scope);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, into, around] = next;
    if (node.type === NodeTypes.TEXT) into.push({ kind: 'text', text: node.content });
    else if (node.type === NodeTypes.INTERPOLATION) into.push({ kind: 'output' });
    else if (node.type === NodeTypes.COMMENT) {
      comments.push({ range: { start: node.loc.start.offset, end: node.loc.end.offset }, text: node.content });
    } else if (node.type === NodeTypes.ELEMENT) {
      const inner = withPatterns(localPatterns(node), around);
      enter(node.children, addElement(source, node, into, inner), inner);
    }
  }
  return { nodes, comments };
}

function isDirective(property: AttributeNode | DirectiveNode): property is DirectiveNode {
  return property.type === NodeTypes.DIRECTIVE;
}

/** What `v-for` and `v-slot` name. */
function localPatterns(node: ElementNode): string[] {
  return node.props.filter(isDirective).flatMap(({ name, exp }) => {
    const written = exp?.loc.source ?? '';
    if (name === 'slot') return written === '' ? [] : [written];
    if (name !== 'for') return [];
    const left = /^\s*\(?([\s\S]*?)\)?\s+(?:in|of)\s/.exec(written)?.[1];
    return left === undefined ? [] : [left];
  });
}

/** Adds the element; gives the list that its children belong in. */
function addElement(source: string, node: ElementNode, into: MarkupNode[], scope: Scope): MarkupNode[] {
  const key = node.tag.toLowerCase().replaceAll('-', '');
  if (transparent.has(key)) return into;
  const children: MarkupNode[] = [];
  // What a slot or a `<component :is>` shows is the program's.
  if (key === 'slot' || key === 'component') children.push({ kind: 'output' });
  if (node.props.some((property) => isDirective(property) && (property.name === 'html' || property.name === 'text'))) {
    children.push({ kind: 'output' });
  }
  const start = node.loc.start.offset;
  const nameEnd = start + 1 + node.tag.length;
  const written = node.props.map((property) => property.loc.end.offset);
  const insertAt = Math.max(nameEnd, ...written);
  const attributes = node.props.flatMap((property) => markupAttribute(source, property, scope));
  const sourceAttribute = attributes.find(({ name }) => name === 'src') ?? attributes[0];
  const element: MarkupElement = {
    kind: 'element',
    name: node.tag,
    attributes: [...attributes.filter(isBound), ...attributes.filter((attribute) => !isBound(attribute))],
    spreads: node.props.filter(isSpread).map((property) => property.loc.start.offset),
    range: { start, end: tagEnd(source, insertAt) },
    end: node.loc.end.offset,
    insertAt,
    insertQuote: sourceAttribute?.quote ?? '"',
    children,
    style: null,
  };
  into.push(element);
  return children;
}

/** A binding wins over a plain attribute of its name. */
function isBound({ source }: MarkupAttribute): boolean {
  return source === null;
}

function isSpread(property: AttributeNode | DirectiveNode): boolean {
  if (!isDirective(property) || property.name !== 'bind') return false;
  return property.arg === undefined || !('isStatic' in property.arg) || !property.arg.isStatic;
}

function tagEnd(source: string, from: number): number {
  const close = source.indexOf('>', from);
  return close === -1 ? source.length : close + 1;
}

function markupAttribute(source: string, property: AttributeNode | DirectiveNode, scope: Scope): MarkupAttribute[] {
  const range = { start: property.loc.start.offset, end: property.loc.end.offset };
  if (!isDirective(property)) {
    const { value } = property;
    const name = property.name.toLowerCase();
    const mark = value?.loc.source[0];
    const quote = mark === '"' ? '"' : mark === "'" ? "'" : null;
    const inset = quote === null ? 0 : 1;
    const valueRange =
      value === undefined
        ? { start: range.end, end: range.end }
        : { start: value.loc.start.offset + inset, end: value.loc.end.offset - inset };
    const slot = staticSlot(valueRange, quote, value !== undefined, htmlEncodings);
    const text = source.slice(valueRange.start, valueRange.end);
    return [
      { name, range, value: { kind: 'text', text: value?.content ?? '' }, valueRange, slot, quote, source: text },
    ];
  }
  const { arg, exp } = property;
  if (property.name !== 'bind' || arg === undefined || isSpread(property) || !('content' in arg)) return [];
  const name = arg.content.toLowerCase();
  // `:src` alone binds the name itself.
  const at = exp ?? arg;
  const place = { start: at.loc.start.offset, end: at.loc.end.offset };
  const mark = source[place.start - 1];
  const quote = exp === undefined ? null : mark === '"' ? '"' : mark === "'" ? "'" : null;
  const encodings = htmlEncodings[quote ?? '"'];
  const bound = boundValue(source, name, { range: place, entities: true, encodings }, scope);
  return [{ name, range, ...bound, slot: quote === null ? null : bound.slot, quote, source: null }];
}
