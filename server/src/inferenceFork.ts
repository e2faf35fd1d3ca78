import { fork, type ChildProcess } from 'node:child_process';

/** Forks the inference process: buffers travel as they are, its own words go to our stderr, never to our stdout. */
export function forkInference(module: string): ChildProcess {
  return fork(module, [], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
  });
}
