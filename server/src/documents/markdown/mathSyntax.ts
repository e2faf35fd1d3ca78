/**
 * `$x$` and `$$ … $$` as a syntax of micromark, with Pandoc's rule, by which prices stay text: no white space after the
 * opening `$` nor before the closing one, and no digit behind that. Within math nothing is an image.
 */
import type { CompileContext, Extension as TreeExtension, Token } from 'mdast-util-from-markdown';
import { markdownLineEnding } from 'micromark-util-character';
import type { Code, Extension, State, Tokenizer } from 'micromark-util-types';
import { crossLine } from './crossLine.ts';

declare module 'micromark-util-types' {
  interface TokenTypeMap {
    math: 'math';
    mathData: 'mathData';
  }
}

declare module 'mdast' {
  interface MathText extends Node {
    type: 'mathText';
    /** With its dollars, which an alt keeps: nothing is set as mathematics there. */
    value: string;
  }
  interface PhrasingContentMap {
    mathText: MathText;
  }
  interface RootContentMap {
    mathText: MathText;
  }
}

const dollar = 36;
const backslash = 92;

const isSpace = (code: Code): boolean => code === null || code < 0 || code === 32;
const isDigit = (code: Code): boolean => code !== null && code >= 48 && code <= 57;

const tokenize: Tokenizer = function (effects, ok, nok) {
  let size = 0;
  let closing = 0;
  let previous: Code = null;
  return start;

  function start(code: Code): State | undefined {
    effects.enter('math');
    effects.enter('mathData');
    return opening(code);
  }

  function opening(code: Code): State | undefined {
    if (code === dollar) {
      if (size === 2) return nok(code);
      size++;
      effects.consume(code);
      return opening;
    }
    return size === 1 && isSpace(code) ? nok(code) : inside(code);
  }

  function inside(code: Code): State | undefined {
    if (code === null) return nok(code);
    if (code === dollar) {
      if (size === 1 && isSpace(previous)) return nok(code);
      closing = 0;
      return close(code);
    }
    previous = code;
    if (markdownLineEnding(code)) {
      crossLine(effects, code, 'mathData');
      return inside;
    }
    effects.consume(code);
    return code === backslash ? escaped : inside;
  }

  function escaped(code: Code): State | undefined {
    if (code === null || code < 0) return inside(code);
    previous = code;
    effects.consume(code);
    return inside;
  }

  function close(code: Code): State | undefined {
    if (closing < size && code === dollar) {
      closing++;
      effects.consume(code);
      return close;
    }
    if (closing < size) {
      previous = dollar;
      return inside(code);
    }
    if (size === 1 && (isDigit(code) || code === dollar)) return nok(code);
    effects.exit('mathData');
    effects.exit('math');
    return ok(code);
  }
};

export const mathSyntax: Extension = { text: { [dollar]: { name: 'math', tokenize } } };

export const mathTree: TreeExtension = {
  enter: {
    math(this: CompileContext, token: Token): undefined {
      this.enter({ type: 'mathText', value: this.sliceSerialize(token) }, token);
    },
  },
  exit: {
    math(this: CompileContext, token: Token): undefined {
      this.exit(token);
    },
  },
};
