import { lookedAt } from './code.ts';
import { cssUrls } from './cssUrls.ts';
import { decodeAttribute } from './entityOffsets.ts';
import type { ImageReference } from './imageReference.ts';
import type { MarkupElement } from './markup.ts';
import type { TargetRules } from './markupImages.ts';
import { writtenTarget } from './markupImages.ts';

/** Pictures of an element's `style` attribute, or of a `<style>` element: to look at only. */
export function styleReferences(element: MarkupElement, rules: TargetRules): ImageReference[] {
  // A binding stands beside the attribute, not in its place.
  const style = element.attributes.find(({ name, source }) => name === 'style' && source !== null);
  const found: ImageReference[] = [];
  if (style?.source != null && style.value.kind === 'text') {
    const { text, offsetAt } = decodeAttribute(style.source);
    found.push(...references(text, (offset) => style.valueRange.start + offsetAt(offset), rules, false));
  }
  if (element.style !== null) {
    const { text, start, lineComments } = element.style;
    found.push(...references(text, (offset) => start + offset, rules, lineComments));
  }
  return found;
}

function references(
  text: string,
  place: (offset: number) => number,
  rules: TargetRules,
  lineComments: boolean,
): ImageReference[] {
  return cssUrls(text, lineComments).map(({ range, target, written }) => {
    const targetRange = { start: place(target.start), end: place(target.end) };
    const reference = lookedAt({ start: place(range.start), end: place(range.end) }, targetRange, written);
    return { ...reference, target: writtenTarget(written ?? '', targetRange, rules) };
  });
}
