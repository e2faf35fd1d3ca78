import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './commandIo.ts';

type Flags = NonNullable<ParseArgsConfig['options']>;
type Arguments<T extends Flags> = ReturnType<typeof parseArgs<{ args: string[]; allowPositionals: true; options: T }>>;

/**
 * A command's arguments. A negative number after a flag that takes a value is that value (`--length-penalty -1`), which
 * Node's reader alone would take for another flag.
 * @throws UsageError for a flag that there is not, or one without its value
 */
export function readArguments<const T extends Flags>(args: readonly string[], flags: T): Arguments<T> {
  try {
    return parseArgs({ args: withNegativeNumbers(args, flags), allowPositionals: true, options: flags });
  } catch (error) {
    throw new UsageError(problemOf(error as NodeJS.ErrnoException));
  }
}

function withNegativeNumbers(args: readonly string[], flags: Flags): string[] {
  const joined: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const [arg = '', next] = [args[i], args[i + 1]];
    if (arg === '--') return [...joined, ...args.slice(i)];
    const takesValue = arg.startsWith('--') && flags[arg.slice(2)]?.type === 'string';
    if (takesValue && next !== undefined && /^-[\d.]/u.test(next)) {
      joined.push(`${arg}=${next}`);
      i++;
    } else joined.push(arg);
  }
  return joined;
}

/** Node's message, shorter: its own tells how to quote for a shell in three lines. */
function problemOf({ code, message }: NodeJS.ErrnoException): string {
  const flag = /'(-[^ ']*)/u.exec(message)?.[1] ?? '';
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
    return `Unknown option ${flag}. A file whose name begins with - stands after --, or as ./${flag}.`;
  if (code !== 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return message;
  return message.includes('does not take') ? `${flag} takes no value.` : `${flag} needs a value.`;
}
