import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder for a test, with the command line's real entry run in it. */
export class Terminal {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<Terminal> {
    const top = await mkdtemp(path.join(os.tmpdir(), 'image-captioner-cli-'));
    const folder = path.join(top, 'work');
    await mkdir(folder);
    return new Terminal(folder);
  }

  /** Where captions and converted models go; shared by a test file, so that the model is converted once. */
  get cache(): string {
    return path.join(path.dirname(this.folder), 'cache');
  }

  /** The command line's program and its first argument, for others to run. */
  get program(): readonly string[] {
    return [process.execPath, path.join(root, 'server/src/cli.ts')];
  }

  get env(): Readonly<Record<string, string>> {
    return { IMAGE_CAPTIONER_CACHE: this.cache };
  }

  path(name: string): string {
    return path.join(this.folder, name);
  }

  /** Puts a file there; a picture by its name in the evaluation set. */
  async file(name: string, content: string | Uint8Array | { readonly picture: string }): Promise<string> {
    const file = this.path(name);
    await mkdir(path.dirname(file), { recursive: true });
    if (typeof content === 'object' && 'picture' in content) {
      await copyFile(path.join(root, 'test', 'fixtures', 'mini-blip-eval', content.picture), file);
    } else await writeFile(file, content);
    return file;
  }

  run(
    args: readonly string[],
    options: { readonly stdin?: string; readonly env?: Record<string, string> } = {},
  ): Promise<Run> {
    const child = spawn(process.execPath, [path.join(root, 'server/src/cli.ts'), ...args], {
      cwd: this.folder,
      env: { ...process.env, ...this.env, ...options.env },
    });
    child.stdin.end(options.stdin ?? '');
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    });
  }

  async remove(): Promise<void> {
    await rm(path.dirname(this.folder), { recursive: true, force: true });
  }
}
