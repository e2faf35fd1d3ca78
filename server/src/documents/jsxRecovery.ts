import type { JSXElement, Program } from '@babel/types';
import { emptyScope, scopeOf } from './bindings.ts';
import type { Scope } from './bindings.ts';
import type { DocumentComment } from './imageReference.ts';
import { imageComponentsOf } from './jsxComponents.ts';
import { openingElement, output } from './jsxTree.ts';
import type { MarkupElement, MarkupNode } from './markup.ts';
import { parseExpressionText, parseProgram } from './programSyntax.ts';

interface RecoveredJsx {
  readonly nodes: readonly MarkupNode[];
  readonly comments: readonly DocumentComment[];
  readonly imageComponents: readonly string[];
}

/** A tag that is still open, or (null) braces with code in them. */
type Frame = { readonly name: string; readonly children: MarkupNode[]; finish(end: number): void } | null;

/** Elements without content, which people close as in HTML: the most common reason why a file does not parse. */
const voidElements = /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/;

/**
 * The elements of a file that does not parse, because it is being written or written wrong: tags are found between
 * strings and comments, each is parsed for itself, and they nest as they close.
 */
export function recoverJsx(text: string): RecoveredJsx {
  const { scope, imageComponents } = declarations(text);
  const nodes: MarkupNode[] = [];
  const comments: DocumentComment[] = [];
  const frames: Frame[] = [];
  const inside = (): MarkupNode[] => frames.findLast((frame) => frame !== null)?.children ?? nodes;
  const piece =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`|<\/[\w.:-]*\s*>|<(?=[A-Za-z>])|[{}]|[^<{}"'`/]+|[\s\S]/gy;
  const words = /<\/[\w.:-]*\s*>|<(?=[A-Za-z>])|\{|[^<{]+|[\s\S]/gy;
  for (let at = 0; at < text.length;) {
    const frame = frames.at(-1);
    const inText = frame !== undefined && frame !== null;
    const pattern = inText ? words : piece;
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? text[at]!;
    const start = at;
    at += found.length;
    if (found.startsWith('</')) close(frames, found.slice(2, -1).trim(), at);
    else if (found === '<' && (inText || opensTag(text, start))) {
      at = open(text, start, scope, frames, inside());
    } else if (found === '{') frames.push(null);
    else if (found === '}') {
      if (frame === null) frames.pop();
    } else if (/^\/[/*]/.test(found)) comments.push(comment(found, start));
    else if (inText) inside().push({ kind: 'text', text: found });
    else if (inside().at(-1) !== output && found.trim() !== '') inside().push(output);
  }
  for (const frame of frames) frame?.finish(text.length);
  return { nodes, comments, imageComponents };
}

/** Not `a <b` nor `call<Type>()`. */
function opensTag(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 40), at).trimEnd();
  return before === '' || /(?:[({[,;:?=>&|}]|\b(?:return|default|case|else|yield))$/.test(before);
}

/** Takes the start tag at `start`; gives where it ends. A tag that cannot be read is passed over. */
function open(text: string, start: number, scope: Scope, frames: Frame[], into: MarkupNode[]): number {
  const end = tagEnd(text, start);
  if (end === null) {
    into.push(output);
    return start + 1;
  }
  if (text[start + 1] === '>') {
    frames.push({ name: '', children: into, finish: () => undefined });
    return end;
  }
  const closed = text[end - 2] === '/';
  const tag = parseTag(text, start, end, closed);
  if (tag === null) {
    into.push(output);
    return end;
  }
  const children: MarkupNode[] = [];
  const element = openingElement(text, tag.openingElement, scope, { children, style: null, end });
  const place = into.push({ ...element, range: { start, end }, children }) - 1;
  if (closed || voidElements.test(element.name)) return end;
  frames.push({
    name: text.slice(start + 1, end).match(/^[\w.:-]+/)?.[0] ?? '',
    children,
    finish: (ended) => {
      into[place] = { ...(into[place] as MarkupElement), end: ended };
    },
  });
  return end;
}

function parseTag(text: string, start: number, end: number, closed: boolean): JSXElement | null {
  const tag = closed ? text.slice(start, end) : `${text.slice(start, end - 1)}/>`;
  const parsed = parseExpressionText(tag, start, 'tsx');
  return parsed?.type === 'JSXElement' ? parsed : null;
}

/** Closes the tag and what was left open in it; a closing tag that nothing opened is passed over. */
function close(frames: Frame[], name: string, end: number): void {
  const place = frames.findLastIndex((frame) => frame?.name === name);
  if (place === -1) return;
  for (const frame of frames.splice(place)) frame?.finish(end);
}

/** Past the `>` of the tag at `start`; null where another tag or the file's end comes first. */
function tagEnd(text: string, start: number): number | null {
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

function comment(written: string, start: number): DocumentComment {
  const text = written.startsWith('//') ? written.slice(2) : written.slice(2, -2);
  return { range: { start, end: start + written.length }, text };
}

/** Imports and constants that can be read line by line. */
function declarations(text: string): { scope: Scope; imageComponents: string[] } {
  const lines = /^(?:import\s[^;'"]*['"][^'"\n]+['"]|(?:export\s+)?const\s+\w+\s*=\s*[^\n;{]+);?[ \t]*$/gm;
  const program: Pick<Program, 'body'> = { body: [] };
  for (const [line] of text.matchAll(lines)) program.body.push(...(parseProgram(line, 'tsx')?.program.body ?? []));
  return { scope: scopeOf(program.body, emptyScope), imageComponents: imageComponentsOf(program as Program) };
}
