/**
 * The fences of containers, `:::note` (Docusaurus, Learn, VitePress) and `::: {.column}` (Pandoc): a line that is no
 * text and ends a paragraph. What stands between two of them is Markdown as everywhere.
 */
import { markdownLineEnding } from 'micromark-util-character';
import type { Code, Extension, State, Tokenizer } from 'micromark-util-types';

declare module 'micromark-util-types' {
  interface TokenTypeMap {
    directiveFence: 'directiveFence';
  }
}

const colon = 58;
/** A title with a picture in it is text, and so is Learn's image. */
const text = /^:::image\s|!\[|<[a-z!]|^:::(?!image-end).*:::/i;

const tokenize: Tokenizer = function (effects, ok, nok) {
  let line = '';
  return start;

  function start(code: Code): State | undefined {
    effects.enter('directiveFence');
    return inside(code);
  }

  function inside(code: Code): State | undefined {
    if (code === null || markdownLineEnding(code)) {
      if (!line.startsWith(':::') || text.test(`${line} `)) return nok(code);
      effects.exit('directiveFence');
      return ok(code);
    }
    line += code < 0 ? ' ' : String.fromCharCode(code);
    if (line.length <= 3 && code !== colon) return nok(code);
    effects.consume(code);
    return inside;
  }
};

export const directiveSyntax: Extension = {
  flow: { [colon]: { name: 'directiveFence', tokenize, concrete: true } },
};
