import { htmlReferences } from '../html.ts';
import type { ImageReference, ParseOptions, TextRange } from '../imageReference.ts';
import { movedReference } from '../movedReference.ts';
import { inContext } from './foundImage.ts';
import type { Group } from './groups.ts';
import type { Definitions, FoundReference, Reading } from './parsedPiece.ts';
import { Skeleton } from './skeleton.ts';

/** What reading depends on besides the text. */
export interface Circumstances {
  readonly definitions: Definitions;
  /** Quarto and R Markdown. */
  readonly pandoc: boolean;
  readonly options: ParseOptions;
}

/** The references and comments of a group; of a piece that was read lately, what was found then, where it is now. */
export function readGroup(text: string, group: Group, circumstances: Circumstances): Reading {
  const only = group.length === 1 && group[0]!.kind === 'parsed' ? group[0]!.parsed : null;
  if (only === null || !only.selfContained) return read(text, group, circumstances);
  const { pandoc, options } = circumstances;
  const key = JSON.stringify([pandoc, options.imageComponents]);
  const { tree, piece } = only;
  const known = tree.reading?.circumstances === key ? tree.reading : null;
  const found = known === null ? read(text, group, circumstances) : moved(known.found, piece.start - known.start);
  tree.reading = { start: piece.start, circumstances: key, found };
  return found;
}

function moved(found: Reading, by: number): Reading {
  if (by === 0) return found;
  const range = ({ start, end }: TextRange): TextRange => ({ start: start + by, end: end + by });
  return {
    references: found.references.map(({ reference, outerEnd }) => {
      return { reference: movedReference(reference, range), outerEnd: outerEnd + by };
    }),
    comments: found.comments.map((comment) => ({ ...comment, range: range(comment.range) })),
  };
}

function read(text: string, group: Group, { definitions, pandoc, options }: Circumstances): Reading {
  const made = new Skeleton(text, definitions, pandoc);
  for (const part of group) {
    if (part.kind === 'parsed') made.addPiece(part.parsed);
    else made.addWords(part.piece);
  }
  const html = htmlReferences(made.html.toString(), (offset) => made.html.sourceOffset(offset), options);
  const unseen = new Map(made.images);
  // Words of Markdown within an inline `<style>` have no place of their own.
  const written = html.references.filter(({ range }) => range.end > range.start);
  const references = written.map((reference): FoundReference => {
    const own = made.images.get(reference.range.start);
    unseen.delete(reference.range.start);
    if (own === undefined) return { reference: inMarkdown(reference), outerEnd: reference.range.end };
    return { reference: inContext(own, reference), outerEnd: own.outerEnd };
  });
  // A tag that is cut off may have swallowed what stands behind it.
  for (const { reference, outerEnd } of unseen.values()) {
    references.push({ reference: { ...reference, markDecorative: null }, outerEnd });
  }
  return {
    references: references.toSorted((a, b) => a.reference.range.start - b.reference.range.start),
    comments: html.comments.filter(({ range }) => text.startsWith('<!--', range.start)),
  };
}

function inMarkdown(reference: ImageReference): ImageReference {
  const { altSlot } = reference;
  if (altSlot === null) return reference;
  return { ...reference, altSlot: { ...altSlot, encodings: [...altSlot.encodings, 'html-in-markdown'] } };
}
