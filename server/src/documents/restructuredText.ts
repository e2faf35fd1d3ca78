/**
 * reStructuredText, by docutils' rules. No maintained parser of it in JavaScript keeps the places of directives and their
 * options; they are lines, which this walks over.
 */
import type { DocumentComment, ParsedDocument } from './imageReference.ts';
import { inRows } from './pictureRows.ts';
import { type FoundDirective, walkBlocks } from './restructuredText/blocks.ts';
import { readDirective } from './restructuredText/directiveBlock.ts';
import { imageReference } from './restructuredText/directiveReference.ts';
import { plainText } from './restructuredText/plainText.ts';
import { splitLines } from './restructuredText/sourceLines.ts';
import { Substitutions } from './restructuredText/substitutions.ts';

/** So many characters tell a language. */
const enoughProse = 4000;

export function parseRestructuredText(source: string): ParsedDocument {
  const found: FoundDirective[] = [];
  const comments: DocumentComment[] = [];
  const substitutions = new Substitutions();
  let declaredLanguage: string | null = null;
  let prose = '';
  walkBlocks(splitLines(source), source, {
    directive(directive) {
      found.push(directive);
    },
    paragraph(lines) {
      substitutions.add(lines);
      if (prose.length < enoughProse) prose += `${plainText(lines)} `;
    },
    comment(comment) {
      comments.push(comment);
    },
    language(tag) {
      declaredLanguage ??= tag;
    },
  });
  const references = found.flatMap((directive) => {
    const block = readDirective(directive, source);
    const uses = substitutions.usesOf(directive.substitution ?? '');
    return block === null ? [] : [{ directive, reference: imageReference(source, directive, block, uses) }];
  });
  const ordered = references.toSorted((a, b) => a.reference.range.start - b.reference.range.start);
  // A definition shows nothing where it stands.
  const defined = new Set(
    ordered.filter(({ directive }) => directive.substitution !== null).map(({ reference }) => reference.range.start),
  );
  const rows = inRows(
    ordered.map(({ reference }) => reference),
    source,
    (between) => between.trim() === '',
  );
  return {
    references: rows.map((reference) =>
      defined.has(reference.range.start) ? { ...reference, followsPrevious: false } : reference,
    ),
    comments,
    declaredLanguage,
    prose: prose.trim().slice(0, enoughProse),
  };
}
