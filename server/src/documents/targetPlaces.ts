import { foldersUpTo, isAbsolutePath, isWithin, joinPath, normalPath, parentFolder } from './filePath.ts';
import type { ImageTarget } from './imageReference.ts';
import type { LocateWorld } from './locateWorld.ts';
import { percentDecoded } from './targetSpelling.ts';

/** Where one spelling of a target may be, best first. */
export interface Places {
  readonly paths: string[];
  /** False where a tool's own configuration decides: then only a file that exists is an answer. */
  readonly certain: boolean;
}

/** `roots`: the document's own workspace folder first. */
export async function places(
  spelling: string,
  target: ImageTarget,
  document: string | null,
  roots: readonly string[],
  world: LocateWorld,
  signal: AbortSignal | undefined,
): Promise<Places> {
  const folder = document === null ? null : parentFolder(document);
  const bare = !isAbsolutePath(spelling) && !/^\.{1,2}(?:\/|$)/.test(spelling);
  if (target.resolution === 'module' && bare) return modulePlaces(spelling, folder, roots, world);
  const found = isAbsolutePath(spelling)
    ? rootedPlaces(spelling, target, folder, roots, world.imageRoots)
    : relativePlaces(spelling, target, folder, roots, world.imageRoots);
  if (bare && target.resolution === 'url') {
    const aliases = await world.aliases.candidates(spelling, folder ?? roots[0] ?? '/', rootHolding(folder, roots));
    found.push(...aliases.byPattern, ...conventional(spelling, folder, roots));
  }
  if (target.resolution === 'wiki') found.push(...(await vaultPlaces(spelling, folder, roots, world, signal)));
  return { paths: withExtensions(found, target.extensions ?? []), certain: true };
}

/** `/x`: in the workspace's root, then `public/`, then `static/`, then the setting's folders; root after root. */
function rootedPlaces(
  path: string,
  target: ImageTarget,
  folder: string | null,
  roots: readonly string[],
  imageRoots: readonly string[],
): string[] {
  if (!path.startsWith('/')) return [normalPath(path)];
  const below = roots.flatMap((root) => [
    joinPath(root, path.slice(1)),
    joinPath(root, `public${path}`),
    joinPath(root, `static${path}`),
    ...imageRoots.map((imageRoot) => underImageRoot(root, imageRoot, path.slice(1))),
  ]);
  const packages = packageFolders(folder, roots).flatMap((inner) => [
    joinPath(inner, `public${path}`),
    joinPath(inner, `static${path}`),
  ]);
  const found = [...below, ...packages].filter((place) => place !== null);
  const absolute = normalPath(path);
  if (roots.some((root) => isWithin(root, absolute))) return [absolute, ...found];
  return target.resolution === 'path' ? [...found, absolute] : found;
}

/** Beside the document, after the prefixes; a name without `./` also from the root and the public folders. */
function relativePlaces(
  path: string,
  target: ImageTarget,
  folder: string | null,
  roots: readonly string[],
  imageRoots: readonly string[],
): string[] {
  const found: (string | null)[] = [];
  for (const prefix of target.prefixes ?? []) {
    const plain = normalPath(target.resolution === 'url' ? baseFolder(prefix) : prefix);
    if (isAbsolutePath(plain)) {
      found.push(...rootedPlaces(joinPath(plain, path) ?? path, target, folder, roots, imageRoots));
    } else if (folder !== null) found.push(joinPath(joinPath(folder, plain) ?? folder, path));
  }
  if (folder !== null) found.push(joinPath(folder, path));
  if (!path.startsWith('./') && !path.startsWith('../')) {
    for (const root of roots) {
      found.push(joinPath(root, path), joinPath(root, `public/${path}`), joinPath(root, `static/${path}`));
      found.push(...imageRoots.map((imageRoot) => underImageRoot(root, imageRoot, path)));
    }
  }
  return found.filter((place) => place !== null);
}

/** Of a base URL's path what stands before its last `/`. */
function baseFolder(prefix: string): string {
  const path = percentDecoded(prefix.replace(/[?#].*$/s, ''));
  return /(?:^|\/)\.{1,2}$/.test(path) ? path : path.slice(0, path.lastIndexOf('/') + 1);
}

/** An import's bare specifier: an alias, a folder that tools agree on, a package. */
async function modulePlaces(
  specifier: string,
  folder: string | null,
  roots: readonly string[],
  world: LocateWorld,
): Promise<Places> {
  const start = folder ?? roots[0] ?? '/';
  const top = rootHolding(start, roots);
  const aliases = await world.aliases.candidates(specifier, start, top);
  const packaged = specifier.replace(/^~(?!\/)/, '');
  const installed = foldersUpTo(start, top).map((parent) => joinPath(parent, `node_modules/${packaged}`));
  const paths = [...aliases.byPattern, ...aliases.byBase, ...conventional(specifier, folder, roots), ...installed];
  return { paths: paths.filter((path) => path !== null), certain: aliases.byPattern.length > 0 };
}

/** What bundlers' templates set up in a configuration that is itself a program. */
const conventionalAliases: readonly (readonly [prefix: string, folders: readonly string[]])[] = [
  ['@/', ['src', '.', 'app']],
  ['~/', ['src', '.', 'app']],
  ['@@/', ['.']],
  ['~~/', ['.']],
  ['@site/', ['.']],
  ['$lib/', ['src/lib']],
];

function conventional(specifier: string, folder: string | null, roots: readonly string[]): string[] {
  const alias = conventionalAliases.find(([prefix]) => specifier.startsWith(prefix));
  if (alias === undefined) return [];
  const [prefix, folders] = alias;
  const start = folder ?? roots[0] ?? '/';
  const found = foldersUpTo(start, rootHolding(start, roots)).flatMap((parent) =>
    folders.map((inner) => joinPath(parent, `${inner}/${specifier.slice(prefix.length)}`)),
  );
  return found.filter((path) => path !== null);
}

/** Obsidian: any file of the vault whose path ends so; those beside or below the document first, then the shortest. */
async function vaultPlaces(
  path: string,
  folder: string | null,
  roots: readonly string[],
  world: LocateWorld,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const found: string[] = [];
  for (const root of roots) {
    const ending = path.replace(/^(?:\.{0,2}\/)+/, '');
    const inVault = await world.names.endingWith(ending, root, signal);
    const far = (place: string): number => (folder !== null && isWithin(folder, place) ? 0 : 1);
    found.push(...inVault.toSorted((a, b) => far(a) - far(b) || a.length - b.length || (a < b ? -1 : 1)));
  }
  return found;
}

/** In a repository of several packages each has its own `public/`: the folders between the document and its root. */
function packageFolders(folder: string | null, roots: readonly string[]): string[] {
  const root = rootHolding(folder, roots);
  return folder === null || root === null ? [] : foldersUpTo(folder, root).filter((inner) => inner !== root);
}

function rootHolding(folder: string | null, roots: readonly string[]): string | null {
  return folder === null ? null : (roots.find((root) => isWithin(root, folder)) ?? null);
}

function underImageRoot(root: string, imageRoot: string, path: string): string | null {
  return joinPath(isAbsolutePath(imageRoot) ? imageRoot : (joinPath(root, imageRoot) ?? root), path);
}

/** As written, then with each ending. */
function withExtensions(paths: readonly string[], extensions: readonly string[]): string[] {
  return paths.flatMap((path) => [path, ...extensions.map((extension) => path + extension)]);
}
