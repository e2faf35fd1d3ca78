/** What `readBraceMarkup` read → elements, text and output, with expressions followed. */
import { decodeHTML } from 'entities/decode';
import type { Scope } from './bindings.ts';
import { braceElement } from './braceElement.ts';
import type { BraceElement, BraceExpression, BraceNode } from './braceMarkup.ts';
import type { BraceLanguage } from './braceTag.ts';
import { literalText } from './expressions.ts';
import type { DocumentComment } from './imageReference.ts';
import type { MarkupElement, MarkupNode } from './markup.ts';
import { knowsAnyWord, namesDeclaredIn, withUnknownNames } from './localNames.ts';
import { parseExpressionAt } from './programSyntax.ts';

export interface BraceTree {
  readonly nodes: readonly MarkupNode[];
  readonly comments: readonly DocumentComment[];
}

/** Elements of the language's own that show nothing but what they hold. */
const transparent = new Set(['', 'fragment', 'svelte:fragment', 'svelte:head', 'svelte:boundary', 'svelte:body']);
const unknownContent = new Set(['slot', 'svelte:component', 'svelte:self', 'svelte:element']);

export function braceTree(
  source: string,
  roots: readonly BraceNode[],
  language: BraceLanguage,
  scope: Scope,
): BraceTree {
  const nodes: MarkupNode[] = [];
  const comments: DocumentComment[] = [];
  const open: [node: BraceNode, into: MarkupNode[], scope: Scope][] = [];
  const enter = (children: readonly BraceNode[], into: MarkupNode[], inner: Scope): void => {
    for (let index = children.length - 1; index >= 0; index--) open.push([children[index]!, into, inner]);
  };
  enter(roots, nodes, scope);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, into, around] = next;
    if (node.kind === 'text')
      into.push({ kind: 'text', text: decodeHTML(source.slice(node.range.start, node.range.end)) });
    else if (node.kind === 'comment') {
      const text = source.slice(node.range.start + 4, node.range.end).replace(/-->$/, '');
      comments.push({ range: node.range, text });
    } else if (node.kind === 'element') {
      enter(node.children, addElement(source, node, into, language, around), around);
    } else if (node.children.length > 0) {
      enter(node.children, into, scopeInCode(source, node, around));
    } else addCode(source, node, into, comments);
  }
  return { nodes, comments };
}

/** Adds the element; gives the list that its children belong in. */
function addElement(
  source: string,
  node: BraceElement,
  into: MarkupNode[],
  language: BraceLanguage,
  scope: Scope,
): MarkupNode[] {
  const name = node.tag.name.toLowerCase();
  const setsContent = node.tag.attributes.some(
    (attribute) => attribute.kind === 'named' && /^set:(?:html|text)$/.test(attribute.name),
  );
  if (transparent.has(name)) {
    if (setsContent) into.push({ kind: 'output' });
    return into;
  }
  const children: MarkupNode[] = setsContent || unknownContent.has(name) ? [{ kind: 'output' }] : [];
  const content = { end: node.end, children, style: styleOf(source, node) };
  into.push(braceElement(source, node.tag, language, scope, content));
  return children;
}

function styleOf(source: string, { tag, raw }: BraceElement): MarkupElement['style'] {
  if (tag.name !== 'style' || raw === null) return null;
  const isCss = !tag.attributes.some((attribute) => attribute.kind === 'named' && attribute.name === 'lang');
  return { text: source.slice(raw.start, raw.end), start: raw.start, lineComments: !isCss };
}

/** The names of the expression's own functions hide the document's: a loop's item, a parameter. */
function scopeInCode(source: string, expression: BraceExpression, scope: Scope): Scope {
  const code = withoutMarkup(source, expression);
  if (!knowsAnyWord(code, scope)) return scope;
  const parsed = parseExpressionAt(code, { start: 0, end: code.length });
  // Code with an error in it may name anything: then every word in it counts as a name of its own.
  const names = parsed === null ? (code.match(/[A-Za-z_$][\w$]*/g) ?? []) : namesDeclaredIn(parsed);
  return withUnknownNames(names, scope);
}

/** The expression's code; where markup stands in it, `0`. */
function withoutMarkup(source: string, { code, children }: BraceExpression): string {
  const parts: string[] = [];
  let at = code.start;
  for (const child of children) {
    if (child.kind === 'text') continue;
    const start =
      child.kind === 'element'
        ? child.tag.range.start
        : child.kind === 'comment'
          ? child.range.start
          : child.code.start - 1;
    const end = child.kind === 'element' ? child.end : child.kind === 'comment' ? child.range.end : child.code.end + 1;
    parts.push(source.slice(at, start), child.kind === 'comment' ? ' ' : '0');
    at = Math.min(end, code.end);
  }
  parts.push(source.slice(at, code.end));
  return parts.join('');
}

const codeComment = /^\s*\/\*([\s\S]*)\*\/\s*$|^\s*\/\/([^\n]*)\s*$/;

function addCode(source: string, { code }: BraceExpression, into: MarkupNode[], comments: DocumentComment[]): void {
  const text = source.slice(code.start, code.end);
  const comment = codeComment.exec(text);
  if (comment !== null) {
    comments.push({ range: { start: code.start - 1, end: code.end + 1 }, text: comment[1] ?? comment[2] ?? '' });
    return;
  }
  if (/^\s*(?:[#:/]|@(?:const|debug)\b|$)/.test(text)) return;
  into.push(codeNode(text));
}

/** What an expression shows: its words where it is a literal. */
export function codeNode(code: string): MarkupNode {
  const expression = /^\s*['"`(]/.test(code) ? parseExpressionAt(code, { start: 0, end: code.length }) : null;
  const literal = expression === null ? null : literalText(expression);
  return literal === null ? { kind: 'output' } : { kind: 'text', text: literal.text };
}
