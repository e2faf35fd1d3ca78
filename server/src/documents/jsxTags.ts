import type { JSXElement } from '@babel/types';
import type { Scope } from './bindings.ts';
import { openingElement, output } from './jsxTree.ts';
import type { MarkupBuilder } from './markupBuilder.ts';
import { parseExpressionText } from './programSyntax.ts';

/** Elements without content, which people close as in HTML. */
const voidElements = /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/;

/** Adds the start tag at `range`, parsed for itself. A tag that cannot be read is something unknown. */
export function addStartTag(text: string, start: number, end: number, scope: Scope, builder: MarkupBuilder): void {
  if (text[start + 1] === '>') {
    builder.open('', null);
    return;
  }
  const closed = text[end - 2] === '/';
  const tag = parseTag(text, start, end, closed);
  if (tag === null) {
    builder.add(output);
    return;
  }
  const element = openingElement(text, tag.openingElement, scope, { children: [], style: null, end });
  const placed = { ...element, range: { start, end } };
  if (closed || voidElements.test(element.name)) builder.add(placed);
  else builder.open(/^[^\s/>]+/.exec(text.slice(start + 1, end))?.[0] ?? '', placed);
}

function parseTag(text: string, start: number, end: number, closed: boolean): JSXElement | null {
  const tag = closed ? text.slice(start, end) : `${text.slice(start, end - 1)}/>`;
  const parsed = parseExpressionText(tag, start, 'tsx');
  return parsed?.type === 'JSXElement' ? parsed : null;
}

/** Past the `>` of the start tag at `start`; null where another tag or the text's end comes first. */
export function tagEnd(text: string, start: number): number | null {
  const piece = /"[^"]*"|'[^']*'|`(?:\\[\s\S]|[^`\\])*`|=>|[<>{}]|[^"'`<>{}=]+|[\s\S]/gy;
  piece.lastIndex = start + 1;
  let depth = 0;
  for (let found = piece.exec(text); found !== null; found = piece.exec(text)) {
    if (found[0] === '{') depth += 1;
    else if (found[0] === '}') depth -= 1;
    else if (depth === 0 && found[0] === '>') return piece.lastIndex;
    else if (depth < 0 || (depth === 0 && found[0] === '<')) return null;
  }
  return null;
}
