import { type ElementNode, NodeTypes, parse, type TemplateChildNode } from '@vue/compiler-dom';
import { componentNames } from './html.ts';
import { htmlEncodings } from './htmlAttributes.ts';
import type { DocumentParser } from './imageReference.ts';
import type { MarkupDialect, MarkupElement, MarkupNode } from './markup.ts';
import { readMarkup } from './markupReferences.ts';
import { vueScope, type VueScript } from './vueScope.ts';
import { vueTree } from './vueTree.ts';

/**
 * Vue's single-file components, by Vue's own parser: the pictures of the template (bindings followed into the script as
 * far as can be known) and of the styles. A template in another language (`lang="pug"`) is not read.
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
  return { ...readMarkup(text, nodes, dialect), comments: tree.comments };
};

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
