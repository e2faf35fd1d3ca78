/** The world of a command: what a terminal gives it. */
export interface CommandIo {
  /** Machine formats and results. */
  readonly stdout: (text: string) => void;
  /** Progress and messages. */
  readonly stderr: (text: string) => void;
  readonly stdin: () => Promise<string>;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

export const exitCodes = { fine: 0, problems: 1, usage: 2, modelUnusable: 3 } as const;

/** Wrong usage: printed with a pointer to the help, exit code 2. */
export class UsageError extends Error {}
