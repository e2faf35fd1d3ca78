import { type ElementNode, NodeTypes, parse, type TemplateChildNode } from '@vue/compiler-dom';
import { componentNames } from './html.ts';
import { htmlEncodings } from './htmlAttributes.ts';
import type { DocumentParser, ParsedDocument, ParseOptions, TextRange } from './imageReference.ts';
import { jsxDocument, readJsx } from './jsx.ts';
import { type MarkupDialect, type MarkupElement, type MarkupNode, markupSource } from './markup.ts';
import { readMarkup } from './markupReferences.ts';
import { vueScope, type VueScript } from './vueScope.ts';
import { vueTree } from './vueTree.ts';

/**
 * Vue's single-file components, by Vue's own parser: the pictures of the template (bindings followed into the script as
 * far as can be known), of JSX in its script and of the styles. A template in another language (`lang="pug"`) is not read.
 */
export const parseVue: DocumentParser = (text, _languageId, options) => {
  const root = parse(text, {
    parseMode: 'sfc',
    comments: true,
    whitespace: 'preserve',
    onError: () => {},
    onWarn: () => {},
  });
  const scripts = blocks(root.children, 'script').map((block): VueScript => {
    const setup = block.props.some(({ name }) => name === 'setup');
    return { source: rawText(text, block), lang: plainAttribute(block, 'lang'), setup };
  });
  const templates = blocks(root.children, 'template').filter(
    (block) => (plainAttribute(block, 'lang') ?? 'html') === 'html',
  );
  const comments = root.children.filter(({ type }) => type === NodeTypes.COMMENT);
  const tree = vueTree(text, [...comments, ...templates], vueScope(scripts));
  const styles = blocks(root.children, 'style').map((block) => styleElement(text, block));
  const dialect: MarkupDialect = {
    encodings: htmlEncodings,
    imageComponents: componentNames(options),
    components: true,
    aliases: true,
    laterWins: true,
    mapOffset: (offset) => offset,
  };
  const nodes: MarkupNode[] = [...tree.nodes, ...styles];
  const read = [
    { ...readMarkup(markupSource(text), nodes, dialect), comments: tree.comments },
    ...renderFunctions(text, root.children, options),
  ];
  const inOrder = (a: { readonly range: TextRange }, b: { readonly range: TextRange }): number =>
    a.range.start - b.range.start;
  return {
    ...read[0]!,
    references: read.flatMap(({ references }) => references).toSorted(inOrder),
    comments: read.flatMap(({ comments: found }) => found).toSorted(inOrder),
  };
};

/** A component may show its pictures by a render function: `<script lang="tsx">`. */
function renderFunctions(
  text: string,
  children: readonly TemplateChildNode[],
  options: ParseOptions,
): readonly ParsedDocument[] {
  return blocks(children, 'script').flatMap((block) => {
    const lang = plainAttribute(block, 'lang');
    const start = block.children[0]?.loc.start.offset;
    if ((lang !== 'jsx' && lang !== 'tsx') || start === undefined) return [];
    // Blanks in front: the offsets are the document's.
    const program = ' '.repeat(start) + rawText(text, block);
    return [jsxDocument(program, readJsx(program, lang), options)];
  });
}

function blocks(children: readonly TemplateChildNode[], tag: string): ElementNode[] {
  return children.filter((child): child is ElementNode => child.type === NodeTypes.ELEMENT && child.tag === tag);
}

function plainAttribute(block: ElementNode, name: string): string | null {
  for (const property of block.props) {
    if (property.type === NodeTypes.ATTRIBUTE && property.name === name) return property.value?.content ?? '';
  }
  return null;
}

function rawText(text: string, block: ElementNode): string {
  const first = block.children[0];
  const last = block.children.at(-1);
  return first === undefined || last === undefined ? '' : text.slice(first.loc.start.offset, last.loc.end.offset);
}

function styleElement(text: string, block: ElementNode): MarkupElement {
  const start = block.children[0]?.loc.start.offset ?? block.loc.end.offset;
  const range = { start: block.loc.start.offset, end: start };
  const lang = plainAttribute(block, 'lang');
  return {
    kind: 'element',
    name: 'style',
    attributes: [],
    spreads: [],
    range,
    end: block.loc.end.offset,
    insertAt: start,
    insertQuote: '"',
    children: [],
    style: { text: rawText(text, block), start, lineComments: lang !== null && lang !== 'css' },
  };
}
