/**
 * Obsidian's `![[img/plot.png#anchor|Alt|300x200]]` as a syntax of micromark. Only an embed of a picture is one:
 * `![[note]]` stays what CommonMark makes of it, and so does `![[a.png]](b.png)`, an image with brackets in its alt.
 */
import type { CompileContext, Extension as TreeExtension, Token } from 'mdast-util-from-markdown';
import { markdownLineEnding } from 'micromark-util-character';
import type { Code, Extension, State, Tokenizer } from 'micromark-util-types';
import { namesAnImage } from '../imageExtensions.ts';

declare module 'micromark-util-types' {
  interface TokenTypeMap {
    wikiEmbed: 'wikiEmbed';
  }
}

declare module 'mdast' {
  interface WikiEmbed extends Node {
    type: 'wikiEmbed';
  }
  interface PhrasingContentMap {
    wikiEmbed: WikiEmbed;
  }
  interface RootContentMap {
    wikiEmbed: WikiEmbed;
  }
}

const exclamation = 33;
const openParenthesis = 40;
const openBracket = 91;
const closeBracket = 93;
const pipe = 124;

/** `img/plot.png#anchor` and the backslash that a table needs before the next pipe. */
export function embedPath(target: string): string {
  return target.replace(/\\$/, '').replace(/#.*$/s, '').trim();
}

const tokenize: Tokenizer = function (effects, ok, nok) {
  let target = '';
  return start;

  function start(code: Code): State | undefined {
    effects.enter('wikiEmbed');
    effects.consume(code);
    return firstBracket;
  }

  function firstBracket(code: Code): State | undefined {
    if (code !== openBracket) return nok(code);
    effects.consume(code);
    return secondBracket;
  }

  function secondBracket(code: Code): State | undefined {
    if (code !== openBracket) return nok(code);
    effects.consume(code);
    return inTarget;
  }

  function inTarget(code: Code): State | undefined {
    if (code === null || code === openBracket || code < 0) return nok(code);
    if (code === pipe || code === closeBracket) {
      if (!namesAnImage(embedPath(target))) return nok(code);
      effects.consume(code);
      return code === pipe ? inAlt : closeSecond;
    }
    target += String.fromCharCode(code);
    effects.consume(code);
    return inTarget;
  }

  function closeSecond(code: Code): State | undefined {
    return code === closeBracket ? close(code) : nok(code);
  }

  function inAlt(code: Code): State | undefined {
    if (code === null || markdownLineEnding(code)) return nok(code);
    effects.consume(code);
    return code === closeBracket ? closeOrGoOn : inAlt;
  }

  function closeOrGoOn(code: Code): State | undefined {
    return code === closeBracket ? close(code) : inAlt(code);
  }

  function close(code: Code): State | undefined {
    effects.consume(code);
    effects.exit('wikiEmbed');
    return after;
  }

  function after(code: Code): State | undefined {
    return code === openParenthesis ? nok(code) : ok(code);
  }
};

export const embedSyntax: Extension = { text: { [exclamation]: { name: 'wikiEmbed', tokenize } } };

export const embedTree: TreeExtension = {
  enter: {
    wikiEmbed(this: CompileContext, token: Token): undefined {
      this.enter({ type: 'wikiEmbed' }, token);
    },
  },
  exit: {
    wikiEmbed(this: CompileContext, token: Token): undefined {
      this.exit(token);
    },
  },
};
