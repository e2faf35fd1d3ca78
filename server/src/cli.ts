/** The command `image-captioner`: one word chooses the command, each in a file of its own under cli/. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { BlipError } from './blip/errors.ts';
import { exitCodes, UsageError, type CommandIo } from './cli/commandIo.ts';
import { inFlags } from './cli/generationFlags.ts';
import { usage } from './cli/usage.ts';
import { findInstallation, type Installation } from './installation.ts';

type Command = (args: string[], io: CommandIo, installation: Installation) => Promise<number>;

/** Loaded when chosen: `check` never loads what captions. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  caption: async () => (await import('./cli/caption.ts')).caption,
  check: async () => (await import('./cli/check.ts')).check,
  write: async () => (await import('./cli/write.ts')).write,
  models: async () => (await import('./cli/models.ts')).models,
  ask: async () => (await import('./cli/ask.ts')).ask,
  score: async () => (await import('./cli/score.ts')).score,
  merge: async () => (await import('./cli/merge.ts')).merge,
  lsp: async () => (await import('./cli/lsp.ts')).lsp,
};

async function main(args: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help' || (name !== undefined && asksForHelp(rest))) {
    io.stdout(usage);
    return exitCodes.fine;
  }
  const installation = findInstallation(import.meta.url, io.env);
  if (name === '--version') {
    io.stdout(`${await versionOf(installation)}\n`);
    return exitCodes.fine;
  }
  if (name === undefined || !Object.hasOwn(commands, name)) {
    const problem = name === undefined ? 'Which command?' : `There is no command "${name}".`;
    throw new UsageError(`${problem} Commands: ${Object.keys(commands).join(', ')}.`);
  }
  const command = await commands[name]!();
  return command(rest, io, installation);
}

async function versionOf({ root }: Installation): Promise<string> {
  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { readonly version: string };
  return manifest.version;
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? args.length : end).some((arg) => arg === '--help' || arg === '-h');
}

/** A message and an exit code for everything that can go wrong; a stack trace helps nobody at a terminal. */
function exitCodeOf(error: unknown, io: CommandIo): number {
  if (io.signal.aborted) {
    io.stderr('Cancelled.\n');
    return 130;
  }
  const message = error instanceof Error ? error.message : String(error);
  const wrongOption = error instanceof BlipError && error.code === 'OptionInvalid';
  io.stderr(`image-captioner: ${wrongOption ? inFlags(message, process.argv) : message}\n`);
  if (error instanceof UsageError || wrongOption) {
    io.stderr('See image-captioner --help.\n');
    return exitCodes.usage;
  }
  if (!(error instanceof BlipError)) return exitCodes.problems;
  const ofModel =
    error.code === 'ModelUnavailable' || error.code === 'CheckpointInvalid' || error.code === 'ArchitectureUnsupported';
  return ofModel ? exitCodes.modelUnusable : exitCodes.problems;
}

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
process.once('SIGTERM', () => interrupted.abort());
// A reader that left early (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const terminal: CommandIo = {
  stdout: (words) => void process.stdout.write(words),
  stderr: (words) => void process.stderr.write(words),
  stdin: () => text(process.stdin),
  cwd: process.cwd(),
  env: process.env,
  signal: interrupted.signal,
};

process.exitCode = await main(process.argv.slice(2), terminal).catch((error: unknown) => exitCodeOf(error, terminal));
