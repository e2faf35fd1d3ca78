import { posix } from 'node:path';

/** Absolute paths with `/`, the same on every system, so that what a test shows on one holds on the others. */

const drive = /^[A-Za-z]:(?=$|\/)/;

/** A path as the system gives it, with `/` and no `.`, `..` or trailing slash left in it. */
export function normalPath(path: string): string {
  const slashed = path.replaceAll('\\', '/');
  // Two slashes at the front name another machine (`//wsl.localhost/…`); node:path would make them one.
  const host = /^\/\/(?=[^/])/.test(slashed) ? '/' : '';
  const normal = posix.normalize(slashed);
  return (
    host + (normal.length > 1 && normal.endsWith('/') && !/^[A-Za-z]:\/$/.test(normal) ? normal.slice(0, -1) : normal)
  );
}

export function isAbsolutePath(path: string): boolean {
  return path.startsWith('/') || drive.test(path);
}

/** `folder` + a relative path; null where `..` would climb above the disk's root. */
export function joinPath(folder: string, relative: string): string | null {
  const host = folder.startsWith('//') ? '/' : '';
  const joined = posix.join(folder, relative);
  if (drive.test(folder) && !drive.test(joined)) return null;
  return host + (joined.length > 1 && joined.endsWith('/') ? joined.slice(0, -1) : joined);
}

export function parentFolder(path: string): string {
  if (/^[A-Za-z]:\/?$/.test(path)) return path;
  const parent = posix.dirname(path);
  if (/^[A-Za-z]:$/.test(parent)) return `${parent}/`;
  return path.startsWith('//') && !parent.startsWith('//') ? `/${parent}` : parent;
}

/** Whether `path` lies in `folder` or is it. The drive's letter may be in either case. */
export function isWithin(folder: string, path: string): boolean {
  const sameDrive = (name: string): string => name.replace(drive, (letter) => letter.toLowerCase());
  const outer = sameDrive(folder);
  const inner = sameDrive(path);
  return inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
}

/** The folder, its parent …, up to `top` where that holds it, else up to the disk's root. */
export function foldersUpTo(folder: string, top: string | null): string[] {
  const folders: string[] = [];
  for (let current = folder; ; current = parentFolder(current)) {
    folders.push(current);
    if (current === top || current === parentFolder(current)) return folders;
  }
}
