import stripJsonComments from 'strip-json-comments';
import * as v from 'valibot';
import { foldersUpTo, isAbsolutePath, joinPath, normalPath, parentFolder } from './filePath.ts';
import type { FileSystem } from './fileSystem.ts';

/**
 * Import specifiers that are not relative, by `compilerOptions.paths` and `baseUrl` of the nearest tsconfig.json or
 * jsconfig.json (https://www.typescriptlang.org/docs/handbook/modules/reference.html#paths).
 */
export interface ModuleAliases {
  /** Files that `specifier` may stand for; folders are searched upwards from the document's to `root` or the disk's. */
  candidates(specifier: string, documentFolder: string, root: string | null): Promise<AliasCandidates>;
  /** After a configuration file has changed. */
  forget(): void;
}

export interface AliasCandidates {
  /** By a pattern of `paths`, best first: it can be nothing else. */
  readonly byPattern: readonly string[];
  /** By `baseUrl`, unless it is a package's name. */
  readonly byBase: readonly string[];
}

interface CompilerPaths {
  readonly baseUrl: string | null;
  /** Absolute folder that `patterns`' values are relative to. */
  readonly pathsFolder: string | null;
  readonly patterns: Readonly<Record<string, readonly string[]>> | null;
  /** Further configurations, absolute (a solution's `references`). */
  readonly references: readonly string[];
}

const configuration = v.object({
  extends: v.optional(v.union([v.string(), v.array(v.string())])),
  compilerOptions: v.optional(
    v.object({ baseUrl: v.optional(v.string()), paths: v.optional(v.record(v.string(), v.array(v.string()))) }),
  ),
  references: v.optional(v.array(v.object({ path: v.string() }))),
});

/** Deep enough for any honest chain of `extends`; ends a circular one. */
const deepestExtends = 16;

export function createModuleAliases(fileSystem: FileSystem): ModuleAliases {
  const byFolder = new Map<string, Promise<readonly CompilerPaths[]>>();

  async function read(path: string, configFolder: string, depth: number): Promise<CompilerPaths | null> {
    const text = await fileSystem.readText(path);
    if (text === null || depth > deepestExtends) return null;
    const parsed = v.safeParse(configuration, parseJsonWithComments(text));
    if (!parsed.success) return null;
    const folder = parentFolder(path);
    const place = (written: string): string | null => {
      const filled = written.replaceAll('${configDir}', configFolder);
      return isAbsolutePath(filled) ? normalPath(filled) : joinPath(folder, normalPath(filled));
    };
    let inherited: CompilerPaths = { baseUrl: null, pathsFolder: null, patterns: null, references: [] };
    for (const base of [parsed.output.extends ?? []].flat()) {
      const found = await readBase(base, folder, configFolder, depth + 1);
      if (found !== null) {
        inherited = {
          baseUrl: found.baseUrl ?? inherited.baseUrl,
          pathsFolder: found.patterns === null ? inherited.pathsFolder : found.pathsFolder,
          patterns: found.patterns ?? inherited.patterns,
          references: [],
        };
      }
    }
    const own = parsed.output.compilerOptions ?? {};
    const baseUrl = own.baseUrl === undefined ? inherited.baseUrl : place(own.baseUrl);
    const patterns = own.paths ?? inherited.patterns;
    const ownFolder = own.paths === undefined ? inherited.pathsFolder : folder;
    const references = (parsed.output.references ?? []).map(({ path: reference }) => place(reference));
    return {
      baseUrl,
      patterns: patterns && fillConfigFolder(patterns, configFolder),
      pathsFolder: baseUrl ?? ownFolder,
      references: references.filter((reference) => reference !== null),
    };
  }

  async function readBase(
    base: string,
    folder: string,
    configFolder: string,
    depth: number,
  ): Promise<CompilerPaths | null> {
    const relative = /^\.{1,2}(\/|$)/.test(base) || isAbsolutePath(base);
    const bases = relative
      ? [isAbsolutePath(base) ? base : joinPath(folder, base)]
      : foldersUpTo(folder, null).map((parent) => joinPath(parent, `node_modules/${base}`));
    for (const candidate of bases.filter((path) => path !== null)) {
      for (const path of [candidate, `${candidate}.json`, `${candidate}/tsconfig.json`]) {
        if ((await fileSystem.stat(path))?.kind === 'file') return read(path, configFolder, depth);
      }
    }
    return null;
  }

  async function readFolder(folder: string): Promise<readonly CompilerPaths[]> {
    for (const name of ['tsconfig.json', 'jsconfig.json']) {
      const main = await read(joinPath(folder, name) ?? name, folder, 0);
      if (main === null) continue;
      const referenced: CompilerPaths[] = [];
      for (const reference of main.references) {
        const path = reference.endsWith('.json') ? reference : `${reference}/tsconfig.json`;
        const found = await read(path, parentFolder(path), 0);
        if (found !== null) referenced.push(found);
      }
      return [main, ...referenced];
    }
    return [];
  }

  function configurations(folder: string): Promise<readonly CompilerPaths[]> {
    const known = byFolder.get(folder) ?? readFolder(folder);
    byFolder.set(folder, known);
    return known;
  }

  return {
    async candidates(specifier, documentFolder, root) {
      for (const folder of foldersUpTo(documentFolder, root)) {
        const found = await configurations(folder);
        const byPattern = found.flatMap((paths) => patternMatches(specifier, paths));
        const byBase = found.flatMap(({ baseUrl }) => (baseUrl === null ? [] : [joinPath(baseUrl, specifier)]));
        if (byPattern.length > 0 || byBase.length > 0)
          return { byPattern, byBase: byBase.filter((path) => path !== null) };
      }
      return { byPattern: [], byBase: [] };
    },
    forget: () => byFolder.clear(),
  };
}

function parseJsonWithComments(text: string): unknown {
  try {
    return JSON.parse(stripJsonComments(text.replace(/^\uFEFF/, ''), { trailingCommas: true }));
  } catch {
    return null;
  }
}

function fillConfigFolder(
  patterns: Readonly<Record<string, readonly string[]>>,
  folder: string,
): Record<string, string[]> {
  const filled = Object.entries(patterns).map(
    ([pattern, targets]) => [pattern, targets.map((target) => target.replaceAll('${configDir}', folder))] as const,
  );
  return Object.fromEntries(filled);
}

/** The pattern with the longest part before its `*` wins, as in TypeScript. */
function patternMatches(specifier: string, paths: CompilerPaths): string[] {
  const fitting = Object.entries(paths.patterns ?? {})
    .map(([pattern, targets]) => ({ star: starOf(pattern, specifier), prefix: prefixLength(pattern), targets }))
    .filter(({ star }) => star !== null)
    .toSorted((a, b) => b.prefix - a.prefix);
  const best = fitting[0];
  const folder = paths.pathsFolder;
  if (best === undefined || folder === null) return [];
  const found = best.targets.map((target) => {
    const filled = normalPath(target.replace('*', () => best.star ?? ''));
    return isAbsolutePath(filled) ? filled : joinPath(folder, filled);
  });
  return found.filter((path) => path !== null);
}

/** A pattern without `*` is more particular than any with one. */
function prefixLength(pattern: string): number {
  const star = pattern.indexOf('*');
  return star === -1 ? Number.POSITIVE_INFINITY : star;
}

/** What the pattern's `*` stands for in the specifier; null where the pattern does not fit. */
function starOf(pattern: string, specifier: string): string | null {
  const star = pattern.indexOf('*');
  if (star === -1) return pattern === specifier ? '' : null;
  const before = pattern.slice(0, star);
  const after = pattern.slice(star + 1);
  const fits =
    specifier.length >= before.length + after.length && specifier.startsWith(before) && specifier.endsWith(after);
  return fits ? specifier.slice(before.length, specifier.length - after.length) : null;
}
