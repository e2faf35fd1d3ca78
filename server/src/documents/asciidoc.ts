/**
 * AsciiDoc. Asciidoctor.js parses it too, but asynchronously, without the place of an inline macro or a table's cell, in
 * 14 s for a document of 2 MB, and runs out of stack in nested blocks: so this is a walk over the lines by its rules.
 */
import { type BlockVisitor, walkBlocks } from './asciidoc/blocks.ts';
import { imageMacro, noMetadata } from './asciidoc/blockSyntax.ts';
import { DocumentAttributes } from './asciidoc/documentAttributes.ts';
import { findInlineMacros, type InlineFindings, type InlineImage } from './asciidoc/inlineMacros.ts';
import { imageReference, type LinkAround } from './asciidoc/macroReference.ts';
import { plainText } from './asciidoc/words.ts';
import type { DocumentComment, ImageReference, ParsedDocument } from './imageReference.ts';
import { inRows } from './pictureRows.ts';

/** So many characters tell a language, and so many after a picture tell whether it is repeated. */
const enoughProse = 4000;
const enoughFollowing = 400;

export function parseAsciidoc(text: string): ParsedDocument {
  const attributes = new DocumentAttributes();
  const references: ImageReference[] = [];
  const comments: DocumentComment[] = [];
  let prose = '';
  const visitor: BlockVisitor = {
    blockMacro(line, metadata, cell) {
      const [, target = '', list = ''] = imageMacro(text.slice(line.start, line.end)) ?? [];
      const targetStart = line.start + 'image::'.length;
      const macro = {
        range: line,
        target: { start: targetStart, end: targetStart + target.length },
        list: { start: line.end - 1 - list.length, end: line.end - 1 },
      };
      references.push(
        imageReference(text, macro, { inline: false, metadata, cell, link: null, following: '' }, attributes),
      );
    },
    inline(run, skipped, cell) {
      const source = text.slice(run.start, run.end);
      if (prose.length < enoughProse) prose += ` ${plainText(source.slice(0, enoughProse), attributes)}`;
      const local = skipped.map(({ start, end }) => ({ start: start - run.start, end: end - run.start }));
      const findings = findInlineMacros(source, local);
      let passed = 0;
      for (const [index, image] of findings.images.entries()) {
        while ((findings.links[passed]?.range.end ?? Infinity) <= image.range.start) passed += 1;
        const link = linkAround(source, findings, passed, image, run.start, attributes);
        const end = Math.min(
          findings.images[index + 1]?.range.start ?? source.length,
          link?.content.end ?? source.length,
        );
        const following = plainText(
          source.slice(image.range.end, Math.min(end, image.range.end + enoughFollowing)),
          attributes,
        );
        const place = { inline: true, metadata: noMetadata, cell, link, following };
        references.push(imageReference(text, moved(image, run.start), place, attributes));
      }
    },
    comment(comment) {
      comments.push(comment);
    },
  };
  walkBlocks(text, { start: 0, end: text.length }, attributes, visitor);
  const ordered = references.toSorted((a, b) => a.range.start - b.range.start);
  return {
    references: inRows(ordered, text, (between) => /^\s*(?:\+\s+)?$/.test(between)),
    comments,
    declaredLanguage: attributes.get('lang')?.toLowerCase() || null,
    prose: prose.trim().slice(0, enoughProse),
  };
}

function moved({ range, target, list }: InlineImage, by: number): InlineImage {
  const move = ({ start, end }: { start: number; end: number }) => ({ start: start + by, end: end + by });
  return { range: move(range), target: move(target), list: move(list) };
}

/** The link that the picture stands in, if it is `links[next]`, and what names it besides this picture. */
function linkAround(
  source: string,
  { links }: InlineFindings,
  next: number,
  image: InlineImage,
  offset: number,
  attributes: DocumentAttributes,
): LinkAround | null {
  const link = links[next];
  if (link === undefined || image.range.start < link.content.start || link.content.end < image.range.end) return null;
  const { start, end } = link.content;
  const own = { from: image.range.start - start, to: image.range.end - start };
  const content = source.slice(start, Math.min(end, start + enoughProse));
  const others = `${content.slice(0, own.from)} ${content.slice(own.to)}`.matchAll(/image:[^\s[]{1,500}\[([^\],]*)/g);
  return {
    range: { start: link.range.start + offset, end: link.range.end + offset },
    content: link.content,
    destination: link.destination,
    text: plainText(content, attributes),
    otherPictures: plainText([...others].map(([, alt]) => alt).join(' '), attributes),
  };
}
