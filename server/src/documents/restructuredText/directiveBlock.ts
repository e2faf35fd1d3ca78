import type { TextRange } from '../imageReference.ts';
import type { FoundDirective } from './blocks.ts';
import { field } from './blockSyntax.ts';
import { blockEnd, columnOf, endOf, type SourceLine } from './sourceLines.ts';

/** `:alt: words`, over as many lines as are indented further than its name. */
export interface DirectiveOption {
  readonly name: string;
  /** From the colon to the end of its last line. */
  readonly range: TextRange;
  /** After the colon that ends the name. */
  readonly valueStart: number;
  /** The words as they stand; empty, at the end of the option, where there are none. */
  readonly value: TextRange;
  /** Where the line before it ends. */
  readonly previousEnd: number;
}

export interface DirectiveBlock {
  readonly argument: TextRange;
  readonly options: readonly DirectiveOption[];
  /** From the two dots to the end of the last option. */
  readonly range: TextRange;
  /** The white space before a further option. */
  readonly indentation: string;
  /** The first paragraph of the content. */
  readonly caption: readonly string[];
}

/** A directive's argument, options and first paragraph; null without an argument. */
export function readDirective(found: FoundDirective, source: string): DirectiveBlock | null {
  const { lines, index, dots, after } = found;
  const first = lines[index]!;
  const column = columnOf(first.text, dots);
  const end = blockEnd(lines, index, column);
  let next = index + 1;
  while (next < end && lines[next]!.indent !== -1 && field.exec(lines[next]!.text.trim()) === null) next += 1;
  const argumentLines = lines.slice(index + 1, next);
  const start =
    after < first.text.length
      ? first.start + after + leadingBlanks(first.text.slice(after))
      : argumentLines[0] && wordsStart(argumentLines[0]);
  if (start === undefined) return null;
  const argument = { start, end: endOf(argumentLines.at(-1) ?? first) };
  const options: DirectiveOption[] = [];
  for (; next < end && lines[next]!.indent !== -1; next += 1) {
    const { option, last } = optionAt(lines, next, end);
    if (option !== null) options.push(option);
    next = last;
  }
  return {
    argument,
    options,
    range: { start: first.start + dots, end: options.at(-1)?.range.end ?? argument.end },
    indentation: indentationOf(options, lines.slice(index + 1, end), source, first.start + dots),
    caption: firstParagraph(lines, next, end),
  };
}

function optionAt(
  lines: readonly SourceLine[],
  index: number,
  end: number,
): { option: DirectiveOption | null; last: number } {
  const line = lines[index]!;
  let last = index;
  while (last + 1 < end && lines[last + 1]!.indent > line.indent) last += 1;
  const match = field.exec(line.text.trim());
  if (match === null) return { option: null, last };
  const start = wordsStart(line);
  const valueStart = start + match[0].trimEnd().length;
  const ownWords = match[0].length < line.text.trim().length;
  const stop = endOf(lines[last]!);
  const wordsAt = ownWords ? start + match[0].length : last > index ? wordsStart(lines[index + 1]!) : stop;
  const previous = lines[index - 1]!;
  const value = { start: wordsAt, end: stop };
  return {
    option: {
      name: match[1]!.toLowerCase(),
      range: { start, end: stop },
      valueStart,
      value,
      previousEnd: endOf(previous),
    },
    last,
  };
}

/** As the other options have it, else the content, else three columns to the right of the dots. */
function indentationOf(
  options: readonly DirectiveOption[],
  block: readonly SourceLine[],
  source: string,
  dots: number,
): string {
  const indented = block.filter(({ indent }) => indent !== -1);
  const shallowest = indented.reduce<SourceLine | null>(
    (least, line) => (least === null || line.indent < least.indent ? line : least),
    null,
  );
  const place = options[0]?.range.start ?? (shallowest === null ? null : wordsStart(shallowest));
  const before = (offset: number): string =>
    source.slice(source.lastIndexOf('\n', offset - 1) + 1, offset).replace(/\S/g, ' ');
  return place === null ? `${before(dots)}   ` : before(place);
}

function firstParagraph(lines: readonly SourceLine[], from: number, end: number): string[] {
  let next = from;
  while (next < end && lines[next]!.indent === -1) next += 1;
  const words: string[] = [];
  for (; next < end && lines[next]!.indent !== -1; next += 1) words.push(lines[next]!.text.trim());
  return words[0] === '..' ? [] : words;
}

function wordsStart(line: SourceLine): number {
  return line.start + leadingBlanks(line.text);
}

function leadingBlanks(text: string): number {
  return text.length - text.trimStart().length;
}
