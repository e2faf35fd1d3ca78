import type { ImageReference } from '../../server/src/documents/imageReference.ts';
import type { Rule, RuleContext } from '../../server/src/features/rules/rule.ts';

/** `![alt](target)` at the start of a document as its parser would give it, but for what a test says otherwise. */
export function picture(differs: Partial<ImageReference> & { readonly src?: string | null } = {}): ImageReference {
  const { src = 'x.png', ...fields } = differs;
  const alt = fields.alt ?? null;
  const altEnd = 2 + (alt ?? '').length;
  const end = altEnd + 3 + (src ?? '').length;
  const altRange = { start: 2, end: altEnd };
  return {
    kind: 'image',
    range: { start: 0, end },
    target: { written: src, range: { start: altEnd + 2, end: end - 1 }, resolution: 'url' },
    others: [],
    alt,
    altRange: alt === null ? null : altRange,
    dynamicAlt: false,
    altExpected: true,
    hidden: false,
    altMayBeReplaced: false,
    altSlot: { range: altRange, before: '', after: '', encodings: ['markdown'] },
    removeAlt: { range: altRange, newText: '' },
    markDecorative: { range: { start: 0, end }, newText: `<img src="${src}" alt="">` },
    element: 'image',
    link: null,
    nearby: [],
    followsPrevious: false,
    ...fields,
  };
}

export const alone: RuleContext = { previous: null, located: null };

/** Whether a rule speaks up about an alt. */
export function reports(rule: Rule, alt: string, src = 'x.png'): boolean {
  return rule.check(picture({ alt, src }), alone) !== null;
}
