import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

export interface Answer {
  readonly ms?: number;
  readonly peakMb?: number;
  readonly precision?: string;
  readonly verdict?: string | null;
}

/** A process that answers JSON lines, one at a time: one side of the comparison. */
export class Worker {
  readonly name: string;
  /** From its start to its first word, milliseconds. */
  readyMs = 0;
  /** What it said of itself. */
  hello: Answer = {};
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(name: string, command: string, args: readonly string[], environment: NodeJS.ProcessEnv) {
    this.name = name;
    this.#child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        ...environment,
        ...process.env,
        TRANSFORMERS_VERBOSITY: 'error',
        HF_HUB_OFFLINE: '1',
        TOKENIZERS_PARALLELISM: 'false',
      },
    });
    const reader: Interface = createInterface({ input: this.#child.stdout! });
    this.#lines = reader[Symbol.asyncIterator]();
  }

  static async start(
    name: string,
    command: string,
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
  ): Promise<Worker> {
    const started = performance.now();
    const worker = new Worker(name, command, args, environment);
    worker.hello = await worker.#next();
    worker.readyMs = performance.now() - started;
    return worker;
  }

  async ask(request: Record<string, unknown>): Promise<Answer> {
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    return this.#next();
  }

  stop(): void {
    this.#child.kill();
  }

  async #next(): Promise<Answer> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) throw new Error(`${this.name} ended`);
      // Libraries print what they like; ours and the answers are objects.
      if (value.startsWith('{')) return JSON.parse(value) as Answer;
    }
  }
}
