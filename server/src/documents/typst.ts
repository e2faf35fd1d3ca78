/** Typst. Its own parser is Rust, to be had in JavaScript only as megabytes of WebAssembly: so this reads its syntax itself. */
import type { DocumentComment, ParsedDocument, TextRange } from './imageReference.ts';
import { inRows } from './pictureRows.ts';
import { parseTypstTree } from './typst/code.ts';
import { knownString } from './typst/constants.ts';
import { imageReference } from './typst/imageCall.ts';
import { findPictures, type FoundPicture } from './typst/pictures.ts';
import { plainText } from './typst/plainText.ts';
import type { Bindings, CallNode } from './typst/syntax.ts';

/** So many characters tell a language. */
const enoughProse = 4000;

export function parseTypst(text: string): ParsedDocument {
  const { content, bindings, comments } = parseTypstTree(text);
  const { pictures, rules } = findPictures(content);
  const linked = picturesOfLinks(pictures);
  const references = pictures.map((picture) => {
    const siblings = linked.get(picture.surroundings.link) ?? [];
    return imageReference(
      text,
      picture,
      bindings,
      siblings.slice(0, 20).filter((call) => call !== picture.call),
    );
  });
  const ordered = references.toSorted((a, b) => a.range.start - b.range.start);
  return {
    references: inRows(ordered, text, (between) => /^(?:[\s#,;]|\\(?=\s))*$/.test(between)),
    comments: comments.map((range) => commentOf(text, range)),
    declaredLanguage: declaredLanguage(rules, bindings),
    prose: plainText([content], enoughProse).slice(0, enoughProse),
  };
}

function picturesOfLinks(pictures: readonly FoundPicture[]): Map<CallNode | null, CallNode[]> {
  const linked = new Map<CallNode | null, CallNode[]>();
  for (const { call, surroundings } of pictures) {
    if (surroundings.link === null) continue;
    const calls = linked.get(surroundings.link);
    if (calls === undefined) linked.set(surroundings.link, [call]);
    else calls.push(call);
  }
  return linked;
}

function commentOf(text: string, range: TextRange): DocumentComment {
  const inside = text.slice(range.start + 2, range.end);
  return { range, text: text[range.start + 1] === '*' ? inside.replace(/\*\/$/, '') : inside };
}

/** The first `set text(lang: "…")`. */
function declaredLanguage(rules: readonly CallNode[], bindings: Bindings): string | null {
  for (const rule of rules) {
    const lang = rule.callee === 'text' ? rule.arguments.find(({ name }) => name === 'lang') : undefined;
    const value = lang === undefined ? null : knownString(lang.value, bindings);
    if (value !== null && value !== '') return value.toLowerCase();
  }
  return null;
}
