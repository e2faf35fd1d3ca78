import { caseOnDisk } from './caseOnDisk.ts';
import { isWithin, normalPath, parentFolder } from './filePath.ts';
import type { FileSystem } from './fileSystem.ts';
import type { ImageTarget } from './imageReference.ts';
import type { LocatedImage } from './locatedImage.ts';
import type { LocateWorld } from './locateWorld.ts';
import { places } from './targetPlaces.ts';
import { readTarget } from './targetSpelling.ts';

/** Where misspelt names are looked for: the first places are those a person meant. */
const placesCheckedForCase = 8;

/**
 * Reference's target → picture. `documentPath` is absolute; null for a document that is not on disk. Asks nothing of the
 * network, opens no picture; never throws but for the signal.
 */
export async function locateImage(
  target: ImageTarget,
  documentPath: string | null,
  world: LocateWorld,
  signal?: AbortSignal,
): Promise<LocatedImage> {
  if (target.data !== undefined) return { kind: 'data', url: target.data };
  if (target.written === null) return { kind: 'unknown' };
  if (target.resolution === 'attachment') return { kind: 'missing', candidates: [], otherCase: null };
  const read = readTarget(target.written, target.resolution);
  if (read.kind !== 'path') return read;
  const remote = remoteByPrefix(read.spellings[0] ?? '', target);
  if (remote !== null) return { kind: 'remote', url: remote };

  const document = documentPath === null ? null : normalPath(documentPath);
  const roots = rootsFor(document, world.workspaceRoots);
  const perSpelling: string[][] = [];
  let certain = false;
  for (const spelling of read.spellings) {
    const found = read.onDisk
      ? { paths: [normalPath(spelling)], certain: true }
      : await places(spelling, target, document, roots, world, signal);
    certain ||= found.certain;
    perSpelling.push(found.paths);
  }
  // The best place in every spelling comes before the second place in any.
  const candidates = [...new Set(perSpelling[0])];
  const most = Math.max(...perSpelling.map((paths) => paths.length));
  const tried = new Set<string>();
  for (let place = 0; place < most; place += 1) {
    for (const path of perSpelling.flatMap((paths) => paths[place] ?? [])) {
      signal?.throwIfAborted();
      if (tried.has(path)) continue;
      tried.add(path);
      if ((await world.fileSystem.stat(path))?.kind !== 'file') continue;
      return { kind: 'file', path, candidates, otherCase: await forgivenCase(path, roots, world.fileSystem) };
    }
  }
  if (!certain || candidates.length === 0) return { kind: 'unknown' };
  return { kind: 'missing', candidates, otherCase: await misspeltCase(candidates, roots, world.fileSystem) };
}

/** The workspace folder that holds the document first, the innermost of several; the document's own where none does. */
function rootsFor(document: string | null, workspaceRoots: readonly string[]): string[] {
  if (document === null) return [...workspaceRoots];
  const holding = workspaceRoots.filter((root) => isWithin(root, document)).toSorted((a, b) => b.length - a.length);
  const others = workspaceRoots.filter((root) => !holding.includes(root));
  const roots = [...holding, ...others];
  return roots.length > 0 ? roots : [parentFolder(document)];
}

/** `<base href="https://…">`, `:imagesdir: https://…`: the target is not on this machine. */
function remoteByPrefix(path: string, target: ImageTarget): string | null {
  const prefix = target.prefixes?.find((candidate) => /^(?:https?:)?\/\//i.test(candidate));
  if (prefix === undefined || /^[A-Za-z]:\//.test(path)) return null;
  const full = prefix.startsWith('//') ? `https:${prefix}` : prefix;
  return URL.canParse(target.written ?? '', full) ? new URL(target.written ?? '', full).href : prefix;
}

/** On a disk that forgives case: the name as it is really spelt, where that is another. */
async function forgivenCase(path: string, roots: readonly string[], fileSystem: FileSystem): Promise<string | null> {
  if (fileSystem.caseSensitive) return null;
  const top = roots.find((root) => isWithin(root, path)) ?? parentFolder(path);
  const spelt = await caseOnDisk(path, top, fileSystem);
  return spelt === null || spelt.normalize('NFC') === path.normalize('NFC') ? null : spelt;
}

async function misspeltCase(
  candidates: readonly string[],
  roots: readonly string[],
  fileSystem: FileSystem,
): Promise<string | null> {
  for (const path of candidates.slice(0, placesCheckedForCase)) {
    const top = roots.find((root) => isWithin(root, path)) ?? parentFolder(path);
    const spelt = await caseOnDisk(path, top, fileSystem);
    if (spelt !== null && spelt !== path && (await fileSystem.stat(spelt))?.kind === 'file') return spelt;
  }
  return null;
}
