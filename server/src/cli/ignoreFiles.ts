import { readFile } from 'node:fs/promises';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** Each folder may have both; what either ignores is left out. */
const names = ['.gitignore', '.image-captionerignore'] as const;

/** Never entered, whatever the ignore files say. */
const neverEntered: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', 'node_modules']);

interface Rules {
  readonly folder: string;
  readonly matcher: Ignore;
}

/** Which files `.gitignore`, `.image-captionerignore` and the setting `exclude` leave out. Reads each ignore file once. */
export class IgnoreFiles {
  readonly #byFolder = new Map<string, Promise<Rules | null>>();
  readonly #exclude: Rules;

  /** @param exclude patterns as in .gitignore, relative to `root` */
  constructor(root: string, exclude: readonly string[]) {
    this.#exclude = { folder: root, matcher: ignore().add([...exclude]) };
  }

  /**
   * Whether a path is left out. Ignore files count from `top` down to the path's own folder, as git reads them: a later
   * one can take back what an earlier one said.
   */
  async ignores(file: string, isFolder: boolean, top: string): Promise<boolean> {
    if (
      path
        .relative(top, file)
        .split(path.sep)
        .some((segment) => neverEntered.has(segment))
    )
      return true;
    if (decides(this.#exclude, file, isFolder) === 'ignored') return true;
    let ignored = false;
    for (const folder of foldersBetween(top, path.dirname(file))) {
      const rules = await this.#rulesOf(folder);
      const verdict = rules === null ? 'silent' : decides(rules, file, isFolder);
      if (verdict !== 'silent') ignored = verdict === 'ignored';
    }
    return ignored;
  }

  #rulesOf(folder: string): Promise<Rules | null> {
    let rules = this.#byFolder.get(folder);
    if (rules === undefined) {
      rules = readRules(folder);
      this.#byFolder.set(folder, rules);
    }
    return rules;
  }
}

async function readRules(folder: string): Promise<Rules | null> {
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8').catch(() => null)));
  const found = texts.filter((text) => text !== null);
  if (found.length === 0) return null;
  return { folder, matcher: ignore().add(found.join('\n')) };
}

function decides({ folder, matcher }: Rules, file: string, isFolder: boolean): 'ignored' | 'taken' | 'silent' {
  const relative = path.relative(folder, file).split(path.sep).join('/');
  if (relative === '' || relative.startsWith('../') || path.isAbsolute(relative)) return 'silent';
  const { ignored, unignored } = matcher.test(isFolder ? `${relative}/` : relative);
  if (ignored) return 'ignored';
  return unignored ? 'taken' : 'silent';
}

/** `top`, … , `folder`; empty where `folder` lies elsewhere. */
function foldersBetween(top: string, folder: string): string[] {
  const relative = path.relative(top, folder);
  if (relative.startsWith('..') || path.isAbsolute(relative)) return [];
  const segments = relative === '' ? [] : relative.split(path.sep);
  return [top, ...segments.map((_, index) => path.join(top, ...segments.slice(0, index + 1)))];
}
