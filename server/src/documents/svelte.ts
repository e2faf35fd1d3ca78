import { type AST, parse } from 'svelte/compiler';
import { emptyScope, type Scope, scopeOf } from './bindings.ts';
import { svelteEncodings } from './braceElement.ts';
import { readBraceMarkup } from './braceMarkup.ts';
import { braceTree, type BraceTree } from './braceTree.ts';
import { componentNames } from './html.ts';
import type { DocumentParser } from './imageReference.ts';
import { withUnknownNames } from './localNames.ts';
import { type MarkupDialect, type MarkupElement, markupSource } from './markup.ts';
import { readMarkup } from './markupReferences.ts';
import { parseProgram } from './programSyntax.ts';
import { svelteTree } from './svelteTree.ts';

/**
 * Svelte components, by Svelte's own parser; by our tolerant one where a document has an error, for which Svelte's gives
 * nothing. Scripts and styles are taken out first: neither their errors nor their languages (Sass) matter to the pictures.
 */
export const parseSvelte: DocumentParser = (text, _languageId, options) => {
  const parts = splitParts(text);
  const scope = parts.scripts.reduce((outer: Scope, script) => {
    return scopeOf(parseProgram(script.source, script.typed ? 'ts' : 'jsx')?.program.body ?? [], outer);
  }, emptyScope);
  const tree = readTree(parts.markup, scope);
  const dialect: MarkupDialect = {
    encodings: svelteEncodings,
    imageComponents: componentNames(options),
    components: true,
    aliases: false,
    laterWins: true,
    mapOffset: (offset) => offset,
  };
  return { ...readMarkup(markupSource(text), [...tree.nodes, ...parts.styles], dialect), comments: tree.comments };
};

function readTree(markup: string, scope: Scope): BraceTree {
  let root: AST.Root;
  try {
    // Svelte compares each document with the last one at every expression: equal long texts, which are one string no
    // more, would be compared character by character. Another text in between ends that.
    parse('{x}', { modern: true });
    root = parse(markup, { modern: true, loose: true });
  } catch {
    const named = withUnknownNames(blockNames(markup), scope);
    return braceTree(markup, readBraceMarkup(markup, 0, 'svelte'), 'svelte', named);
  }
  return svelteTree(markup, root.fragment, scope);
}

/** Every word that a block may declare, where the blocks themselves cannot be told apart. */
function blockNames(markup: string): string[] {
  const heads =
    markup.match(
      /\{#each\b[^}]*\bas\b[^}]*|\{:(?:then|catch)\b[^}]*|\{#(?:await|snippet)\b[^}]*|\{@const\b[^=}]*|\blet:[\w$]+(?:=\{[^}]*)?/g,
    ) ?? [];
  return heads.flatMap((head) => head.replace(/^[\s\S]*\bas\b/, '').match(/[A-Za-z_$][\w$]*/g) ?? []);
}

interface SvelteParts {
  /** As long as the document; scripts and styles are blank within. */
  readonly markup: string;
  /** The module's script first. */
  readonly scripts: readonly { readonly source: string; readonly typed: boolean; readonly module: boolean }[];
  readonly styles: readonly MarkupElement[];
}

const opening = /<!--|<(script|style)\b(?:"[^"]*"|'[^']*'|[^"'<>])*>/g;

function splitParts(text: string): SvelteParts {
  const scripts: SvelteParts['scripts'][number][] = [];
  const styles: MarkupElement[] = [];
  const markup: string[] = [];
  let at = 0;
  opening.lastIndex = 0;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const [tag, name] = match;
    const start = opening.lastIndex;
    const end = text.indexOf(name === undefined ? '-->' : `</${name}`, start);
    if (end === -1) break;
    opening.lastIndex = end;
    if (name === undefined) continue;
    const content = text.slice(start, end);
    if (name === 'style') styles.push(styleElement(content, match.index, start, end, !/\blang\b/.test(tag)));
    else {
      const typed = /\blang\s*=\s*["']?ts\b/.test(tag);
      scripts.push({ source: content, typed, module: /\bmodule\b/.test(tag) });
    }
    markup.push(text.slice(at, start), content.replace(/[^\r\n]/g, ' '));
    at = end;
  }
  markup.push(text.slice(at));
  return { markup: markup.join(''), scripts: scripts.toSorted((a, b) => Number(b.module) - Number(a.module)), styles };
}

function styleElement(content: string, at: number, start: number, end: number, plain: boolean): MarkupElement {
  return {
    kind: 'element',
    name: 'style',
    attributes: [],
    spreads: [],
    range: { start: at, end: start },
    end,
    insertAt: start,
    insertQuote: '"',
    children: [],
    style: { text: content, start, lineComments: !plain },
  };
}
