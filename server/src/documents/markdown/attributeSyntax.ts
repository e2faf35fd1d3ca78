/**
 * What Pandoc, kramdown and MkDocs write behind an image or a link: `{#fig-a .wide width=50% fig-alt="…"}`. It is no
 * text, and nothing in its quotes is Markdown.
 */
import type { CompileContext, Extension as TreeExtension, Token } from 'mdast-util-from-markdown';
import { markdownLineEnding } from 'micromark-util-character';
import type { Code, Extension, State, TokenizeContext, Tokenizer } from 'micromark-util-types';
import { crossLine } from './crossLine.ts';

declare module 'micromark-util-types' {
  interface TokenTypeMap {
    spanAttributes: 'spanAttributes';
    spanAttributesData: 'spanAttributesData';
  }
}

declare module 'mdast' {
  interface SpanAttributes extends Node {
    type: 'spanAttributes';
  }
  interface PhrasingContentMap {
    spanAttributes: SpanAttributes;
  }
  interface RootContentMap {
    spanAttributes: SpanAttributes;
  }
}

const openBrace = 123;
const quoted = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`;
const word = String.raw`[^\s{}"'=]+`;
/** `#id`, `.class`, `key=value`, `=format`, and a lone word (`{data-zoomable}`). One way to read each: no backtracking. */
const item = String.raw`=?${word}(?:=(?:${quoted}|[^\s{}"']*))?`;
const attributes = new RegExp(String.raw`^\{:?\s*(?:${item}(?:\s+${item})*\s*)?\}$`, 's');

const tokenize: Tokenizer = function (effects, ok, nok) {
  let written = '';
  let quote = '';
  let escaped = false;
  return start;

  function start(code: Code): State | undefined {
    effects.enter('spanAttributes');
    effects.enter('spanAttributesData');
    return inside(code);
  }

  function inside(code: Code): State | undefined {
    if (code === null) return nok(code);
    if (markdownLineEnding(code)) {
      written += '\n';
      crossLine(effects, code, 'spanAttributesData');
      return inside;
    }
    const character = code < 0 ? ' ' : String.fromCharCode(code);
    written += character;
    effects.consume(code);
    if (escaped) escaped = false;
    else if (quote !== '') {
      if (character === '\\') escaped = true;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '}') return close;
    return inside;
  }

  function close(code: Code): State | undefined {
    if (!attributes.test(written)) return nok(code);
    effects.exit('spanAttributesData');
    effects.exit('spanAttributes');
    return ok(code);
  }
};

/** Right behind an image or a link that is one: by then micromark has resolved it. */
function previous(this: TokenizeContext): boolean {
  const type = this.events.at(-1)?.[1].type;
  return type === 'image' || type === 'link';
}

export const attributeSyntax: Extension = {
  text: { [openBrace]: { name: 'spanAttributes', tokenize, previous } },
};

export const attributeTree: TreeExtension = {
  enter: {
    spanAttributes(this: CompileContext, token: Token): undefined {
      this.enter({ type: 'spanAttributes' }, token);
    },
  },
  exit: {
    spanAttributes(this: CompileContext, token: Token): undefined {
      this.exit(token);
    },
  },
};
