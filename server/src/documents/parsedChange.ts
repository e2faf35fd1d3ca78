/** What an edit changed of what is known of a document, so that of 500 pictures one crosses from thread to thread. */
import type { DocumentComment, ImageReference, ParsedDocument, TextEdit, TextRange } from './imageReference.ts';
import { movedReference, referenceEnd } from './movedReference.ts';

/** So many of a list's first items, and of its last, are as they were; the edit has moved them. */
export interface ListChange<Item> {
  readonly first: number;
  readonly last: number;
  readonly between: readonly Item[];
}

export interface ParsedChange extends Pick<ParsedDocument, 'declaredLanguage' | 'prose'> {
  readonly references: ListChange<ImageReference>;
  readonly comments: ListChange<DocumentComment>;
}

export function parsedChange(was: ParsedDocument, is: ParsedDocument, edit: TextEdit): ParsedChange {
  return {
    references: listChange(was.references, is.references, edit),
    comments: listChange(was.comments, is.comments, edit),
    declaredLanguage: is.declaredLanguage,
    prose: is.prose,
  };
}

export function withParsedChange(was: ParsedDocument, change: ParsedChange, edit: TextEdit): ParsedDocument {
  const range = (each: TextRange): TextRange => movedRange(each, edit);
  const { start } = edit.range;
  const reference = (each: ImageReference): ImageReference =>
    referenceEnd(each) < start ? each : movedReference(each, range);
  const comment = (each: DocumentComment): DocumentComment =>
    each.range.end < start ? each : { ...each, range: range(each.range) };
  return {
    references: withListChange(was.references, change.references, reference),
    comments: withListChange(was.comments, change.comments, comment),
    declaredLanguage: change.declaredLanguage,
    prose: change.prose,
  };
}

function listChange<Item>(was: readonly Item[], is: readonly Item[], edit: TextEdit): ListChange<Item> {
  const most = Math.min(was.length, is.length);
  let first = 0;
  while (first < most && isMoved(was[first], is[first], edit)) first++;
  let last = 0;
  while (last < most - first && isMoved(was.at(-1 - last), is.at(-1 - last), edit)) last++;
  return { first, last, between: is.slice(first, is.length - last) };
}

function withListChange<Item>(
  was: readonly Item[],
  { first, last, between }: ListChange<Item>,
  moved: (item: Item) => Item,
): Item[] {
  return [...was.slice(0, first).map(moved), ...between, ...was.slice(was.length - last).map(moved)];
}

/** Whether plain data is the same but for its ranges, which the edit has moved. */
function isMoved(was: unknown, is: unknown, edit: TextEdit): boolean {
  if (!isObject(was) || !isObject(is)) return was === is;
  if (isRange(was) && isRange(is)) {
    const { start, end } = movedRange(was, edit);
    return start === is.start && end === is.end;
  }
  const keys = Object.keys(was);
  return keys.length === Object.keys(is).length && keys.every((key) => key in is && isMoved(was[key], is[key], edit));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isRange(value: object): value is TextRange {
  return 'start' in value && 'end' in value;
}

/** What is written where a range starts or ends stands outside it. No number where the edit took the place away. */
function movedRange(range: TextRange, edit: TextEdit): TextRange {
  const { start, end } = edit.range;
  const by = edit.newText.length - (end - start);
  return {
    start: range.start >= end ? range.start + by : range.start < start ? range.start : NaN,
    end: range.end <= start ? range.end : range.end >= end ? range.end + by : NaN,
  };
}
