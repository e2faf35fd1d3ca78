import assert from 'node:assert/strict';
import { check } from '../../server/src/cli/check.ts';
import type { DocumentProblem } from '../../server/src/cli/check/documentProblem.ts';
import { UsageError } from '../../server/src/cli/commandIo.ts';
import { Folder, runCommand, type CommandWorld, type CommandResult } from './commandRun.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** As much of a picture as `check` looks at. */
export const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47]);

/** Three documents, two of them in a folder, with three problems. */
export const site: Files = {
  'a.md': '# Title\n\n![](a.png) and ![image](a.png)\n',
  'docs/b.html': '<p>\r\n<img src="../a.png">\r\n',
  'docs/fine.md': '![A gull on a pier](../a.png)\n',
  'a.png': png,
};

/** `image-captioner check` in a folder with these files. */
export async function run(files: Files, args: readonly string[], options?: CommandWorld): Promise<CommandResult> {
  await using folder = await Folder.with(files);
  return await runCommand(check, args, folder.path, options);
}

export function readProblems(stdout: string): DocumentProblem[] {
  return JSON.parse(stdout) as DocumentProblem[];
}

export function refuses(files: Files, args: readonly string[], message: RegExp): Promise<void> {
  return assert.rejects(run(files, args), (error) => error instanceof UsageError && message.test(error.message));
}
