/**
 * Microsoft Learn's `:::image source="a.png" alt-text="…":::`, alone on its lines or within a sentence, as a syntax of
 * micromark. Its attributes are raw: nothing in their quotes is Markdown.
 */
import type { CompileContext, Extension as TreeExtension, Token } from 'mdast-util-from-markdown';
import { markdownLineEnding } from 'micromark-util-character';
import type { Code, Extension, State, Tokenizer } from 'micromark-util-types';
import { crossLine } from './crossLine.ts';

declare module 'micromark-util-types' {
  interface TokenTypeMap {
    learnImage: 'learnImage';
    learnImageData: 'learnImageData';
  }
}

declare module 'mdast' {
  interface LearnImage extends Node {
    type: 'learnImage';
  }
  interface PhrasingContentMap {
    learnImage: LearnImage;
  }
  interface RootContentMap {
    learnImage: LearnImage;
  }
}

const colon = 58;
const doubleQuote = 34;
const singleQuote = 39;
const space = 32;
const opening = ':::image';

const tokenize: Tokenizer = function (effects, ok, nok) {
  let read = 0;
  let quote: Code = null;
  let colons = 0;
  return start;

  function start(code: Code): State | undefined {
    effects.enter('learnImage');
    effects.enter('learnImageData');
    return inOpening(code);
  }

  function inOpening(code: Code): State | undefined {
    if (read < opening.length) {
      if (code === null || code < 0 || String.fromCharCode(code) !== opening[read]) return nok(code);
      read++;
      effects.consume(code);
      return inOpening;
    }
    return code !== null && (code < 0 || code === space) ? inAttributes(code) : nok(code);
  }

  function inAttributes(code: Code): State | undefined {
    if (code === null) return nok(code);
    if (markdownLineEnding(code)) return lineEnding(code, inAttributes);
    effects.consume(code);
    if (code === doubleQuote || code === singleQuote) {
      quote = code;
      colons = 0;
      return inQuotes;
    }
    colons = code === colon ? colons + 1 : 0;
    return colons === 3 ? close : inAttributes;
  }

  function inQuotes(code: Code): State | undefined {
    if (code === null) return nok(code);
    if (markdownLineEnding(code)) return lineEnding(code, inQuotes);
    effects.consume(code);
    return code === quote ? inAttributes : inQuotes;
  }

  function lineEnding(code: Code, next: State): State | undefined {
    colons = 0;
    crossLine(effects, code, 'learnImageData');
    return next;
  }

  function close(code: Code): State | undefined {
    effects.exit('learnImageData');
    effects.exit('learnImage');
    return ok(code);
  }
};

export const learnSyntax: Extension = { text: { [colon]: { name: 'learnImage', tokenize } } };

export const learnTree: TreeExtension = {
  enter: {
    learnImage(this: CompileContext, token: Token): undefined {
      this.enter({ type: 'learnImage' }, token);
    },
  },
  exit: {
    learnImage(this: CompileContext, token: Token): undefined {
      this.exit(token);
    },
  },
};
