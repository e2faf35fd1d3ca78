import type { DocumentComment } from '../imageReference.ts';
// oxfmt-ignore
import {
  adornment, announcesLiteral, bullet, directive, doctest, enumerator, explicitMarkup, field, footnote, gridTop, hyperlinkTarget,
  isVerbatim, lineBlock, simpleTop, substitution,
} from './blockSyntax.ts';
import { blockEnd, columnOf, endOf, type SourceLine } from './sourceLines.ts';
import { gridCells, simpleCells, type TableCell } from './tables.ts';

/** `.. image::` or `.. figure::` where it begins. */
export interface FoundDirective {
  readonly name: 'image' | 'figure';
  /** The name that a substitution definition gives it. */
  readonly substitution: string | null;
  readonly lines: readonly SourceLine[];
  /** The line it begins on, the place of its `..` in that line, and that of what follows `::`. */
  readonly index: number;
  readonly dots: number;
  readonly after: number;
  /** In a table's cell that is as wide as it is drawn, no line can be put. */
  readonly room: boolean;
}

export interface BlockVisitor {
  directive(found: FoundDirective): void;
  /** A paragraph's lines; markers of lists are left out. */
  paragraph(lines: readonly string[]): void;
  comment(comment: DocumentComment): void;
  language(tag: string): void;
}

/** Tables in tables: deeper ones are not looked into. */
const deepest = 4;
/** Lists in lists that begin on one line: more markers are text. */
const mostMarkers = 20;

interface Paragraph {
  readonly column: number;
  readonly lines: string[];
}

/** Walks the blocks of a document, or of a table's cell. */
export function walkBlocks(
  lines: readonly SourceLine[],
  source: string,
  visitor: BlockVisitor,
  room = true,
  depth = 0,
): void {
  new BlockWalk(lines, source, visitor, room, depth).run();
}

class BlockWalk {
  #index = 0;
  #paragraph: Paragraph | null = null;
  /** A paragraph at this column announced a literal block. */
  #announced: number | null = null;
  /** The end of a `.. meta::`, whose fields speak of the document. */
  #metaEnd = -1;
  readonly lines: readonly SourceLine[];
  readonly source: string;
  readonly visitor: BlockVisitor;
  readonly room: boolean;
  readonly depth: number;

  constructor(lines: readonly SourceLine[], source: string, visitor: BlockVisitor, room: boolean, depth: number) {
    this.lines = lines;
    this.source = source;
    this.visitor = visitor;
    this.room = room;
    this.depth = depth;
  }

  run(): void {
    for (; this.#index < this.lines.length; this.#index += 1) this.#line(this.lines[this.#index]!);
    this.#flush();
  }

  #line(line: SourceLine): void {
    const paragraph = this.#paragraph;
    if (line.indent === -1) {
      if (paragraph !== null && announcesLiteral(paragraph.lines.at(-1)!)) this.#announced = paragraph.column;
      this.#flush();
      return;
    }
    const announced = this.#announced;
    this.#announced = null;
    if (announced !== null && this.#literal(line, announced)) return;
    if (paragraph !== null && line.indent === paragraph.column) {
      // Under a first line it makes a title of it.
      if (paragraph.lines.length === 1 && isUnderline(line.text.trim(), paragraph.lines[0]!)) this.#flush();
      else paragraph.lines.push(line.text.trim());
      return;
    }
    this.#flush();
    this.#construct(line);
  }

  /** An indented block, or one whose lines all begin with the same mark. */
  #literal(line: SourceLine, column: number): boolean {
    if (line.indent > column) {
      this.#index = blockEnd(this.lines, this.#index, column) - 1;
      return true;
    }
    const mark = line.text.trim()[0]!;
    if (line.indent < column || !/[!-/:-@[-`{-~]/.test(mark)) return false;
    while (this.lines[this.#index + 1]?.text.trim()[0] === mark) this.#index += 1;
    return true;
  }

  /** A line that begins something: markers of lists first, as many as stand there. */
  #construct(line: SourceLine): void {
    let place = line.text.length - line.text.trimStart().length;
    /** Where a field or a footnote begins: its text goes on below at any deeper column. */
    let hanging: number | null = null;
    for (let markers = 0; markers < mostMarkers; markers += 1) {
      const rest = line.text.slice(place);
      // The lines of a line block are words, whatever they look like.
      const verse = lineBlock.exec(rest);
      if (verse !== null) {
        this.#toBlankLine(columnOf(line.text, place));
        return this.visitor.paragraph([rest.slice(verse[0].length)]);
      }
      const name = field.exec(rest);
      const item = bullet.exec(rest) ?? this.#enumerator(rest, columnOf(line.text, place));
      const marker = item ?? name ?? footnote.exec(rest);
      if (marker === null || adornment.test(rest)) break;
      if (name !== null && this.#saysLanguage(line, name[1]!, rest.slice(name[0].length))) return;
      hanging = item === null ? columnOf(line.text, place) : null;
      place += marker[0].length;
      if (place >= line.text.length) return;
    }
    const rest = line.text.slice(place);
    const column = columnOf(line.text, place);
    if (doctest.test(rest)) this.#toBlankLine(-1);
    else if (explicitMarkup.test(rest)) this.#explicit(line, place, column);
    else if (gridTop.test(rest)) this.#table(gridCells(this.lines, this.#index, column));
    else if (simpleTop.test(rest)) this.#table(simpleCells(this.lines, this.#index, column));
    else if (rest === '::' || !(adornment.test(rest) || /^__(?: |$)/.test(rest))) {
      const below = this.lines[this.#index + 1]?.indent ?? -1;
      this.#paragraph = { column: hanging !== null && below > hanging ? below : column, lines: [rest] };
    }
  }

  /** Text that goes on right below, not indented, is a paragraph that only looks like an item. */
  #enumerator(rest: string, column: number): RegExpExecArray | null {
    const next = this.lines[this.#index + 1];
    const goesOn = next !== undefined && next.indent === column && !enumerator.test(next.text.trim());
    return goesOn ? null : enumerator.exec(rest);
  }

  #saysLanguage(line: SourceLine, name: string, value: string): boolean {
    const ofDocument = line.indent === 0 || this.#index < this.#metaEnd;
    if (!ofDocument || !/^lang(?:uage)?$/i.test(name) || !/^[a-z]{2,3}(?:[-_]\w+)*$/i.test(value)) return false;
    this.visitor.language(value.toLowerCase().replaceAll('_', '-'));
    return true;
  }

  /** After `..`: a directive, a definition, or else a comment. */
  #explicit(line: SourceLine, place: number, column: number): void {
    const rest = line.text.slice(place);
    const match = directive.exec(rest);
    if (match !== null) return this.#directive(line, match, place, column);
    const end = blockEnd(this.lines, this.#index, column);
    if (hyperlinkTarget.test(rest)) return this.#toBlankLine(column);
    if (substitution.test(rest)) {
      this.#index = end - 1;
      return;
    }
    const next = this.lines[this.#index + 1];
    // Two dots alone before a blank line end what came before, and hold nothing.
    if (rest === '..' && (next === undefined || next.indent === -1)) return;
    const start = line.start + place;
    let last = end - 1;
    while (last > this.#index && this.lines[last]!.indent === -1) last -= 1;
    const range = { start, end: endOf(this.lines[last]!) };
    this.visitor.comment({ range, text: this.source.slice(start + 2, range.end) });
    this.#index = end - 1;
  }

  #directive(line: SourceLine, match: RegExpExecArray, place: number, column: number): void {
    const [whole, substituted = null, written = ''] = match;
    const name = written.toLowerCase();
    if (name === 'image' || name === 'figure') {
      const { lines, room } = this;
      const found = {
        name,
        substitution: substituted,
        lines,
        index: this.#index,
        dots: place,
        after: place + whole.length,
        room,
      } as const;
      this.visitor.directive(found);
      this.#index = this.#optionsEnd(column) - 1;
    } else if (substituted !== null || isVerbatim(name)) this.#index = blockEnd(this.lines, this.#index, column) - 1;
    else if (line.text.length > place + whole.length) this.#toBlankLine(column);
    else if (name === 'meta') this.#metaEnd = blockEnd(this.lines, this.#index, column);
  }

  /** A figure's caption and legend are read as any text is. */
  #optionsEnd(column: number): number {
    let next = this.#index + 1;
    while (next < this.lines.length && this.lines[next]!.indent > column) next += 1;
    return next;
  }

  /** Over the lines right below that are indented further than `column`. */
  #toBlankLine(column: number): void {
    while ((this.lines[this.#index + 1]?.indent ?? -1) > column) this.#index += 1;
  }

  #table({ cells, end }: { readonly cells: readonly TableCell[]; readonly end: number }): void {
    for (const { lines, room } of cells) {
      if (this.depth < deepest) walkBlocks(lines, this.source, this.visitor, room && this.room, this.depth + 1);
    }
    this.#index = Math.max(this.#index, end - 1);
  }

  #flush(): void {
    if (this.#paragraph !== null) this.visitor.paragraph(this.#paragraph.lines);
    this.#paragraph = null;
  }
}

/** As long as the title, or long enough to be no accident. */
function isUnderline(line: string, title: string): boolean {
  return adornment.test(line) && (line.length >= 4 || line.length >= title.length);
}
