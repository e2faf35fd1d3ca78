import { attributeText, hasAttribute, type MarkupDialect, type MarkupElement, type MarkupNode } from './markup.ts';

/** What the elements around a picture say of it. */
export interface Surroundings {
  /** A parent has `aria-hidden="true"`. */
  readonly ariaHidden: boolean;
  /** A parent has `hidden`: a tab, a dialog, that is shown later. */
  readonly concealed: boolean;
  readonly link: MarkupElement | null;
  readonly figure: MarkupElement | null;
  /** Within that figure's caption. */
  readonly inCaption: boolean;
  readonly picture: MarkupElement | null;
  readonly inSvg: boolean;
  /** Within code, a script, a style: no words of the page. */
  readonly inCode: boolean;
}

/** The list that a node stands in, and where; the outermost first. */
export interface Frame {
  readonly siblings: readonly MarkupNode[];
  readonly parent: MarkupElement | null;
  readonly surroundings: Surroundings;
  index: number;
}

const nothing: Surroundings = {
  ariaHidden: false,
  concealed: false,
  link: null,
  figure: null,
  inCaption: false,
  picture: null,
  inSvg: false,
  inCode: false,
};

/** Visits every node in document order, without recursion: a page may nest deeper than the stack. */
export function walkMarkup(
  nodes: readonly MarkupNode[],
  dialect: MarkupDialect,
  visit: (node: MarkupNode, frames: readonly Frame[]) => void,
): void {
  const frames: Frame[] = [{ siblings: nodes, parent: null, surroundings: nothing, index: 0 }];
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const node = frame.siblings[frame.index];
    if (node === undefined) {
      frames.pop();
      const above = frames.at(-1);
      if (above !== undefined) above.index++;
      continue;
    }
    visit(node, frames);
    if (node.kind === 'element' && node.children.length > 0) {
      const surroundings = within(node, frame.surroundings, dialect);
      frames.push({ siblings: node.children, parent: node, surroundings, index: 0 });
    } else {
      frame.index++;
    }
  }
}

const codeElements = new Set(['script', 'style', 'code', 'pre', 'kbd', 'samp', 'textarea', 'math', 'svg', 'head']);

/** Elements that tell by their name alone what stands in them. */
const surrounding = new Set([
  ...codeElements,
  'a',
  'button',
  'figure',
  'figcaption',
  'picture',
  'img',
  'foreignObject',
]);

function within(element: MarkupElement, around: Surroundings, dialect: MarkupDialect): Surroundings {
  const name = element.name;
  // Most elements change nothing: for those of a 2 MB page no object is made.
  if (
    element.attributes.length === 0 &&
    element.spreads.length === 0 &&
    !surrounding.has(name) &&
    !isComponent(element, dialect)
  ) {
    return around;
  }
  return {
    ariaHidden: around.ariaHidden || isAriaHidden(element),
    concealed: around.concealed || isConcealed(element),
    link: isLink(element, dialect) ? element : around.link,
    figure: name === 'figure' ? element : around.figure,
    inCaption: name === 'figcaption' || (around.inCaption && name !== 'figure'),
    picture: name === 'picture' ? element : name === 'img' ? null : around.picture,
    inSvg: (around.inSvg && name !== 'foreignObject') || name === 'svg',
    inCode: around.inCode || codeElements.has(name),
  };
}

export function isAriaHidden(element: MarkupElement): boolean {
  return attributeText(element, 'aria-hidden')?.trim().toLowerCase() === 'true';
}

export function isConcealed(element: MarkupElement): boolean {
  const hidden = attributeText(element, 'hidden');
  return hidden !== null && hidden !== 'false' && hidden !== 'until-found';
}

/** Links of routers, lower case and without dashes. */
const routerLinks = new Set([
  'routerlink',
  'nuxtlink',
  'nuxtlinklocale',
  'inertialink',
  'link',
  'navlink',
  'nextlink',
  'gatsbylink',
  'remixlink',
]);
const destinations = ['href', 'xlink:href', 'routerlink', 'to', 'ui-sref'];

/** A link that leads somewhere, or a button. */
export function isLink(element: MarkupElement, dialect: MarkupDialect): boolean {
  const name = element.name.toLowerCase();
  if (isButton(element)) return true;
  if (name === 'a') return element.spreads.length > 0 || destinations.some((to) => hasAttribute(element, to));
  if (roleOf(element) === 'link') return true;
  return isComponent(element, dialect) && routerLinks.has(name.replaceAll('-', ''));
}

export function isButton(element: MarkupElement): boolean {
  return element.name.toLowerCase() === 'button' || roleOf(element) === 'button';
}

function roleOf(element: MarkupElement): string | undefined {
  return attributeText(element, 'role')?.trim().toLowerCase();
}

/** Where a link leads, as written; null for a button or a computed destination. */
export function linkDestination(link: MarkupElement): string | null {
  for (const to of destinations) {
    const text = attributeText(link, to);
    if (text !== null) return text.trim();
  }
  return null;
}

/** Not an element of HTML: only the program knows what it shows. */
export function isComponent(element: MarkupElement, dialect: MarkupDialect): boolean {
  return /[-:.]/.test(element.name) || (dialect.components && /^[A-Z]/.test(element.name));
}
