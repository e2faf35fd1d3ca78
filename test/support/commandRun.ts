import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { CommandIo } from '../../server/src/cli/commandIo.ts';

/** A temporary folder with these files; removed when the scope ends. */
export class Folder implements AsyncDisposable {
  readonly path: string;

  private constructor(folder: string) {
    this.path = folder;
  }

  static async with(files: Readonly<Record<string, string | Uint8Array>>): Promise<Folder> {
    const folder = new Folder(await mkdtemp(path.join(os.tmpdir(), 'image-captioner-')));
    for (const [name, content] of Object.entries(files)) await folder.write(name, content);
    return folder;
  }

  async write(name: string, content: string | Uint8Array): Promise<void> {
    const file = path.join(this.path, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandWorld {
  readonly stdin?: string;
  readonly env?: Record<string, string>;
  readonly signal?: AbortSignal;
}

/** Runs a command in a folder within this process: a command is a function of its world. */
export async function runCommand(
  command: (args: string[], io: CommandIo) => Promise<number>,
  args: readonly string[],
  cwd: string,
  { stdin = '', env = {}, signal = new AbortController().signal }: CommandWorld = {},
): Promise<CommandResult> {
  const said = { stdout: '', stderr: '' };
  const exitCode = await command([...args], {
    stdout: (text) => (said.stdout += text),
    stderr: (text) => (said.stderr += text),
    stdin: () => Promise.resolve(stdin),
    cwd,
    env,
    signal,
  });
  return { exitCode, ...said };
}
