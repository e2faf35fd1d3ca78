import { readFileSync } from 'node:fs';
import type {
  ImageReference,
  ImageTarget,
  ReferenceKind,
  TextEdit,
} from '../../server/src/documents/imageReference.ts';
import { locateImage } from '../../server/src/documents/locate.ts';
import { createLocateWorld } from '../../server/src/documents/locateWorld.ts';
import { memoryFileSystem } from './memoryFileSystem.ts';

/** `test/fixtures/cases/README.md` says what each field means. */
export interface ReferenceCase {
  readonly id: string;
  readonly languageId: string;
  readonly file: string;
  readonly text: string;
  readonly files: readonly string[];
  readonly references: readonly ExpectedReference[];
  readonly insertAlt?: { readonly reference: number; readonly caption: string; readonly result: string };
}

export interface ExpectedReference {
  readonly start: number;
  readonly end: number;
  readonly targetStart: number;
  readonly targetEnd: number;
  readonly target: string | null;
  readonly alt: string | null;
  readonly dynamicAlt?: boolean;
  readonly kind: ReferenceKind;
  readonly others?: readonly ExpectedTarget[];
}

interface ExpectedTarget {
  readonly target: string | null;
  readonly start: number;
  readonly end: number;
}

export function readReferenceCases(): ReferenceCase[] {
  return readCases('cases');
}

/** Variations of those cases, in the same form: other quoting, nesting, escapes, encodings, captions. */
export function readMoreReferenceCases(): ReferenceCase[] {
  return readCases('more-cases');
}

function readCases(folder: 'cases' | 'more-cases'): ReferenceCase[] {
  const file = new URL(`../fixtures/${folder}/references.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as ReferenceCase[];
}

/** The fields of the case file, every one of them spelt out, for what a parser found. */
export async function describe(
  references: readonly ImageReference[],
  { file, files }: Pick<ReferenceCase, 'file' | 'files'>,
): Promise<Required<ExpectedReference>[]> {
  const target = targetNames(file, files);
  const described: Required<ExpectedReference>[] = [];
  for (const reference of references) {
    const others: ExpectedTarget[] = [];
    for (const other of reference.others) others.push({ target: await target(other), ...other.range });
    described.push({
      start: reference.range.start,
      end: reference.range.end,
      targetStart: reference.target.range.start,
      targetEnd: reference.target.range.end,
      target: await target(reference.target),
      alt: reference.alt,
      dynamicAlt: reference.dynamicAlt,
      kind: reference.kind,
      others,
    });
  }
  return described;
}

/** Target → path relative to the workspace's root, or the URL as written, as `target` is given in the cases. */
function targetNames(file: string, files: readonly string[]): (target: ImageTarget) => Promise<string | null> {
  const disk = memoryFileSystem(Object.fromEntries(files.map((path) => [`/w/${path}`, 'x'])));
  const world = createLocateWorld(disk, ['/w'], []);
  const relative = (path: string | undefined): string | null => path?.replace(/^\/w\//, '') ?? null;
  return async (target) => {
    const found = await locateImage(target, `/w/${file}`, world);
    if (found.kind === 'file') return relative(found.path);
    if (found.kind === 'missing' && found.candidates.length > 0) return relative(found.candidates[0]);
    return target.written;
  };
}

export function spelledOut(expected: readonly ExpectedReference[]): Required<ExpectedReference>[] {
  return expected.map(({ dynamicAlt = false, others = [], ...reference }) => ({
    ...reference,
    dynamicAlt,
    others: others.map(({ target, start, end }) => ({ target, start, end })),
  }));
}

export function applyEdit(text: string, edit: TextEdit): string {
  return text.slice(0, edit.range.start) + edit.newText + text.slice(edit.range.end);
}
