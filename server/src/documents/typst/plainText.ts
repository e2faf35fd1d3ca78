import { isPicture } from './pictures.ts';
import type { ContentItem, TypstNode } from './syntax.ts';

/** What a reader sees of it, pictures apart; white space runs as one space. Reading stops at `limit` characters. */
export function plainText(nodes: readonly TypstNode[], limit: number): string {
  return collapse(gather(nodes, '', limit));
}

/** The words of content's items. */
export function itemsText(items: readonly ContentItem[], limit: number): string {
  return collapse(gatherItems(items, '', limit));
}

function gather(nodes: readonly TypstNode[], before: string, limit: number): string {
  let text = before;
  for (const node of nodes) {
    if (text.length > limit) return text;
    if (node.kind === 'string') text += node.value;
    else if (node.kind === 'content') text = gatherItems(node.items, text, limit);
    else if (node.kind === 'sum') text = gather(node.parts, text, limit);
    else if (node.kind === 'other')
      text = gather(
        node.children.filter(({ kind }) => kind !== 'string'),
        text,
        limit,
      );
    else if (node.kind === 'call' && !node.isSet && !isPicture(node)) {
      text = gather(shownArguments(node), text, limit);
    }
  }
  return text;
}

/** Content that a call is given, and the strings that some show: `strong("x")`. */
function shownArguments(call: Extract<TypstNode, { kind: 'call' }>): TypstNode[] {
  const showsStrings = /^(?:text|strong|emph|underline|smallcaps|raw|upper|lower|box|figure\.caption)$/.test(
    call.callee ?? '',
  );
  return call.arguments
    .filter(({ name, value }) => name === null && (value.kind !== 'string' || showsStrings))
    .map(({ value }) => value);
}

function gatherItems(items: readonly ContentItem[], before: string, limit: number): string {
  let text = before;
  for (const item of items) {
    if (text.length > limit) return text;
    if (item.kind === 'text') text += unmarked(item.text.slice(0, limit + 1));
    else if (item.kind === 'break') text += ' ';
    else text = gather([item.node], text, limit);
  }
  return text;
}

/** Without the marks of emphasis, headings and lists. */
function unmarked(markup: string): string {
  return markup
    .replace(/\\u\{([0-9a-fA-F]{1,6})\}/g, (whole, hex: string) => {
      const value = Number.parseInt(hex, 16);
      return value > 0x10ffff ? whole : String.fromCodePoint(value);
    })
    .replace(/^[ \t]*(?:=+|[-+/])[ \t]+/gm, '')
    .replace(/(?<!\\)[*_`]|~/g, (mark) => (mark === '~' ? ' ' : ''))
    .replace(/\\(?=\s|$)/g, ' ')
    .replace(/\\([^\sA-Za-z0-9])/g, '$1');
}

function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
