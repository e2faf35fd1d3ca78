import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import type { CommandIo } from './commandIo.ts';
import { IgnoreFiles } from './ignoreFiles.ts';

export interface FileArgument {
  /** As given, with `/`: what results and messages call it. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

export interface FoundFiles {
  readonly files: readonly FileArgument[];
  /** The folders among the arguments, absolute. */
  readonly folders: readonly string[];
  /** Arguments that name nothing, in sentences. */
  readonly failures: readonly string[];
}

/** What listing needs of a command's world. */
type Listing = Pick<CommandIo, 'cwd' | 'stdin' | 'signal'>;

/** Which files count, and what is left out of folders and globs. */
export interface FileChoice {
  /** Of the files in folders: those that are looked into. A file named itself always is. */
  readonly accepts: (path: string) => boolean;
  readonly exclude: readonly string[];
  /** What `exclude` is relative to; absolute. */
  readonly excludeRoot: string;
  /** A file that is named twice comes twice, so that each name has its answer; else each file comes once. */
  readonly repeats?: boolean;
}

/**
 * FILE, FOLDER, GLOB, or `-` for a list of files on stdin (a line each, or separated by NUL) → files, in the order of
 * the arguments and by name within a folder.
 */
export async function findFiles(args: readonly string[], choice: FileChoice, io: Listing): Promise<FoundFiles> {
  const ignoreFiles = new IgnoreFiles(choice.excludeRoot, choice.exclude);
  const files: FileArgument[] = [];
  const seen = new Set<string>();
  const folders: string[] = [];
  const failures: string[] = [];
  const add = (name: string, named: boolean): void => {
    const file = path.resolve(io.cwd, name);
    if (seen.has(file) && !(named && choice.repeats === true)) return;
    seen.add(file);
    files.push({ name: slashed(name), path: file });
  };
  for (const arg of args) {
    io.signal.throwIfAborted();
    if (arg === '-') for (const name of listed(await io.stdin())) add(name, true);
    else if (await isFolder(path.resolve(io.cwd, arg))) {
      folders.push(path.resolve(io.cwd, arg));
      for (const name of await filesBelow(arg, choice, ignoreFiles, failures, io)) add(name, false);
    } else if (!existsSync(path.resolve(io.cwd, arg)) && isDynamicPattern(arg)) {
      const names = await matches(arg, ignoreFiles, io);
      if (names.length === 0) failures.push(`${arg}: no file matches this pattern.`);
      for (const name of names) add(name, false);
    } else add(arg, true);
  }
  return { files, folders, failures };
}

function listed(text: string): string[] {
  const separator = text.includes('\0') ? '\0' : /\r?\n/u;
  return text.split(separator).filter((line) => line.trim() !== '');
}

async function isFolder(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null))?.isDirectory() === true;
}

async function filesBelow(
  arg: string,
  choice: FileChoice,
  ignoreFiles: IgnoreFiles,
  failures: string[],
  io: Listing,
): Promise<string[]> {
  const start = path.resolve(io.cwd, arg);
  const outermost = outermostFolder(start, io.cwd);
  // Whoever names an ignored folder means it: then only what is ignored within it is left out.
  const top = (await ignoreFiles.ignores(start, true, outermost)) ? start : outermost;
  const shown = slashed(arg).replace(/(?<=.)\/+$/u, '');
  const prefix = shown === '.' ? '' : shown.endsWith('/') ? shown : `${shown}/`;
  const names: string[] = [];
  const walk = async (folder: string, relative: string): Promise<void> => {
    io.signal.throwIfAborted();
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      failures.push(`${prefix}${relative}: the folder cannot be read (${error.code ?? error.message}).`);
      return [];
    });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const file = path.join(folder, entry.name);
      const name = `${relative}${entry.name}`;
      // Links to folders are not followed: they may lead in a circle.
      const asFile = entry.isFile() || (entry.isSymbolicLink() && !(await isFolder(file)));
      if (!entry.isDirectory() && !(asFile && choice.accepts(file))) continue;
      if (await ignoreFiles.ignores(file, entry.isDirectory(), top)) continue;
      if (entry.isDirectory()) await walk(file, `${name}/`);
      else names.push(`${prefix}${name}`);
    }
  };
  await walk(start, '');
  return names;
}

async function matches(pattern: string, ignoreFiles: IgnoreFiles, io: Listing): Promise<string[]> {
  const never = ['**/.git/**', '**/node_modules/**'];
  const options = { cwd: io.cwd, dot: true, ignore: never, followSymbolicLinks: false, expandDirectories: false };
  const found = await glob(slashed(pattern), { ...options, signal: io.signal });
  const names: string[] = [];
  for (const name of found.toSorted()) {
    const file = path.resolve(io.cwd, name);
    if (!(await ignoredWithFolders(file, ignoreFiles, io.cwd))) names.push(path.isAbsolute(pattern) ? file : name);
  }
  return names;
}

async function ignoredWithFolders(file: string, ignoreFiles: IgnoreFiles, cwd: string): Promise<boolean> {
  const top = outermostFolder(path.dirname(file), cwd);
  const segments = path.relative(top, file).split(path.sep);
  for (let count = 1; count <= segments.length; count += 1) {
    const part = path.join(top, ...segments.slice(0, count));
    if (await ignoreFiles.ignores(part, count < segments.length, top)) return true;
  }
  return false;
}

/** From where ignore files count: the repository's folder or the current one, whichever is further out. */
function outermostFolder(folder: string, cwd: string): string {
  const relative = path.relative(cwd, folder);
  const current = relative.startsWith('..') || path.isAbsolute(relative) ? folder : cwd;
  const repository = repositoryOf(folder) ?? folder;
  return repository.length < current.length ? repository : current;
}

/** The folder with `.git` at or above this one. */
export function repositoryOf(folder: string): string | null {
  for (let current = folder; ; current = path.dirname(current)) {
    if (existsSync(path.join(current, '.git'))) return current;
    if (current === path.dirname(current)) return null;
  }
}

/** On POSIX a backslash is a character like any other. */
function slashed(name: string): string {
  return path.sep === '\\' ? name.replaceAll('\\', '/') : name;
}
