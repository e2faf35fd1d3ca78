/** Which elements show a picture, and which file it is. */
import { namesAnImage } from './imageExtensions.ts';
import type { ImageTarget, TextRange } from './imageReference.ts';
import {
  attribute,
  attributeText,
  hasAttribute,
  type MarkupAttribute,
  type MarkupDialect,
  type MarkupElement,
  type MarkupSource,
} from './markup.ts';
import { srcsetUrls } from './srcset.ts';

/**
 * `img`: and what stands for it. `control`: an `area` or an `input`, itself what is activated. `graphic`: named by
 * `aria-label`, as it has no `alt`. `still`: a film's poster, a picture within a drawing: nobody misses its name.
 */
export type PictureRole = 'img' | 'control' | 'graphic' | 'still';

/** Components of well-known libraries that show a picture by `src` and `alt`; lower case, without dashes. */
// oxfmt-ignore
const knownComponents = new Set([
  'ampimg', 'ionimg', 'nuxtimg', 'nuxtpicture', 'image', 'picture', 'img', 'vimg', 'qimg', 'elimage', 'bimg',
  'bimglazy', 'vanimage', 'nimage', 'aimage', 'cldimage', 'unlazyimage', 'lazyimage', 'vlazyimage', 'enhanced:img',
]);

export function pictureRole(element: MarkupElement, dialect: MarkupDialect): PictureRole | null {
  // A component `<Area>` is no `<area>`.
  switch (dialect.components ? element.name : element.name.toLowerCase()) {
    case 'img':
      return 'img';
    case 'area':
      return 'control';
    case 'input':
      return attributeText(element, 'type')?.trim().toLowerCase() === 'image' ? 'control' : null;
    case 'svg':
      return roles(element).includes('img') ? 'graphic' : null;
    case 'object':
      return showsImageData(element) ? 'graphic' : null;
    case 'video':
      return hasAttribute(element, 'poster') ? 'still' : null;
  }
  if (isImageComponent(element, dialect)) return 'img';
  return element.name === 'image' && svgSource(element) !== null ? 'still' : null;
}

export function showsPicture(element: MarkupElement, dialect: MarkupDialect): boolean {
  const role = pictureRole(element, dialect);
  return role !== null && element.name !== 'area';
}

function isImageComponent(element: MarkupElement, dialect: MarkupDialect): boolean {
  const key = element.name.toLowerCase().replaceAll('-', '');
  if (dialect.imageComponents.has(key)) return true;
  const isComponent = /[-:]/.test(element.name) || (dialect.components && /^[A-Z]/.test(element.name));
  return (
    isComponent && knownComponents.has(key) && ['src', 'srcset', 'alt'].some((name) => hasAttribute(element, name))
  );
}

export function roles(element: MarkupElement): readonly string[] {
  return attributeText(element, 'role')?.trim().toLowerCase().split(/\s+/) ?? [];
}

function showsImageData(object: MarkupElement): boolean {
  const data = attribute(object, 'data');
  if (data === null) return false;
  const type = attributeText(object, 'type')?.trim().toLowerCase();
  if (type !== undefined && type !== '') return type.startsWith('image/');
  const path = data.value.kind === 'text' ? data.value.text : data.value.kind === 'module' ? data.value.specifier : '';
  return path.startsWith('data:image/') || namesAnImage(path.replace(/[?#].*$/s, '').trim());
}

function svgSource(image: MarkupElement): MarkupAttribute | null {
  return attribute(image, 'href') ?? attribute(image, 'xlink:href');
}

/** How the page's targets are read. */
export interface TargetRules {
  /** `<base href>`. */
  readonly base: string | null;
  /** `~package/a.png` and `~@/a.png` are imports. */
  readonly aliases: boolean;
  readonly offsetOf: MarkupSource['offsetOf'];
}

export interface PictureFiles {
  readonly target: ImageTarget;
  readonly others: readonly ImageTarget[];
}

/** The file that is shown, and its other sizes and formats. `picture`: the element around an `img`. */
export function pictureFiles(element: MarkupElement, picture: MarkupElement | null, rules: TargetRules): PictureFiles {
  const attributed = sourceAttribute(element);
  const source = attributed?.value.kind === 'absent' ? null : attributed;
  const own = srcsetTargets(attribute(element, 'srcset'), rules);
  const around = (picture?.children ?? [])
    .filter((child): child is MarkupElement => child.kind === 'element' && child.name === 'source')
    .flatMap((child) => srcsetTargets(attribute(child, 'srcset'), rules));
  const first = source === null ? (own.shift() ?? null) : attributeTarget(source, rules);
  const nowhere = { start: element.insertAt, end: element.insertAt };
  const target: ImageTarget = first ?? { written: null, range: nowhere, resolution: 'url' };
  const others = [...own, ...around].toSorted((a, b) => rules.offsetOf(a.range.start) - rules.offsetOf(b.range.start));
  return { target, others };
}

function sourceAttribute(element: MarkupElement): MarkupAttribute | null {
  const found = attribute(element, { object: 'data', video: 'poster' }[element.name] ?? 'src');
  if (element.name === 'image') return svgSource(element) ?? found;
  return found;
}

/** `${x}` and `%PUBLIC_URL%` are filled in by a server or a build. */
const filledInLater = /[$#]\{|%[A-Z][A-Z_]+%/;

function attributeTarget({ value, valueRange, source }: MarkupAttribute, rules: TargetRules): ImageTarget {
  if (value.kind === 'module') return { written: value.specifier, range: valueRange, resolution: 'module' };
  const range = source === null ? valueRange : trimmed(source, valueRange);
  return writtenTarget(value.kind === 'text' ? value.text.trim() : '', range, rules);
}

export function writtenTarget(written: string, range: TextRange, { base, aliases }: TargetRules): ImageTarget {
  if (aliases && /^~[^/]/.test(written)) return { written: written.slice(1), range, resolution: 'module' };
  const known = written !== '' && !filledInLater.test(written);
  return { written: known ? written : null, range, resolution: 'url', ...(base === null ? {} : { prefixes: [base] }) };
}

function trimmed(source: string, range: TextRange): TextRange {
  const start = range.start + (source.length - source.trimStart().length);
  return { start, end: Math.max(start, range.end - (source.length - source.trimEnd().length)) };
}

/** A srcset as written: entities are rare in it, and stand in URLs only as `&amp;`. */
function srcsetTargets(srcset: MarkupAttribute | null, rules: TargetRules): ImageTarget[] {
  if (srcset === null || srcset.value.kind === 'absent') return [];
  const { source, value, valueRange } = srcset;
  if (value.kind !== 'text') return [attributeTarget(srcset, rules)].filter(isKnown);
  const text = source ?? value.text;
  // A bound literal stands here as it is read; of one with escapes, or a constant, only the whole has a place here.
  const inPlace = text.length === valueRange.end - valueRange.start;
  return srcsetUrls(text).map(({ start, end }) => {
    const url = text.slice(start, end);
    const range = inPlace ? { start: valueRange.start + start, end: valueRange.start + end } : valueRange;
    return writtenTarget(source === null ? url : url.replaceAll('&amp;', '&'), range, rules);
  });
}

function isKnown(target: ImageTarget): boolean {
  return target.written !== null;
}
