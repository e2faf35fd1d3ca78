import type { DocumentComment, TextRange } from '../imageReference.ts';
// oxfmt-ignore
import {
  attributeEntry, blockAttributeLine, blockStyle, blockTitle, conditional, delimiterKind, heading, imageMacro,
  isDiscrete, isSingleLine, isUnderlinedTitle, isVerbatimStyle, listMarker, noMetadata, substitutesMacros, terminator, withAttributeLine,
} from './blockSyntax.ts';
import type { BlockMetadata } from './blockSyntax.ts';
import type { DocumentAttributes } from './documentAttributes.ts';
import { SourceLines } from './sourceLines.ts';
import { splitTable } from './tables.ts';
import type { CellPlace } from './tables.ts';

/** What the walk finds, in document order, while the attributes stand as they do at that place. */
export interface BlockVisitor {
  /** A whole line `image::…[…]`. */
  blockMacro(line: TextRange, metadata: BlockMetadata, cell: CellPlace | null): void;
  /** Text in which inline macros count; `skipped` are the comment lines within. */
  inline(run: TextRange, skipped: readonly TextRange[], cell: CellPlace | null): void;
  comment(comment: DocumentComment): void;
}

/** Tables in tables in tables: deeper ones are not looked into. */
const deepest = 4;

/** Walks the blocks of `text` between `start` and `end`; a table's cell is walked as a document of its own. */
export function walkBlocks(
  text: string,
  range: TextRange,
  attributes: DocumentAttributes,
  visitor: BlockVisitor,
  cell: CellPlace | null = null,
  depth = 0,
): void {
  new BlockWalk(text, range, attributes, visitor, cell, depth).run();
}

interface Paragraph {
  start: number;
  end: number;
  /** Only the first line of a list's item has been read: a block macro may follow it at once. */
  isItem: boolean;
  /** Macros in it stay as they are written. */
  readonly isLiteral: boolean;
  readonly skipped: TextRange[];
}

class BlockWalk {
  readonly #lines: SourceLines;
  /** Where the open blocks around end, the innermost last, and whether each stands in a list. */
  readonly #closers: { readonly line: number; readonly inList: boolean }[] = [];
  #index = 0;
  #paragraph: Paragraph | null = null;
  #metadata: BlockMetadata = noMetadata;
  /** Nothing but comments and attributes stands above. */
  #atTop: boolean;
  #inHeader = false;
  /** A `+` alone continues an item; lines with markers end a paragraph. */
  #inList = false;
  #afterBlank = true;
  /** `term::` without words: what comes next is its text, indented or not. */
  #termWaits = false;
  readonly text: string;
  readonly attributes: DocumentAttributes;
  readonly visitor: BlockVisitor;
  readonly cell: CellPlace | null;
  readonly depth: number;

  constructor(
    text: string,
    range: TextRange,
    attributes: DocumentAttributes,
    visitor: BlockVisitor,
    cell: CellPlace | null,
    depth: number,
  ) {
    this.text = text;
    this.attributes = attributes;
    this.visitor = visitor;
    this.cell = cell;
    this.depth = depth;
    this.#atTop = depth === 0;
    this.#lines = new SourceLines(text, range);
  }

  run(): void {
    for (; this.#index < this.#lines.length; this.#index += 1) {
      if (this.#closers.at(-1)?.line === this.#index) {
        this.#flush();
        this.#inList = this.#closers.pop()!.inList;
        this.#metadata = noMetadata;
      } else this.#line(this.#lines.at(this.#index)!);
    }
    this.#flush();
  }

  #line(line: TextRange): void {
    const value = this.#lines.value(line);
    if (value === '') {
      this.#flush();
      this.#inHeader = false;
      this.#afterBlank = true;
    } else if (value.includes('::') && this.#preprocess(line, value)) return;
    else if (value.startsWith('//') && value[2] !== '/') this.#commentLine(line);
    else if (this.#inHeader) this.#attributeEntry(value);
    else if (this.#paragraph === null) this.#block(line, value);
    else if (this.#endsParagraph(value, this.#paragraph)) {
      this.#flush();
      this.#block(line, value);
    } else {
      this.#paragraph.end = line.end;
      this.#paragraph.isItem = false;
      this.#termWaits = false;
    }
  }

  /** Conditionals are taken away before blocks are read. */
  #preprocess(line: TextRange, value: string): boolean {
    const match = conditional(value);
    if (match === null) return false;
    const [, directive = '', names = '', content = ''] = match;
    if (directive === 'endif') this.attributes.closeConditional();
    else {
      this.attributes.openConditional(this.attributes.isTaken(directive, names));
      if (content === '' || directive === 'ifeval') return true;
      // `ifndef::imagesdir[:imagesdir: images]`: a condition for this one line.
      if (conditional(content) === null) this.#line({ start: line.end - 1 - content.length, end: line.end - 1 });
      this.attributes.closeConditional();
    }
    return true;
  }

  #commentLine(line: TextRange): void {
    this.visitor.comment({ range: line, text: this.text.slice(line.start + 2, line.end) });
    this.#paragraph?.skipped.push(line);
  }

  #endsParagraph(value: string, paragraph: Paragraph): boolean {
    if (value === '+' || delimiterKind(value) !== null || blockAttributeLine.test(value)) return true;
    return (
      (this.#inList && listMarker.test(value)) ||
      (paragraph.isItem && (imageMacro(value) !== null || isSingleLine(value)))
    );
  }

  /** A line at which a block may begin. */
  #block(line: TextRange, value: string): void {
    if (value === '+' && this.#inList) {
      this.#afterBlank = false;
      this.#termWaits = false;
      return;
    }
    if (this.#attributeEntry(value)) return;
    if (blockAttributeLine.test(value)) {
      this.#metadata = withAttributeLine(this.#metadata, value, line.start);
      return;
    }
    if (blockTitle.test(value)) {
      const title = { start: line.start + 1, end: line.end };
      this.#metadata = { ...this.#metadata, title };
      this.visitor.inline(title, [], this.cell);
      return;
    }
    const { metadata, wasAtTop, termWaits } = this.#taken();
    const isMarked = listMarker.test(value);
    if (isMarked) this.#inList = true;
    else if (this.#afterBlank && !termWaits && !/^[ \t]/.test(value)) this.#inList = false;
    this.#afterBlank = false;
    const kind = delimiterKind(value);
    const next = this.#lines.at(this.#index + 1);
    if (kind !== null) this.#delimited(kind, value, metadata);
    else if (
      this.#closers.length === 0 &&
      this.depth === 0 &&
      next &&
      isUnderlinedTitle(value, this.#lines.value(next))
    ) {
      this.#index += 1;
      this.#inHeader = wasAtTop && this.#lines.value(next).startsWith('=');
      this.visitor.inline(line, [], this.cell);
    } else if (isVerbatimStyle(blockStyle(metadata)))
      this.#verbatimParagraph(metadata, blockStyle(metadata) !== 'comment');
    else if (imageMacro(value) !== null && blockStyle(metadata) !== 'verse')
      this.visitor.blockMacro(line, metadata, this.cell);
    else if (heading.test(value) && (this.#closers.length === 0 || isDiscrete(metadata))) {
      this.#inHeader = wasAtTop && /^[=#]\s/.test(value);
      this.visitor.inline(line, [], this.cell);
    } else if (/^[ \t]/.test(value) && !isMarked && !termWaits && blockStyle(metadata) !== 'normal') {
      this.#verbatimParagraph(metadata, false);
    } else if (!isSingleLine(value) || blockStyle(metadata) === 'verse') this.#paragraphAt(line, value, metadata);
  }

  /** What stood above counts for one block. */
  #taken(): { readonly metadata: BlockMetadata; readonly wasAtTop: boolean; readonly termWaits: boolean } {
    const taken = { metadata: this.#metadata, wasAtTop: this.#atTop, termWaits: this.#termWaits };
    this.#metadata = noMetadata;
    this.#atTop = false;
    this.#termWaits = false;
    return taken;
  }

  #paragraphAt(line: TextRange, value: string, metadata: BlockMetadata): void {
    const marker = /^[ \t]*(?:-|\*+|\.+|\u2022|\d+\.|[a-zA-Z]\.|[IVXivx]+\)|<(?:\d+|\.)>)[ \t]+/.exec(value);
    const isItem = listMarker.test(value);
    this.#termWaits = isItem && marker === null && /(?:::|;;)$/.test(value);
    const start = line.start + (marker?.[0].length ?? 0);
    this.#paragraph = {
      start,
      end: line.end,
      isItem,
      isLiteral: !isItem && !substitutesMacros(metadata, true),
      skipped: [],
    };
  }

  /** `:name: value`, over several lines where they end in a backslash, or a plus as in older documents. */
  #attributeEntry(value: string): boolean {
    const match = attributeEntry.exec(value);
    if (match === null) return false;
    let words = match[2] ?? '';
    while (/(?:^|[ \t])[\\+]$/.test(words)) {
      const next = this.#lines.at(this.#index + 1);
      words = words.slice(0, -1).trimEnd();
      if (next === undefined || this.#lines.value(next) === '') break;
      this.#index += 1;
      words = `${words} ${this.#lines.value(next).trim()}`;
    }
    this.attributes.set(match[1]!, words.trim());
    return true;
  }

  #delimited(kind: string, value: string, metadata: BlockMetadata): void {
    const style = blockStyle(metadata);
    const first = this.#index + 1;
    const limit = this.#closers.at(-1)?.line ?? this.#lines.length;
    const close = this.#lines.closing(terminator(value), first, limit);
    const content = this.#lines.range(first, close ?? limit);
    const verbatim = kind === 'verbatim' || (kind === 'open' && isVerbatimStyle(style));
    if (!verbatim && kind !== 'comment' && kind !== 'table' && !(kind === 'quote' && style === 'verse')) {
      if (close !== null) this.#closers.push({ line: close, inList: this.#inList });
      this.#inList = false;
      this.#afterBlank = true;
      return;
    }
    this.#index = close ?? limit - 1;
    if (kind === 'comment' || style === 'comment') {
      const range = this.#lines.range(first - 1, this.#index + 1);
      this.visitor.comment({ range, text: this.text.slice(content.start, content.end) });
    } else if (kind === 'table') this.#table(value, metadata, content);
    else if (!verbatim || substitutesMacros(metadata, false)) this.visitor.inline(content, [], this.cell);
  }

  #table(delimiter: string, metadata: BlockMetadata, content: TextRange): void {
    for (const { range, style, place } of splitTable(this.text, content, delimiter, metadata, this.cell)) {
      if (style !== 'a') this.visitor.inline(range, [], place);
      else if (this.depth < deepest) {
        walkBlocks(this.text, range, this.attributes, this.visitor, place, this.depth + 1);
      }
    }
  }

  /** A styled one goes on to the next blank line whatever stands before it. */
  #verbatimParagraph(metadata: BlockMetadata, styled: boolean): void {
    const start = this.#index;
    const limit = this.#closers.at(-1)?.line ?? this.#lines.length;
    while (this.#index + 1 < limit) {
      const value = this.#lines.value(this.#lines.at(this.#index + 1));
      if (value === '' || value === '+') break;
      if (!styled && (delimiterKind(value) !== null || blockAttributeLine.test(value))) break;
      this.#index += 1;
    }
    if (substitutesMacros(metadata, false))
      this.visitor.inline(this.#lines.range(start, this.#index + 1), [], this.cell);
  }

  #flush(): void {
    const paragraph = this.#paragraph;
    this.#paragraph = null;
    if (paragraph !== null && !paragraph.isLiteral) this.visitor.inline(paragraph, paragraph.skipped, this.cell);
  }
}
