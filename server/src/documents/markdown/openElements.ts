import type { RootContent } from 'mdast';

const voidElements = 'area base br col embed hr img input link meta param source track wbr';
/** A paragraph ends where the next block starts. */
const neverOpen = new Set(`${voidElements} p`.split(' '));
const tag = /<(\/?)([a-z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^"'>])*)>/gi;
const comment = /<!--[^]*?(?:-->|$)/g;

/** The elements of raw HTML that one block opens and another closes: between them all words belong to them. */
export class OpenElements {
  readonly #names: string[] = [];

  get any(): boolean {
    return this.#names.length > 0;
  }

  closeAll(): void {
    this.#names.length = 0;
  }

  read(nodes: readonly RootContent[]): void {
    for (const node of nodes) {
      if (node.type === 'html') this.#readHtml(node.value);
      else if ('children' in node) this.read(node.children);
    }
  }

  #readHtml(html: string): void {
    for (const [, slash, name = '', attributes = ''] of html.replace(comment, '').matchAll(tag)) {
      const element = name.toLowerCase();
      if (neverOpen.has(element)) continue;
      if (slash === '') {
        if (!attributes.endsWith('/')) this.#names.push(element);
        continue;
      }
      const at = this.#names.lastIndexOf(element);
      if (at >= 0) this.#names.length = at;
    }
  }
}
