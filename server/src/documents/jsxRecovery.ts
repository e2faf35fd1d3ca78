import type { Program } from '@babel/types';
import { emptyScope, scopeOf } from './bindings.ts';
import type { Scope } from './bindings.ts';
import type { DocumentComment } from './imageReference.ts';
import { imageComponentsOf } from './jsxComponents.ts';
import { addStartTag, tagEnd } from './jsxTags.ts';
import { output } from './jsxTree.ts';
import type { MarkupNode } from './markup.ts';
import { MarkupBuilder } from './markupBuilder.ts';
import { parseProgram } from './programSyntax.ts';

interface RecoveredJsx {
  readonly nodes: readonly MarkupNode[];
  readonly comments: readonly DocumentComment[];
  readonly imageComponents: readonly string[];
}

const inCode =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`|<\/[\w.:-]*\s*>|<(?=[A-Za-z>])|[{}]|[^<{}"'`/]+|[\s\S]/y;
const inTag = /<\/[\w.:-]*\s*>|<(?=[A-Za-z>])|\{|[^<{]+|[\s\S]/y;

/**
 * The elements of a file that does not parse, because it is being written or written wrong: tags are found between
 * strings and comments, each is parsed for itself, and they nest as they close.
 */
export function recoverJsx(text: string): RecoveredJsx {
  const { scope, imageComponents } = declarations(text);
  const builder = new MarkupBuilder();
  const comments: DocumentComment[] = [];
  for (let at = 0; at < text.length;) {
    const inText = builder.inTag;
    const pattern = inText ? inTag : inCode;
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? text[at]!;
    const start = at;
    at += found.length;
    if (found.startsWith('</')) builder.close(found.slice(2, -1).trim(), at);
    else if (found === '<' && (inText || opensTag(text, start))) {
      const end = tagEnd(text, start);
      if (end === null) builder.add(output);
      else addStartTag(text, start, end, scope, builder);
      at = end ?? at;
    } else if (found === '{') builder.enter(null);
    else if (found === '}') builder.leaveInnermost(at);
    else if (/^\/[/*]/.test(found)) comments.push(comment(found, start));
    else if (inText) builder.add({ kind: 'text', text: found });
    else if (builder.last !== output && found.trim() !== '') builder.add(output);
  }
  builder.leave(0, text.length);
  return { nodes: builder.nodes, comments, imageComponents };
}

/** Not `a <b` nor `call<Type>()`. */
function opensTag(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 40), at).trimEnd();
  return before === '' || /(?:[({[,;:?=>&|}]|\b(?:return|default|case|else|yield))$/.test(before);
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
