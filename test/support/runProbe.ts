/**
 * Imported before the inference process (through NODE_OPTIONS), it writes down in RUN_PROBE_LOG what happens there in
 * order: the messages that come in and go out, and each run of a graph.
 */
import { appendFileSync } from 'node:fs';
import ort from 'onnxruntime-node';

interface Message {
  readonly type: string;
  readonly id: number;
  readonly task?: { readonly kind: string; readonly lane?: string };
}

const log = process.env['RUN_PROBE_LOG'];
if (log !== undefined && process.argv[1]?.includes('inferenceProcess') === true) {
  const write = (line: string): void => appendFileSync(log, `${line}\n`);
  const describe = ({ type, id, task }: Message): string =>
    [type, id, ...(task === undefined ? [] : [task.lane ?? 'urgent', task.kind])].join(' ');
  const { prototype } = ort.InferenceSession as unknown as {
    prototype: { run: (...args: unknown[]) => Promise<unknown> };
  };
  const { run } = prototype;
  prototype.run = function (this: unknown, ...args) {
    write('run');
    return run.apply(this, args);
  };
  const emit = process.emit.bind(process) as (...all: unknown[]) => boolean;
  const send = process.send?.bind(process) as (...all: unknown[]) => boolean;
  process.emit = ((name: string, ...args: unknown[]) => {
    if (name === 'message') write(describe(args[0] as Message));
    return emit(name, ...args);
  }) as typeof process.emit;
  process.send = (message: Message, ...args: unknown[]) => {
    if (message.type !== 'event') write(describe(message));
    return send(message, ...args);
  };
}
