import type { AltSlot, ImageReference, ImageTarget, NearbyText, TextRange } from '../imageReference.ts';
import type { FoundDirective } from './blocks.ts';
import type { DirectiveBlock, DirectiveOption } from './directiveBlock.ts';
import { plainText } from './plainText.ts';
import type { SubstitutionUses } from './substitutions.ts';

/** A directive → what is to be known of it; `uses`: of its substitution, where it defines one. */
export function imageReference(
  source: string,
  found: FoundDirective,
  block: DirectiveBlock,
  uses: SubstitutionUses,
): ImageReference {
  const option = (name: string): DirectiveOption | undefined => block.options.find((each) => each.name === name);
  const words = (range: TextRange): string => source.slice(range.start, range.end).replace(/\s+/g, ' ');
  const alt = option('alt');
  const target = option('target');
  const destination = target === undefined ? '' : words(target.value);
  const linked = destination !== '' || uses.linked;
  const altWords = alt === undefined ? null : words(alt.value);
  const { start, end } = block.range;
  return {
    kind: linked ? 'link-only' : altWords === '' ? 'decorative' : 'image',
    range: block.range,
    target: targetOf(source, block.argument),
    others: [],
    alt: altWords,
    altRange: alt?.value ?? null,
    dynamicAlt: false,
    altExpected: true,
    hidden: false,
    altMayBeReplaced: false,
    altSlot: found.room ? altSlot(source, block, alt) : null,
    removeAlt:
      found.room && alt !== undefined ? { range: { start: alt.previousEnd, end: alt.range.end }, newText: '' } : null,
    markDecorative: found.room && !linked ? decorative(source, block, alt) : null,
    element: found.name,
    link: linked ? { range: { start, end }, destination: destination === '' ? null : destination, name: null } : null,
    nearby: nearbyTexts(found, block, uses),
    followsPrevious: false,
  };
}

/** A URI: white space in it is no part of it but for what a backslash keeps. `name.*` is Sphinx's for any ending. */
function targetOf(source: string, range: TextRange): ImageTarget {
  const written = source
    .slice(range.start, range.end)
    .replace(/\\(\s)|\s+|\\(.)/g, (_, blank?: string, escaped?: string) =>
      blank === undefined ? (escaped ?? '') : ' ',
    );
  if (!written.endsWith('.*')) return { written, range, resolution: 'path' };
  return { written: written.slice(0, -2), range, resolution: 'path', extensions: anyEnding };
}

/** In the order in which Sphinx's HTML prefers them. */
const anyEnding: readonly string[] = ['.svg', '.png', '.gif', '.jpg', '.jpeg', '.webp', '.avif', '.pdf'];

function altSlot(source: string, block: DirectiveBlock, alt: DirectiveOption | undefined): AltSlot {
  if (alt === undefined) {
    const { end } = block.range;
    const before = `${lineEnd(source, end)}${block.indentation}:alt: `;
    return { range: { start: end, end }, before, after: '', encodings: ['rst-option'] };
  }
  const empty = alt.value.start === alt.value.end;
  const range = empty ? { start: alt.valueStart, end: alt.range.end } : alt.value;
  return { range, before: empty ? ' ' : '', after: '', encodings: ['rst-option'] };
}

/** An empty alt is written as one, where a missing one is the file's name for many readers. */
function decorative(
  source: string,
  block: DirectiveBlock,
  alt: DirectiveOption | undefined,
): ImageReference['markDecorative'] {
  const { end } = block.range;
  if (alt === undefined)
    return { range: { start: end, end }, newText: `${lineEnd(source, end)}${block.indentation}:alt:` };
  if (alt.value.start === alt.value.end) return null;
  return { range: { start: alt.valueStart, end: alt.range.end }, newText: '' };
}

/** As the document's next line ends, else the one before. */
function lineEnd(source: string, place: number): string {
  const next = source.indexOf('\n', place);
  const newline = next === -1 ? source.lastIndexOf('\n') : next;
  return newline > 0 && source[newline - 1] === '\r' ? '\r\n' : '\n';
}

function nearbyTexts({ name }: FoundDirective, { caption }: DirectiveBlock, uses: SubstitutionUses): NearbyText[] {
  const words = name === 'figure' ? plainText(caption) : '';
  const following = uses.following.map((text): NearbyText => ({ source: 'following', text }));
  return words === '' ? following : [{ source: 'caption', text: words }, ...following];
}
